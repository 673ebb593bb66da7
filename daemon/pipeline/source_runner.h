// Runs one configured source for ever: makes it, hands its batches over, backs off when it fails
// and makes it anew from the stored cursors.
#pragma once

#include <spdlog/logger.h>

#include <boost/asio/awaitable.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crawlers/source.h"
#include "daemon/pipeline/batch_sink.h"
#include "storage/database.h"

namespace tagscout {

// What runners share; everything outlives them.
struct RunnerTools {
  SourceTools source;
  BatchSink& sink;
  const Database& database;
  spdlog::logger& log;
};

struct RunnerOptions {
  SourceSection section;
  std::vector<std::string> tags;     // keys, ascending
  std::vector<std::string> bridges;  // hosts
  Duration refused_retry = std::chrono::hours(24);
};

enum class RunState { starting, running, backing_off, rate_limited, refused, paused };

std::string_view run_state_name(RunState state);

// How a source is doing, for the operator.
struct RunReport {
  RunState state = RunState::starting;
  std::optional<Time> last_success_at;
  std::string last_error;          // empty while all is well
  std::string connected_to;        // address of the stream that is open; empty if none is
  std::optional<Time> read_up_to;  // every feed has been handed over up to there
  Duration rest{};                 // for how long it meant to ask nothing when it last succeeded
};

class SourceRunner {
 public:
  SourceRunner(const SourceType& type, RunnerOptions options, RunnerTools tools);

  // Runs until cancelled.
  boost::asio::awaitable<void> run();

  // A source as it would start now, from the stored cursors.
  std::unique_ptr<Source> make_source() const;

  const RunReport& report() const { return report_; }
  const SourceSection& section() const { return options_.section; }
  const SourceType& type() const { return type_; }

 private:
  // Hands batches over until the source fails; tells why.
  boost::asio::awaitable<Error> drain();
  boost::asio::awaitable<void> wait_after(Error error);
  void succeeded(const Batch& batch, Duration rest);
  void enter(RunState state, const std::string& error);

  const SourceType& type_;
  RunnerOptions options_;
  RunnerTools tools_;
  RunReport report_;
  std::map<std::string, Time> positions_;  // of each feed: everything before has been handed over
  int failures_ = 0;                       // in a row
  int refusals_ = 0;                       // in a row
};

}  // namespace tagscout
