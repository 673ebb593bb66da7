#include "daemon/judge/reading.h"

#include <algorithm>

namespace tagscout {
namespace {

// An account with this many followers does not lose them all: its server lost count.
constexpr int64_t zero_is_unknown_from = 100;

// -1: suspiciously far below the last accepted reading, 1: above, 0: neither.
int leap(int64_t followers, int64_t last, const ReadingRules& rules) {
  if (last < rules.suspicious_from) return 0;
  const auto value = static_cast<double>(followers);
  const auto base = static_cast<double>(last);
  if (value < rules.suspicious_below * base) return -1;
  if (value > rules.suspicious_above * base) return 1;
  return 0;
}

}  // namespace

ReadingVerdict judge_reading(const AccountFacts& facts, std::optional<int64_t> followers, Time now,
                             const ReadingRules& rules) {
  const ReadingVerdict unchanged{Verdict::unknown, facts.waiting, facts.zero_since};
  if (!followers || *followers < 0) return unchanged;
  const std::optional<int64_t> last = facts.origin.counts.followers;
  if (*followers == 0) {
    if (last && *last >= zero_is_unknown_from) return unchanged;
    if (!last) {
      if (facts.zero_since && now >= *facts.zero_since + rules.confirm_after) {
        return {Verdict::accepted, std::nullopt, std::nullopt};
      }
      return {Verdict::waits, std::nullopt, std::min(facts.zero_since.value_or(now), now)};
    }
  }
  const int side = last ? leap(*followers, *last, rules) : 0;
  if (side == 0) return {Verdict::accepted, std::nullopt, std::nullopt};
  if (!facts.waiting || leap(facts.waiting->followers, *last, rules) != side) {
    return {Verdict::waits, WaitingReading{*followers, now}, std::nullopt};
  }
  if (now >= facts.waiting->since + rules.confirm_after) {
    return {Verdict::accepted, std::nullopt, std::nullopt};
  }
  // A clock that has stepped back must not make the wait longer than it is.
  const Time since = std::min(facts.waiting->since, now);
  return {Verdict::waits, WaitingReading{facts.waiting->followers, since}, std::nullopt};
}

}  // namespace tagscout
