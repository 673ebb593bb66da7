#include "daemon/app.h"

#include <sys/stat.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <cstring>
#include <filesystem>

#include "crawlers/home_router.h"
#include "crawlers/tag.h"
#include "daemon/service/entropy.h"
#include "daemon/service/log.h"
#include "daemon/service/notify.h"
#include "storage/flag_store.h"

namespace tagscout {
namespace {

using boost::asio::experimental::awaitable_operators::operator||;

// How long whatever fetches may take to end, and then the rest.
constexpr Duration crawlers_stop_max = std::chrono::seconds(5);
constexpr Duration services_stop_max = std::chrono::seconds(2);
constexpr Duration gauge_interval = std::chrono::seconds(5);

uint64_t random_seed() {
  const std::string bytes = kernel_entropy(sizeof(uint64_t));
  uint64_t seed = 0;
  std::memcpy(&seed, bytes.data(), sizeof seed);
  return seed;
}

// The store's directory, made for the daemon alone if it is not there.
DatabaseOptions database_options(const Config& config) {
  if (std::filesystem::create_directories(config.daemon.state_dir)) {
    std::filesystem::permissions(config.daemon.state_dir, std::filesystem::perms::owner_all);
  }
  DatabaseOptions options;
  options.path = config.daemon.state_dir + "/store";
  options.cache_bytes = config.store.cache_bytes;
  return options;
}

TagFilter tag_filter(std::string_view tag) {
  const std::string exact = tag_key_exact(tag);
  return {exact, fold_to_ascii(exact)};
}

}  // namespace

App::App(Config config, const ProxyRules& proxy, spdlog::logger& log)
    : config_(std::move(config)),
      log_(log),
      clock_(context_.get_executor()),
      chance_(random_seed()),
      metrics_(TAGSCOUT_VERSION),
      database_(database_options(config_), kernel_entropy),
      hasher_(database_.secret()),
      ingest_options_(ingest_options(config_)),
      query_options_{config_.bands, ingest_options_.maturity},
      flag_bus_(clock_, flags::next_id(database_) - 1),
      totals_(flag_bus_, metrics_, log_),
      sink_(database_, ingest_options_, clock_, totals_),
      http_(make_http(context_.get_executor(), http_options(config_, proxy), clock_)),
      web_sockets_(
          make_web_sockets(context_.get_executor(), web_socket_options(config_, proxy), clock_)),
      fetcher_(*http_, clock_, chance_, fetcher_options(config_), &metrics_),
      software_(fetcher_, clock_),
      source_tools_{fetcher_, *web_sockets_, clock_, chance_, software_, config_.origin.bridges},
      services_(context_.get_executor(),
                [this](std::exception_ptr error) { fail(std::move(error)); }),
      crawlers_(context_.get_executor(),
                [this](std::exception_ptr error) { fail(std::move(error)); }),
      runners_(make_runners()),
      refresher_(refresher_options(),
                 RefresherTools{database_, sink_, clock_, chance_, fetcher_, log_}, crawlers_),
      resolver_(refresher_.origin(Network::activitypub),
                HandleResolverTools{database_, sink_, clock_, fetcher_, log_}, crawlers_),
      overview_(
          {config_, database_, clock_, fetcher_, totals_, runners_, refresher_, sink_, metrics_}),
      admin_(AdminContext{database_, overview_, flag_bus_, clock_, query_options_, tag_filter},
             admin_options()) {
  totals_.set_due_listener([this](const HostDue& due) { refresher_.due(due); });
  totals_.set_unresolved_listener([this](const std::string& handle) { resolver_.add(handle); });
  metrics_.set(Metric::config_last_reload_successful, {}, 1);
  admin_.open();
}

std::list<SourceRunner> App::make_runners() {
  std::list<SourceRunner> runners;
  for (const SourceSection& section : config_.sources) {
    RunnerOptions options{section, source_tags(config_, section), config_.origin.bridges,
                          config_.http.refused_retry};
    runners.emplace_back(*find_source_type(section.type), std::move(options),
                         RunnerTools{source_tools_, sink_, database_, log_});
  }
  return runners;
}

RefresherOptions App::refresher_options() {
  RefresherOptions options;
  for (const SourceSection& section : config_.sources) {
    const SourceType* const type = find_source_type(section.type);
    // A queue is named by a server or, where one place answers for all, by the network.
    options.source_names.try_emplace(std::string(network_name(type->network)), section.name);
    for (const std::string& host : type->hosts(section)) {
      options.source_names.try_emplace(host, section.name);
    }
  }
  options.origins = make_origins(config_.sources, source_tools_);
  options.bands = config_.bands;
  options.refused_retry = config_.http.refused_retry;
  options.retry_base = config_.http.gap;
  options.may_ask = ingest_options_.may_ask;
  return options;
}

AdminOptions App::admin_options() {
  AdminOptions options;
  options.runtime_dir = config_.daemon.runtime_dir;
  options.admin_group = config_.daemon.admin_group;
  options.read_group = config_.daemon.read_group;
  options.on_change = [this](const Change& change) {
    log_.info("admin method={} path={} status={} uid={} pid={}", change.method,
              for_log(change.path), change.status, change.peer.uid, change.peer.pid);
  };
  options.on_error = [this](const std::string& what) { log_.error("admin error=\"{}\"", what); };
  return options;
}

void App::fail(std::exception_ptr error) {
  if (!failure_) failure_ = std::move(error);
  stopping_ = true;
  stop_.wake_all();
}

boost::asio::awaitable<void> App::watch_signals() {
  boost::asio::signal_set signals(context_, SIGTERM, SIGINT);
  const int signal = co_await signals.async_wait(boost::asio::use_awaitable);
  log_.info("stopping signal={}", signal == SIGTERM ? "TERM" : "INT");
  stopping_ = true;
  stop_.wake_all();
}

boost::asio::awaitable<void> App::update_gauges() {
  while (true) {
    overview_.update_gauges();
    co_await clock_.sleep(gauge_interval);
  }
}

boost::asio::awaitable<void> App::supervise() {
  services_.spawn(watch_signals());
  services_.spawn(sink_.run());
  services_.spawn(admin_.run());
  services_.spawn(update_gauges());
  crawlers_.spawn(refresher_.run());
  crawlers_.spawn(resolver_.run());
  for (SourceRunner& runner : runners_) crawlers_.spawn(runner.run());
  notify_ready();
  log_.info("ready version={} sources={} socket={}/admin.sock", TAGSCOUT_VERSION, runners_.size(),
            config_.daemon.runtime_dir);
  if (!stopping_) co_await stop_.wait();
  notify_stopping();
  crawlers_.cancel();
  co_await (crawlers_.wait_until_empty() || clock_.sleep(crawlers_stop_max));
  if (crawlers_.size() > 0) log_.warn("stopping unfinished={}", crawlers_.size());
  sink_.finish();
  services_.cancel();
  co_await (services_.wait_until_empty() || clock_.sleep(services_stop_max));
}

void App::run() {
  std::signal(SIGPIPE, SIG_IGN);
  boost::asio::co_spawn(context_, supervise(), [this](std::exception_ptr error) {
    if (error && !failure_) failure_ = std::move(error);
    context_.stop();
  });
  context_.run();
  log_.info("stopped");
  if (failure_) std::rethrow_exception(failure_);
}

}  // namespace tagscout
