// How long to wait after a failure that may pass.
#pragma once

#include "crawlers/chance.h"
#include "storage/model/time.h"

namespace tagscout {

// The wait after the `failures`-th failure in a row (1 for the first): max(base, 1 s), doubled with
// every further failure, ± 20 %; at most 60 s for the first five, 15 min later.
// For who must not draw: `draw` (0 … 1) is the place in that range.
Duration backoff(Duration base, int failures, double draw);
Duration backoff(Duration base, int failures, Chance& chance);

}  // namespace tagscout
