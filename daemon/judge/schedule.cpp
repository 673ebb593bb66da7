#include "daemon/judge/schedule.h"

#include <algorithm>

namespace tagscout {
namespace {

constexpr double near_edge_share = 0.1;
constexpr int quick_retries = 5;
constexpr Duration quick_retry_max = std::chrono::seconds(60);
constexpr Duration slow_retry = std::chrono::minutes(15);

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

Duration retry_after(Duration base, int failures, double jitter) {
  Duration wait = std::max<Duration>(base, std::chrono::seconds(1));
  if (failures > quick_retries) {
    wait = slow_retry;
  } else {
    for (int i = 1; i < failures && wait < quick_retry_max; ++i) wait *= 2;
    wait = std::min(wait, quick_retry_max);
  }
  return std::chrono::duration_cast<Duration>(wait * (1 + jitter));
}

}  // namespace tagscout
