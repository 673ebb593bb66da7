#include "daemon/judge/schedule.h"

#include <algorithm>

namespace tagscout {
namespace {

constexpr double near_edge_share = 0.1;

}  // namespace

std::optional<Time> first_reread(const std::vector<Duration>& ages, Time born, Time now) {
  if (ages.empty()) return std::nullopt;
  return std::max(born + ages.front(), now);
}

std::optional<Time> next_reread(const std::vector<Duration>& ages, Time born, Time now) {
  for (const Duration age : ages) {
    if (born + age > now) return born + age;
  }
  return std::nullopt;
}

int64_t rereads_passed(const std::vector<Duration>& ages, Time born, Time due, Time now) {
  return std::count_if(ages.begin(), ages.end(),
                       [&](Duration age) { return born + age > due && born + age <= now; });
}

RefreshTurn refresh_turn(const std::vector<BandLadder>& ladders, std::optional<int64_t> followers,
                         const RefreshRules& rules) {
  RefreshTurn turn{Urgency::other, rules.other};
  if (!followers) return turn;
  for (const BandLadder& ladder : ladders) {
    if (ladder.edge_distance(*followers) < near_edge_share) {
      return {Urgency::near_edge, rules.near_edge};
    }
    if (ladder.rung_of(*followers).watch) turn = {Urgency::in_band, rules.in_band};
  }
  return turn;
}

}  // namespace tagscout
