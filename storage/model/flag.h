// The record of one crossing into a watched band.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/model/ids.h"
#include "storage/model/reading.h"
#include "storage/model/time.h"

namespace tagscout {

// The values are stored on disk: never renumber.
enum class FlagKind : uint8_t { rose = 1, fell = 2, found = 3 };

std::string_view flag_kind_name(FlagKind kind);
std::optional<FlagKind> flag_kind_of_name(std::string_view name);

struct Flag {
  uint64_t id = 0;
  Time at{};
  FlagKind kind = FlagKind::rose;
  std::string ladder;
  std::string band;
  AccountId account;
  AccountKey key;
  std::string handle;
  std::string url;
  int64_t followers = 0;
  std::optional<int64_t> followers_before;
  Time as_of{};
  Provenance provenance = Provenance::origin;
  std::string source;
  std::vector<std::string> niches;
  std::optional<double> engagement_rate;
  int64_t engagement_sample = 0;
  bool operator==(const Flag&) const = default;
};

}  // namespace tagscout
