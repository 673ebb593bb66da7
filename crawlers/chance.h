// The only way to draw at random. Seeded once, so that a run can be repeated.
#pragma once

#include <cstdint>
#include <random>

namespace tagscout {

class Chance {
 public:
  explicit Chance(uint64_t seed) : engine_(seed) {}

  // Uniform in [low, high].
  double between(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(engine_);
  }
  // Uniform over all values.
  uint64_t next() { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

}  // namespace tagscout
