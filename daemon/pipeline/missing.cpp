#include "daemon/pipeline/missing.h"

namespace tagscout {

MissingVerdict judge_missing(Time missing_since, Time now, bool clock_right,
                             Duration confirm_after) {
  if (!clock_right) return {false, missing_since, now + confirm_after};
  // A first miss that lies ahead was dated by a clock that was ahead.
  if (missing_since == Time{} || missing_since > now) return {false, now, now + confirm_after};
  const Time confirmed_at = missing_since + confirm_after;
  return {now >= confirmed_at, missing_since, confirmed_at};
}

}  // namespace tagscout
