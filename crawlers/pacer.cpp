#include "crawlers/pacer.h"

#include <algorithm>
#include <string_view>

namespace tagscout {
namespace {

// Budgets that servers hold without saying so: their headers tell of one throttle and stay silent
// about another (a page of a list counts in both). They are all of Mastodon's family, known by the
// path of its API.
struct BuiltInBudget {
  std::string_view name;
  bool paging_only;
  size_t requests_max;
  Duration window;
};
constexpr std::array<BuiltInBudget, Pacer::budgets_count> budgets = {{
    {"general", false, 300, std::chrono::minutes(5)},
    {"paging", true, 300, std::chrono::minutes(15)},
}};
constexpr std::array<std::string_view, 2> api_paths = {"/api/v1/", "/api/v2/"};
constexpr std::array<std::string_view, 4> paging_keys = {"min_id", "max_id", "since_id", "page"};

// The server's windows begin at multiples of their length by its own clock. As any stretch of that
// length holds no more than the budget, so does each of its windows, wherever they begin. What is
// counted is when a request arrived: after it was sent and before it was answered, so an earlier
// one counts from its answer. This is for whatever stands between, and for a clock that drifts.
constexpr Duration window_slack = std::chrono::seconds(5);
// Public hosts are asked no more often than this unless a gap is set for the very host.
constexpr Duration public_gap_min = std::chrono::seconds(3);
// A budget that is used up, or a refusal, that does not say when it ends.
constexpr Duration unnamed_reset = std::chrono::seconds(60);
constexpr size_t hosts_max = 20000;
constexpr Duration idle_max = std::chrono::hours(1);

bool of_api(const Url& url) {
  return std::any_of(api_paths.begin(), api_paths.end(),
                     [&](std::string_view path) { return url.target.starts_with(path); });
}

bool paging(const Url& url) {
  std::string_view query(url.target);
  query.remove_prefix(std::min(query.find('?'), query.size()));
  while (!query.empty()) {
    query.remove_prefix(1);
    const std::string_view pair = query.substr(0, query.find('&'));
    const std::string_view key = pair.substr(0, pair.find('='));
    if (std::find(paging_keys.begin(), paging_keys.end(), key) != paging_keys.end()) return true;
    query.remove_prefix(pair.size());
  }
  return false;
}

bool counts(const BuiltInBudget& budget, const Url& url) {
  return of_api(url) && (!budget.paging_only || paging(url));
}

}  // namespace

Duration Pacer::ready_at(const Url& url, Duration now) const {
  const auto found = hosts_.find(url.origin());
  if (found == hosts_.end()) return now;
  const Host& host = found->second;
  Duration ready = host.held_until;
  if (host.last != Duration::min()) ready = std::max(ready, host.last + gap(url));
  if (host.left <= 0) ready = std::max(ready, host.renewed_at);
  for (size_t i = 0; i < budgets.size(); ++i) {
    const auto& sent = host.sent[i];
    if (!built_in(url) || !counts(budgets[i], url) || sent.size() < budgets[i].requests_max) {
      continue;
    }
    const Duration oldest = sent[sent.size() - budgets[i].requests_max];
    ready = std::max(ready, oldest + budgets[i].window + window_slack);
  }
  return ready;
}

void Pacer::sent(const Url& url, Duration now) {
  if (hosts_.size() >= hosts_max) forget_idle(now);
  Host& host = hosts_[url.origin()];
  host.last = now;
  if (!built_in(url)) return;
  for (size_t i = 0; i < budgets.size(); ++i) {
    auto& sent = host.sent[i];
    while (!sent.empty() && sent.front() + budgets[i].window + window_slack <= now) {
      sent.pop_front();
    }
    if (counts(budgets[i], url)) sent.push_back(now);
  }
}

void Pacer::finished(const Url& url, Duration now) {
  Host& host = hosts_[url.origin()];
  host.last = now;
  for (size_t i = 0; i < budgets.size(); ++i) {
    if (counts(budgets[i], url) && !host.sent[i].empty()) host.sent[i].back() = now;
  }
}

void Pacer::lost(const Url& url) {
  Host& host = hosts_[url.origin()];
  if (host.left > 0) --host.left;
}

void Pacer::announced(const Url& url, const RateLimit& limit, Duration now) {
  if (!limit.remaining) return;
  Host& host = hosts_[url.origin()];
  host.left = *limit.remaining;
  host.renewed_at = now + limit.reset_in.value_or(unnamed_reset);
  if (host.left == 0) rest(host, host.renewed_at);
}

void Pacer::refused(const Url& url, Duration now) {
  if (built_in(url)) hold(url, now + unnamed_reset);
}

void Pacer::hold(const Url& url, Duration until) { rest(hosts_[url.origin()], until); }

std::vector<LocalBudget> Pacer::local_budgets(const Url& url, Duration now) const {
  std::vector<LocalBudget> local;
  if (!built_in(url)) return local;
  const auto found = hosts_.find(url.origin());
  for (size_t i = 0; i < budgets.size(); ++i) {
    LocalBudget shown{budgets[i].name, static_cast<int64_t>(budgets[i].requests_max),
                      budgets[i].window, 0};
    if (found != hosts_.end()) {
      const auto& sent = found->second.sent[i];
      shown.used = std::count_if(sent.begin(), sent.end(),
                                 [&](Duration at) { return at + budgets[i].window > now; });
    }
    local.push_back(shown);
  }
  return local;
}

Duration Pacer::gap(const Url& url) const {
  const auto own = options_.host_gaps.find(url.origin());
  if (own != options_.host_gaps.end()) return own->second;
  return built_in(url) ? std::max(options_.gap, public_gap_min) : options_.gap;
}

bool Pacer::built_in(const Url& url) const {
  return !options_.allow_private.contains(url.host, url.port);
}

void Pacer::forget_idle(Duration now) {
  std::erase_if(hosts_, [&](const auto& entry) {
    return entry.second.last + idle_max < now && entry.second.held_until < now;
  });
}

}  // namespace tagscout
