// When the next request to a host may be sent. Pure: times are passed in, on a steady clock.
#pragma once

#include <algorithm>
#include <array>
#include <deque>
#include <limits>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "crawlers/address.h"
#include "crawlers/host_report.h"
#include "crawlers/rate_limit.h"
#include "crawlers/url.h"
#include "storage/model/time.h"

namespace tagscout {

struct PacerOptions {
  Duration gap{};                             // least time between two requests to one host
  std::map<std::string, Duration> host_gaps;  // by Url::origin(); overrides `gap`
  AllowPrivate allow_private;  // hosts without built-in budgets, and whose gap may be any
};

// Hosts are told apart by Url::origin(). One request is under way to each at a time.
class Pacer {
 public:
  explicit Pacer(PacerOptions options) : options_(std::move(options)) {}

  // The steady time from which this URL may be asked for; in the past if it may be at once.
  Duration ready_at(const Url& url, Duration now) const;

  // The request goes out.
  void sent(const Url& url, Duration now);

  // Its answer is in, or it failed: the gap counts from here.
  void finished(const Url& url, Duration now);

  // No answer came: the server may have counted the request all the same.
  void lost(const Url& url);

  // The server announced its budget: with none left, the host rests until it is renewed.
  void announced(const Url& url, const RateLimit& limit, Duration now);

  // The server refused a request for coming too often and did not say for how long it will.
  void refused(const Url& url, Duration now);

  // The host is left alone until this steady time.
  void hold(const Url& url, Duration until);

  // The least time between two requests to this host.
  Duration gap(const Url& url) const;

  // The budgets kept for this host although it does not announce them.
  std::vector<LocalBudget> local_budgets(const Url& url, Duration now) const;

  // Hosts that are remembered.
  size_t hosts() const { return hosts_.size(); }

  static constexpr size_t budgets_count = 2;

 private:
  struct Host {
    Duration last = Duration::min();  // of the last request or answer
    Duration held_until = Duration::min();
    int64_t left = std::numeric_limits<int64_t>::max();    // of the announced budget
    Duration renewed_at = Duration::min();                 // that budget
    std::array<std::deque<Duration>, budgets_count> sent;  // by built-in budget, oldest first
  };

  bool built_in(const Url& url) const;
  void rest(Host& host, Duration until) { host.held_until = std::max(host.held_until, until); }
  void forget_idle(Duration now);

  PacerOptions options_;
  std::unordered_map<std::string, Host> hosts_;
};

}  // namespace tagscout
