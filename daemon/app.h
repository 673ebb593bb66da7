// The composition root: owns every part by value, in the order in which they need each other.
#pragma once

#include <spdlog/logger.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <list>
#include <memory>
#include <optional>

#include "config/config.h"
#include "crawlers/chance.h"
#include "crawlers/fetcher.h"
#include "crawlers/proxy.h"
#include "daemon/admin/server.h"
#include "daemon/app_options.h"
#include "daemon/overview.h"
#include "daemon/pipeline/handle_resolver.h"
#include "daemon/pipeline/refresher.h"
#include "daemon/pipeline/source_runner.h"
#include "daemon/pipeline/task_group.h"
#include "daemon/pipeline/window_sink.h"
#include "daemon/query.h"
#include "daemon/service/clock.h"
#include "daemon/service/metrics.h"
#include "daemon/totals.h"

namespace tagscout {

class App {
 public:
  // Opens the store and the sockets. `proxy` is for https and wss. `log` outlives it. Throws
  // DatabaseError and its kinds, SocketError, std::system_error.
  App(Config config, const ProxyRules& proxy, spdlog::logger& log);

  // Runs until SIGTERM or SIGINT, then stops in good order: what was read is written. Throws what a
  // part could not go on without.
  void run();

 private:
  std::list<SourceRunner> make_runners();
  RefresherOptions refresher_options();
  AdminOptions admin_options();
  boost::asio::awaitable<void> supervise();
  boost::asio::awaitable<void> watch_signals();
  boost::asio::awaitable<void> update_gauges();
  void fail(std::exception_ptr error);

  Config config_;
  spdlog::logger& log_;
  boost::asio::io_context context_{1};
  AsioClock clock_;
  Chance chance_;
  Metrics metrics_;
  Database database_;
  KeyHasher hasher_;
  IngestOptions ingest_options_;
  QueryOptions query_options_;
  FlagBus flag_bus_;
  Totals totals_;
  WindowSink sink_;
  std::unique_ptr<Http> http_;
  std::unique_ptr<WebSockets> web_sockets_;
  Fetcher fetcher_;
  SoftwareProbe software_;
  SourceTools source_tools_;
  TaskGroup services_;  // the store's writer and the sockets: stopped last
  TaskGroup crawlers_;  // whatever fetches: stopped first
  std::list<SourceRunner> runners_;
  Refresher refresher_;
  HandleResolver resolver_;
  Overview overview_;
  AdminServer admin_;
  WaitList stop_;
  bool stopping_ = false;
  std::exception_ptr failure_;
};

}  // namespace tagscout
