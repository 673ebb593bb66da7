// Bands of followers as one ladder over [0, ∞), and the formula by which an account moves on it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/model/band.h"
#include "storage/model/flag.h"

namespace tagscout {

// One band of a ladder. Gaps between the operator's bands are bands without a name.
struct Rung {
  std::string name;
  int64_t from = 0;
  int64_t to = INT64_MAX;
  bool watch = false;
  int64_t leave_below = 0;  // ⌈(1 − hysteresis) × from⌉
};

// A ladder as it holds on one network.
class BandLadder {
 public:
  // `bands` are of one ladder, do not overlap and need not be in order.
  BandLadder(std::string name, std::vector<Band> bands);

  const std::string& name() const { return name_; }
  const std::vector<Rung>& rungs() const { return rungs_; }

  // The band that contains that many followers (0 or more).
  const Rung& rung_of(int64_t followers) const;

  // The band with that lower edge; null if no band begins there.
  const Rung* rung_from(int64_t from) const;

  // The band an account is in after a reading, when it was in the one that begins at `from`.
  const Rung& after(int64_t from, int64_t followers) const;

  // The flag for moving between two bands, if entering the second raises one.
  static std::optional<FlagKind> crossing(const Rung& before, const Rung& now);

  // Distance to the nearest edge as a share of that edge; no edge: 1.
  double edge_distance(int64_t followers) const;

  // Changes whenever a state computed with this ladder may no longer hold.
  std::string fingerprint() const;

 private:
  std::string name_;
  std::vector<Rung> rungs_;
};

// The ladders that hold on a network, made of all configured bands, in order of name.
std::vector<BandLadder> ladders_for(const std::vector<Band>& bands, Network network);

}  // namespace tagscout
