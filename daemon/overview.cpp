#include "daemon/overview.h"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "daemon/app_options.h"
#include "daemon/pipeline/source_test.h"
#include "storage/meta_store.h"

namespace tagscout {
namespace {

constexpr Duration stream_interval = std::chrono::seconds(60);

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

int64_t disk_free_bytes(const std::string& directory) {
  std::error_code failed;
  const std::filesystem::space_info space = std::filesystem::space(directory, failed);
  return failed ? 0 : static_cast<int64_t>(space.available);
}

std::optional<double> lag(const RunReport& report, Time now) {
  if (!report.read_up_to) return std::nullopt;
  return std::max(0.0, seconds(now - *report.read_up_to));
}

}  // namespace

Overview::Overview(OverviewParts parts)
    : parts_(parts), started_at_(parts.clock.now()), started_steady_(parts.clock.steady()) {}

SourceStatus Overview::source_status(const SourceRunner& runner) const {
  const RunReport& report = runner.report();
  const SourceSection& section = runner.section();
  SourceStatus status;
  status.name = section.name;
  status.type = section.type;
  status.state = run_state_name(report.state);
  status.last_success_at = report.last_success_at;
  status.last_error = report.last_error;
  status.connected_to = report.connected_to;
  status.posts_total = parts_.totals.posts_of(section.name);
  status.lag_s = lag(report, parts_.clock.now());
  status.urls = runner.type().hosts(section);
  status.niches = section.niches;
  status.poll = section.poll;
  for (const std::string& host : status.urls) {
    if (host.starts_with("http")) status.hosts.push_back(parts_.fetcher.report(host));
    const HostBudget budget = parts_.fetcher.budget(host);
    if (!budget.remaining && !budget.reset_at) continue;
    status.rate_limit_remaining = budget.remaining;
    status.rate_limit_reset_at = budget.reset_at;
  }
  return status;
}

std::string Overview::complaint(const SourceRunner& runner) const {
  const RunReport& report = runner.report();
  const std::string& name = runner.section().name;
  if (report.state == RunState::paused) return {};
  if (report.state == RunState::refused) {
    return "source " + name + " is refused: " + report.last_error;
  }
  const bool streams = !runner.section().jetstream.empty();
  // A source that finds little rests for longer than it has to.
  const Duration interval =
      streams ? stream_interval : std::max(runner.section().poll, report.rest);
  const Duration patience = std::max(parts_.config.daemon.degraded_after, 3 * interval);
  if (parts_.clock.now() - report.last_success_at.value_or(started_at_) <= patience) return {};
  return "source " + name + " had no success since " +
         format_time(report.last_success_at.value_or(started_at_)) +
         (report.last_error.empty() ? std::string() : ": " + report.last_error);
}

void Overview::judge_health(DaemonStatus& status) const {
  std::vector<std::string>& reasons = status.reasons;
  bool read_something = false;
  for (const SourceRunner& runner : parts_.runners) {
    if (std::string reason = complaint(runner); !reason.empty()) reasons.push_back(reason);
    read_something = read_something || runner.report().last_success_at;
  }
  if (!parts_.totals.store_failure().empty()) {
    reasons.push_back("the store cannot be written: " + parts_.totals.store_failure());
  }
  if (status.disk_free_bytes < parts_.config.store.disk_reserve_bytes) {
    reasons.push_back("the disk of the store has " + std::to_string(status.disk_free_bytes) +
                      " bytes left, less than store.disk_reserve");
  }
  if (read_something && !parts_.fetcher.clock_right()) {
    reasons.emplace_back("the clock is not confirmed by any server: nothing is called mature");
  }
  status.healthy = reasons.empty();
  status.ready = parts_.sink.writable();
}

DaemonStatus Overview::status() const {
  DaemonStatus status;
  status.uptime = parts_.clock.steady() - started_steady_;
  const StoreCounts counts = meta::counts(parts_.database);
  status.accounts = counts.accounts;
  status.posts = counts.posts;
  status.flags = counts.flags;
  status.unread_accounts = counts.unread;
  const HomesReport homes = parts_.refresher.report();
  status.hosts = {static_cast<int64_t>(homes.known), static_cast<int64_t>(homes.at_work),
                  static_cast<int64_t>(homes.failing), static_cast<int64_t>(homes.refusing)};
  status.store_bytes = parts_.database.size_bytes();
  status.disk_free_bytes = disk_free_bytes(parts_.config.daemon.state_dir);
  for (const SourceRunner& runner : parts_.runners) status.sources.push_back(source_status(runner));
  status.totals = {parts_.totals.posts(), parts_.totals.posts_new(), parts_.totals.readings(),
                   parts_.totals.flags(), parts_.totals.dropped()};
  judge_health(status);
  return status;
}

std::vector<WatchedTag> Overview::watched_tags() const {
  return tagscout::watched_tags(parts_.config);
}

void Overview::update_gauges() {
  parts_.metrics.set(Metric::store_bytes, {}, static_cast<double>(parts_.database.size_bytes()));
  for (const SourceRunner& runner : parts_.runners) {
    const std::optional<double> behind = lag(runner.report(), parts_.clock.now());
    if (behind) parts_.metrics.set(Metric::source_lag_seconds, {runner.section().name}, *behind);
  }
}

std::string Overview::metrics() const { return parts_.metrics.text(); }

boost::asio::awaitable<std::optional<SourceTest>> Overview::test(std::string source) {
  for (const SourceRunner& runner : parts_.runners) {
    if (runner.section().name != source) continue;
    co_return co_await test_source(runner, parts_.fetcher, parts_.clock);
  }
  co_return std::nullopt;
}

boost::asio::awaitable<bool> Overview::ignore(AccountId id) {
  return parts_.sink.ignore(std::move(id));
}

boost::asio::awaitable<bool> Overview::allow(AccountId id) {
  return parts_.sink.allow(std::move(id));
}

}  // namespace tagscout
