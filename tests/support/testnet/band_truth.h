// What the band formula makes of a sequence of follower counts: a second, slow implementation that
// shares nothing with the daemon's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tagscout::testnet {

struct TruthBand {
  std::string name;
  int64_t from = 0;
  std::optional<int64_t> to;  // none = no upper edge
  bool watch = false;
};

struct TruthLadder {
  std::string name;
  std::vector<TruthBand> bands;  // ascending; gaps between them are bands without a name
};

// The ladders that the daemon is told to keep.
const std::vector<TruthLadder>& truth_ladders();

struct ExpectedFlag {
  std::string ladder;
  std::string band;
  std::string kind;  // rose, fell or found
  bool operator==(const ExpectedFlag&) const = default;
};

// The flags that these accepted origin readings raise, the first one included, on all ladders.
std::vector<ExpectedFlag> expected_flags(const std::vector<int64_t>& followers);

}  // namespace tagscout::testnet
