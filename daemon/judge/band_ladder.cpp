#include "daemon/judge/band_ladder.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>

namespace tagscout {
namespace {

// Far below the distance of two representable products of an edge, and above their rounding error.
constexpr double rounding = 1e-6;

int64_t leave_below(int64_t from, double hysteresis) {
  return static_cast<int64_t>(std::ceil((1 - hysteresis) * static_cast<double>(from) - rounding));
}

}  // namespace

BandLadder::BandLadder(std::string name, std::vector<Band> bands) : name_(std::move(name)) {
  std::sort(bands.begin(), bands.end(),
            [](const Band& left, const Band& right) { return left.from < right.from; });
  int64_t edge = 0;
  double hysteresis = 0;  // a gap is left downwards as the band below it is
  const auto add_gap = [&](int64_t to) {
    if (edge < to) rungs_.push_back({{}, edge, to, false, leave_below(edge, hysteresis)});
  };
  for (const Band& band : bands) {
    assert(band.from >= edge);
    add_gap(band.from);
    hysteresis = band.hysteresis;
    edge = band.to.value_or(INT64_MAX);
    rungs_.push_back({band.name, band.from, edge, band.watch, leave_below(band.from, hysteresis)});
  }
  add_gap(INT64_MAX);
}

const Rung& BandLadder::rung_of(int64_t followers) const {
  const auto above =
      std::upper_bound(rungs_.begin(), rungs_.end(), followers,
                       [](int64_t value, const Rung& rung) { return value < rung.from; });
  assert(above != rungs_.begin());
  return *std::prev(above);
}

const Rung* BandLadder::rung_from(int64_t from) const {
  const Rung& rung = rung_of(from);
  return rung.from == from ? &rung : nullptr;
}

const Rung& BandLadder::after(int64_t from, int64_t followers) const {
  const Rung& before = rung_of(from);
  if (followers >= before.to || followers < before.leave_below) return rung_of(followers);
  return before;
}

std::optional<FlagKind> BandLadder::crossing(const Rung& before, const Rung& now) {
  if (before.from == now.from || !now.watch) return std::nullopt;
  return before.from < now.from ? FlagKind::rose : FlagKind::fell;
}

double BandLadder::edge_distance(int64_t followers) const {
  double nearest = 1;
  for (const Rung& rung : rungs_) {
    if (rung.from == 0) continue;
    const double edge = static_cast<double>(rung.from);
    nearest = std::min(nearest, std::abs(static_cast<double>(followers) - edge) / edge);
  }
  return nearest;
}

std::string BandLadder::fingerprint() const {
  std::string text;
  for (const Rung& rung : rungs_) {
    text += std::to_string(rung.from) + ':' + std::to_string(rung.leave_below) + ' ';
  }
  return text;
}

std::vector<BandLadder> ladders_for(const std::vector<Band>& bands, Network network) {
  std::map<std::string, std::vector<Band>> by_name;
  for (const Band& band : bands) {
    const bool holds = band.networks.empty() ||
                       std::count(band.networks.begin(), band.networks.end(), network) > 0;
    if (holds) by_name[band.ladder].push_back(band);
  }
  std::vector<BandLadder> ladders;
  ladders.reserve(by_name.size());
  for (auto& [name, members] : by_name) ladders.emplace_back(name, std::move(members));
  return ladders;
}

}  // namespace tagscout
