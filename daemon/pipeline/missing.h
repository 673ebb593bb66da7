// Whether what its server no longer shows is gone. Pure.
#pragma once

#include "storage/model/time.h"

namespace tagscout {

struct MissingVerdict {
  bool gone = false;
  Time since{};   // what is to be remembered as the first miss; zero if none counts
  Time ask_at{};  // when to ask again
};

// One more miss of what has been missing since `missing_since` (zero: it was there last time). Two
// misses at least `confirm_after` apart mean that it is gone; a miss by a clock that may be wrong
// decides nothing.
MissingVerdict judge_missing(Time missing_since, Time now, bool clock_right,
                             Duration confirm_after);

}  // namespace tagscout
