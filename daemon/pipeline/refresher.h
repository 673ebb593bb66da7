// Reads again at their home what is due: posts for their counters, accounts for their followers.
// Each host has a queue of its own in the store and is asked by one worker at most.
#pragma once

#include <spdlog/logger.h>

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "crawlers/source.h"
#include "crawlers/wait_list.h"
#include "daemon/pipeline/batch_sink.h"
#include "daemon/pipeline/due_queue.h"
#include "daemon/pipeline/task_group.h"
#include "daemon/pipeline/workspace.h"
#include "storage/database.h"

namespace tagscout {

struct RefresherOptions {
  std::map<Network, std::unique_ptr<Origin>> origins;  // who reads again on which network
  std::map<std::string, std::string> source_names;     // of hosts, as home_host() names them
  std::vector<Band> bands;
  Duration refused_retry = std::chrono::hours(24);
  Duration retry_base = std::chrono::seconds(3);
  // Whether origin readings may be asked of a host, as home_host() names it.
  std::function<bool(const std::string& host)> may_ask = [](const std::string&) { return true; };
};

// What the refresher works with; everything outlives it.
struct RefresherTools {
  const Database& database;
  BatchSink& sink;
  Clock& clock;
  Chance& chance;
  const Fetcher& fetcher;
  spdlog::logger& log;
};

// How the homes of accounts and posts are doing, for the operator.
struct HomesReport {
  size_t known = 0;     // with a queue of their own
  size_t at_work = 0;   // being asked now
  size_t failing = 0;   // did not answer last, and are left alone for a while
  size_t refusing = 0;  // say no, and are asked again after refused_retry
};

class Refresher {
 public:
  // Tasks of the refresher run in `tasks`.
  Refresher(RefresherOptions options, RefresherTools tools, TaskGroup& tasks);

  // Something has become due, or will; told after each commit.
  void due(const HostDue& news);

  HomesReport report() const;

  // Starts workers when something is due, until cancelled. First reads the queues in the store.
  boost::asio::awaitable<void> run();

  // Who reads again on that network; null if nobody does.
  Origin* origin(Network network) const;

 private:
  struct Host {
    Time next{};              // something is due then; Time::max() if nothing is
    bool at_work = false;     // a worker asks it
    int failures = 0;         // in a row
    int refusals = 0;         // in a row
    Duration closed_until{};  // by the steady clock: it wants to be left alone, or is down
    uint64_t window = 0;      // the last one that its worker handed something to
  };

  // How long it is until the host can be asked for something that is due; 0 or less: now.
  Duration until_ready(NameId id, Host& host) const;
  boost::asio::awaitable<void> work(NameId host);
  boost::asio::awaitable<void> work_round(NameId host, std::string name, Round round);
  boost::asio::awaitable<bool> read_accounts(NameId host, std::string name,
                                             std::vector<AccountTarget> targets);
  boost::asio::awaitable<bool> read_posts(NameId host, std::string name,
                                          std::vector<PostTarget> targets);
  // Hands over what was read, or what it means that it could not be; false if the host is closed.
  bool hand_over(NameId host, const std::string& name, Result<Batch> result, Batch failed);
  bool hand_over_failure(Host& host, const std::string& name, const Error& error, Batch failed);
  // Adds to an answer the failure of every target that it says nothing about.
  static void complete(Batch& answer, Batch failed);
  // Says of all that is left of a round that its home refuses, if it does for good.
  void give_up(NameId host, const std::string& name, Round rest);
  // Says of a whole round that nobody may be asked.
  void deny(NameId host, const std::string& name, Round round);
  void stamp(Batch& batch, const std::string& name) const;
  void close(Host& host, const std::string& name, const Error& error);
  Origin* origin_of(const std::string& name) const;

  RefresherOptions options_;
  RefresherTools tools_;
  TaskGroup& tasks_;
  DueQueue queue_;
  std::map<NameId, Host> hosts_;
  size_t workers_ = 0;
  WaitList news_;
};

}  // namespace tagscout
