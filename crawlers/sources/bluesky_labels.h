// Labels that people and labellers put on an account.
#pragma once

#include "crawlers/json.h"
#include "storage/model/opt_out.h"
#include "storage/model/time.h"

namespace tagscout {

struct LabelWishes {
  OptOuts opt_outs;  // no_unauth, label_hide
  bool bot = false;
};

// Of several labels with the same source, subject and value the newest decides; one that is negated
// or has expired by `now` does not count. `labels` is the array of a profile or an author.
LabelWishes read_labels(const JsonValue& labels, Time now);

}  // namespace tagscout
