// Follower bands as the operator names them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/model/ids.h"

namespace tagscout {

struct Band {
  std::string name;
  int64_t from = 0;           // inclusive
  std::optional<int64_t> to;  // exclusive; none = no upper edge
  bool watch = false;         // entries raise flags
  std::string ladder = "default";
  std::vector<Network> networks;  // empty = all
  double hysteresis = 0.05;       // out again only below (1 - hysteresis) * from
  bool operator==(const Band&) const = default;
};

}  // namespace tagscout
