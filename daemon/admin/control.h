// What the admin API may see of the running daemon and ask of it, beside reading the store.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crawlers/host_report.h"
#include "daemon/pipeline/source_test.h"
#include "daemon/query_tags.h"
#include "storage/model/ids.h"
#include "storage/model/time.h"

namespace tagscout {

struct SourceStatus {
  std::string name;
  std::string type;
  std::string state;  // starting running backing_off rate_limited refused paused misconfigured
  std::optional<Time> last_success_at;
  std::string last_error;    // empty = none
  std::string connected_to;  // address of the stream that is open; empty if none is
  int64_t posts_total = 0;
  std::optional<double> lag_s;
  std::optional<int64_t> rate_limit_remaining;
  std::optional<Time> rate_limit_reset_at;
  std::vector<std::string> urls;    // what it reads
  std::vector<std::string> niches;  // empty = all
  Duration poll{};
  std::vector<HostReport> hosts;  // of those that it asks over HTTP
};

struct DaemonStatus {
  Duration uptime{};
  bool healthy = false;
  std::vector<std::string> reasons;  // why it is degraded
  bool ready = false;                // store writable and configuration good
  int64_t accounts = 0;
  int64_t posts = 0;
  int64_t flags = 0;
  int64_t unread_accounts = 0;  // accounts whose origin cannot be had
  int64_t store_bytes = 0;
  int64_t disk_free_bytes = 0;
  struct Homes {  // servers that accounts and posts live at
    int64_t known = 0;
    int64_t at_work = 0;   // being asked now
    int64_t failing = 0;   // did not answer, and are left alone for a while
    int64_t refusing = 0;  // say no
  } hosts;
  std::vector<SourceStatus> sources;
  struct Totals {  // since the start
    int64_t posts = 0;
    int64_t posts_new = 0;
    int64_t readings = 0;
    int64_t flags = 0;
    int64_t dropped = 0;
  } totals;
};

class Control {
 public:
  virtual ~Control() = default;

  virtual DaemonStatus status() const = 0;
  // Every tag that a niche names, in order of key.
  virtual std::vector<WatchedTag> watched_tags() const = 0;
  // Prometheus text exposition.
  virtual std::string metrics() const = 0;

  // Tries a source out: its servers one by one, and one page, in their turn and as robots.txt
  // allows; within a minute. What is read is thrown away. Nothing if there is no such source.
  virtual boost::asio::awaitable<std::optional<SourceTest>> test(std::string source) = 0;

  // Purges the account and keeps it away until allow(); returns once that is on disk. False if no
  // such account is known.
  virtual boost::asio::awaitable<bool> ignore(AccountId id) = 0;
  // Lifts an operator's ignore, or a wish that waits for the operator. False if there is none.
  virtual boost::asio::awaitable<bool> allow(AccountId id) = 0;
};

}  // namespace tagscout
