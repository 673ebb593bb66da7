#include "tests/daemon/judge/band_reference.h"

#include <set>
#include <stdexcept>

namespace tagscout {
namespace {

// The interval that begins at `from`: a named band, or a gap, which is left as the band below it.
ReferenceBand interval(const std::vector<ReferenceBand>& named, int64_t from, int64_t to) {
  ReferenceBand gap{.name = {}, .from = from, .to = to, .watch = false, .hysteresis_permille = 0};
  for (const ReferenceBand& band : named) {
    if (band.from == from) return band;
    if (band.to == from) gap.hysteresis_permille = band.hysteresis_permille;
  }
  return gap;
}

}  // namespace

ReferenceAccount::ReferenceAccount(const std::vector<ReferenceBand>& bands, int64_t followers) {
  std::set<int64_t> edges{0, INT64_MAX};
  for (const ReferenceBand& band : bands) {
    edges.insert(band.from);
    edges.insert(band.to);
  }
  for (auto edge = edges.begin(); std::next(edge) != edges.end(); ++edge) {
    bands_.push_back(interval(bands, *edge, *std::next(edge)));
  }
  at_ = containing(followers);
}

size_t ReferenceAccount::containing(int64_t followers) const {
  for (size_t i = 0; i < bands_.size(); ++i) {
    if (bands_[i].from <= followers && followers < bands_[i].to) return i;
  }
  throw std::out_of_range("no band contains that many followers");
}

std::optional<ReferenceFlag> ReferenceAccount::read(int64_t followers) {
  const ReferenceBand& before = bands_[at_];
  // f < ⌈(1 − h) × from⌉ is f < (1 − h) × from, f being whole.
  const bool is_below = followers * 1000 < (1000 - before.hysteresis_permille) * before.from;
  if (followers < before.to && !is_below) return std::nullopt;
  const size_t now = containing(followers);
  const size_t old = at_;
  at_ = now;
  if (now == old || !bands_[now].watch) return std::nullopt;
  return ReferenceFlag{now > old ? "rose" : "fell", bands_[now].name};
}

}  // namespace tagscout
