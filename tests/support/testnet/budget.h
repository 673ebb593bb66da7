// What an instance grants to one client, and how it says so.
#pragma once

#include <cstdint>
#include <string>

#include "tests/support/testnet/options.h"
#include "tests/support/testnet/site.h"
#include "tests/support/testnet/software.h"

namespace tagscout::testnet {

// Two throttles that count by multiples of one period: all requests, and those that ask for a place
// in a feed. Of the two, the headers tell of the one nearer to its end among those that counted.
class Budget {
 public:
  Budget(const Software& software, const Options& options)
      : software_(software),
        limit_(options.limit),
        paging_limit_(options.paging_limit),
        paging_hidden_(options.paging_hidden),
        period_(options.limit_period) {}

  // Counts a request. False: it is one too many, and `refused` is to be answered.
  bool take(bool paging, Time now);

  // Says what is left after the last request.
  void announce(SiteReply& reply, Time now) const;

  // 429, with a budget that is renewed at `reset`; no Retry-After where its software gives none.
  SiteReply refusal(Time reset, Time now) const;
  SiteReply refusal(Time now) const { return refusal(end(now), now); }

  // True if a refusal says when it ends.
  bool tells() const { return software_.headers != BudgetHeaders::none; }

 private:
  Time end(Time now) const { return Time((now.time_since_epoch() / period_ + 1) * period_); }
  void write(SiteReply& reply, int64_t limit, int64_t left, Time reset) const;

  const Software& software_;
  int64_t limit_;
  int64_t paging_limit_;
  bool paging_hidden_;
  Duration period_;
  int64_t current_ = 0;  // period
  int64_t used_ = 0;
  int64_t paged_ = 0;
  bool last_paged_ = false;
};

}  // namespace tagscout::testnet
