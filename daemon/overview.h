// Answers for the whole daemon: the Control that the admin API asks.
#pragma once

#include <list>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/admin/control.h"
#include "daemon/pipeline/refresher.h"
#include "daemon/pipeline/source_runner.h"
#include "daemon/pipeline/window_sink.h"
#include "daemon/service/metrics.h"
#include "daemon/totals.h"

namespace tagscout {

// What it looks at; everything outlives it.
struct OverviewParts {
  const Config& config;
  const Database& database;
  Clock& clock;
  Fetcher& fetcher;
  const Totals& totals;
  const std::list<SourceRunner>& runners;
  const Refresher& refresher;
  WindowSink& sink;
  Metrics& metrics;
};

class Overview final : public Control {
 public:
  explicit Overview(OverviewParts parts);

  DaemonStatus status() const override;
  std::vector<WatchedTag> watched_tags() const override;
  std::string metrics() const override;
  boost::asio::awaitable<std::optional<SourceTest>> test(std::string source) override;
  boost::asio::awaitable<bool> ignore(AccountId id) override;
  boost::asio::awaitable<bool> allow(AccountId id) override;

  // Brings the gauges up to date.
  void update_gauges();

 private:
  SourceStatus source_status(const SourceRunner& runner) const;
  void judge_health(DaemonStatus& status) const;
  // Why the source degrades the daemon; empty if it does not.
  std::string complaint(const SourceRunner& runner) const;

  OverviewParts parts_;
  Time started_at_;
  Duration started_steady_;
};

}  // namespace tagscout
