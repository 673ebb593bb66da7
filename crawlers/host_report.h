// What is known of a host's manners towards us, for the operator.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/model/time.h"

namespace tagscout {

// What is known of one host's budget.
struct HostBudget {
  std::optional<int64_t> limit;
  std::optional<int64_t> remaining;
  std::optional<Time> reset_at;
};

// A budget that is kept for a host although no header tells of it.
struct LocalBudget {
  std::string_view name;
  int64_t limit = 0;
  Duration window{};
  int64_t used = 0;  // within the window that ends now
};

struct HostReport {
  std::string host;                      // Url::origin()
  HostBudget budget;                     // as last announced
  Duration gap{};                        // least time between two requests
  std::vector<LocalBudget> local;        // none where only announced budgets hold
  std::string robots = "not asked yet";  // what robots.txt is known to say, in a few words
  std::optional<Time> robots_until;      // asked for again then
  std::optional<Time> not_before;        // no request before; absent if one may go out now
  std::string last_refusal;  // why it last refused us, be it by robots.txt; empty = never
  std::optional<Time> last_refusal_at;
};

}  // namespace tagscout
