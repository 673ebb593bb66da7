// The band formula once more, slow and in whole numbers, sharing nothing with the ladder that it is
// compared with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tagscout {

struct ReferenceBand {
  std::string name;  // empty: a gap
  int64_t from = 0;
  int64_t to = INT64_MAX;
  bool watch = false;
  int64_t hysteresis_permille = 50;
};

// A flag as the formula raises it: its kind, and the band that was entered.
struct ReferenceFlag {
  std::string kind;
  std::string band;
  bool operator==(const ReferenceFlag&) const = default;
};

// An account on one ladder, moved by one reading after the other.
class ReferenceAccount {
 public:
  // `bands` are the named ones; the first reading sets the state.
  ReferenceAccount(const std::vector<ReferenceBand>& bands, int64_t followers);

  // The flag that this reading raises, if any.
  std::optional<ReferenceFlag> read(int64_t followers);

  const ReferenceBand& band() const { return bands_[at_]; }

 private:
  size_t containing(int64_t followers) const;

  std::vector<ReferenceBand> bands_;  // all of [0, ∞), gaps among them
  size_t at_ = 0;
};

}  // namespace tagscout
