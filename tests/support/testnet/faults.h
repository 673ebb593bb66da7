// What goes wrong, and when: at seeded times, one thing per host, so that no host starves.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "storage/model/time.h"

namespace tagscout::testnet {

enum class Fault { none, rate_limited, unavailable, cut_off };

class Faults {
 public:
  Faults(uint64_t seed, bool enabled) : seed_(seed), enabled_(enabled) {}

  // What happens to a request to `host` at `now`.
  Fault strike(const std::string& host, Time now);

  // How long the next stream connection lives; never-ending without faults.
  Duration stream_life();

  // From now on nothing goes wrong.
  void end() { enabled_ = false; }

 private:
  struct Plan {
    Time next{};
    uint64_t struck = 0;
  };
  uint64_t seed_;
  bool enabled_;
  std::map<std::string, Plan> plans_;
  uint64_t streams_ = 0;
};

}  // namespace tagscout::testnet
