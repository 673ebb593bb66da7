// Chance that depends on nothing but a seed and two numbers, so that any part of the simulation can
// be drawn again by itself.
#pragma once

#include <cstdint>

namespace tagscout::testnet {

class Dice {
 public:
  explicit Dice(uint64_t seed, uint64_t purpose = 0, uint64_t index = 0)
      : state_(mix(mix(mix(seed) + purpose) + index)) {}

  uint64_t next() {
    state_ += 0x9e3779b97f4a7c15u;
    return mix(state_);
  }
  // Uniform in [0, n); n > 0.
  uint64_t below(uint64_t n) { return next() % n; }
  // Uniform in [low, high].
  int64_t between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(below(static_cast<uint64_t>(high - low + 1)));
  }
  // Uniform in [0, 1).
  double share() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  bool chance(double probability) { return share() < probability; }

 private:
  static uint64_t mix(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
  }

  uint64_t state_;
};

}  // namespace tagscout::testnet
