#include "tests/support/testnet/budget.h"

#include <algorithm>

namespace tagscout::testnet {
namespace {

// GoToSocial writes milliseconds, as format_time does; Mastodon microseconds.
std::string iso(Time at, bool microseconds) {
  std::string text = format_time(at);
  if (microseconds) text.insert(text.size() - 1, "000");
  return text;
}

}  // namespace

bool Budget::take(bool paging, Time now) {
  const int64_t period = now.time_since_epoch() / period_;
  if (period != current_) {
    used_ = 0;
    paged_ = 0;
  }
  current_ = period;
  ++used_;
  if (paging) ++paged_;
  last_paged_ = paging;
  return used_ <= limit_ && (!paging || paged_ <= paging_limit_);
}

void Budget::announce(SiteReply& reply, Time now) const {
  const bool nearer = paging_limit_ - paged_ < limit_ - used_;
  const bool paging = last_paged_ && nearer && !paging_hidden_;
  const int64_t limit = paging ? paging_limit_ : limit_;
  write(reply, limit, std::max<int64_t>(0, limit - (paging ? paged_ : used_)), end(now));
}

SiteReply Budget::refusal(Time reset, Time now) const {
  SiteReply reply;
  reply.status = 429;
  reply.body = software_.headers == BudgetHeaders::gotosocial ? R"({"error":"rate limit reached"})"
                                                              : R"({"error":"Too many requests"})";
  write(reply, limit_, 0, reset);
  if (software_.headers == BudgetHeaders::laravel) {
    const int64_t left_s = (to_us(reset) - to_us(now)) / 1'000'000 + 1;
    reply.headers.emplace_back("Retry-After", std::to_string(left_s));
    reply.headers.emplace_back("X-RateLimit-Reset",
                               std::to_string(to_us(now) / 1'000'000 + left_s));
  }
  return reply;
}

void Budget::write(SiteReply& reply, int64_t limit, int64_t left, Time reset) const {
  if (software_.headers == BudgetHeaders::none) return;
  const bool capital = software_.headers != BudgetHeaders::gotosocial;
  const std::string prefix = capital ? "X-RateLimit-" : "X-Ratelimit-";
  reply.headers.emplace_back(prefix + "Limit", std::to_string(limit));
  reply.headers.emplace_back(prefix + "Remaining", std::to_string(left));
  if (software_.headers == BudgetHeaders::laravel) return;
  reply.headers.emplace_back(prefix + "Reset", iso(reset, capital));
}

}  // namespace tagscout::testnet
