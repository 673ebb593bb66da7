// Whether an origin reading of followers is taken at its word.
#pragma once

#include <cstdint>
#include <optional>

#include "storage/model/account.h"
#include "storage/model/time.h"

namespace tagscout {

struct ReadingRules {
  Duration confirm_after = std::chrono::minutes(10);
  double suspicious_below = 0.5;  // times the last accepted reading
  double suspicious_above = 5;
  int64_t suspicious_from = 1000;  // smaller accepted readings make nothing suspicious
};

enum class Verdict {
  accepted,  // it is the account's new reading
  waits,     // suspicious, or a first 0: a second reading decides
  unknown,   // it says nothing: hidden, or a 0 that cannot be
};

struct ReadingVerdict {
  Verdict verdict = Verdict::unknown;
  std::optional<WaitingReading> waiting;  // what is to be remembered in the facts
  std::optional<Time> zero_since;         // likewise
};

// Judges one origin reading of an account with these facts (exactness of the band formula: a first
// 0, a 0 after 100 or more, and a leap are not believed at once). Pure.
ReadingVerdict judge_reading(const AccountFacts& facts, std::optional<int64_t> followers, Time now,
                             const ReadingRules& rules);

}  // namespace tagscout
