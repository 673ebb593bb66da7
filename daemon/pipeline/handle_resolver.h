// Finds out, in the background, whose the handles are that posts wait for.
#pragma once

#include <spdlog/logger.h>

#include <boost/asio/awaitable.hpp>
#include <map>
#include <set>
#include <string>
#include <unordered_map>

#include "crawlers/source.h"
#include "crawlers/wait_list.h"
#include "daemon/pipeline/batch_sink.h"
#include "daemon/pipeline/task_group.h"
#include "storage/database.h"

namespace tagscout {

// What it works with; everything outlives it.
struct HandleResolverTools {
  const Database& database;
  BatchSink& sink;
  Clock& clock;
  const Fetcher& fetcher;
  spdlog::logger& log;
};

class HandleResolver {
 public:
  // `origin` is asked who a handle is; null: nobody can be, and nothing is resolved. Tasks run in
  // `tasks`.
  HandleResolver(Origin* origin, HandleResolverTools tools, TaskGroup& tasks);

  // Posts wait for this handle; told after each commit.
  void add(const std::string& handle);

  // Starts workers while there is something to find out, until cancelled. First takes up what the
  // store holds.
  boost::asio::awaitable<void> run();

 private:
  struct Wanted {
    size_t tries = 0;  // that failed
    Duration next{};   // by the steady clock
    bool at_work = false;
    bool again = false;  // more posts came while it was at work
  };
  struct Answer {
    AccountId id;
    Duration until{};
  };

  boost::asio::awaitable<void> work(std::string handle);
  // Whom the handle stands for; nothing if it is to be asked for again.
  boost::asio::awaitable<std::optional<AccountId>> find_out(std::string handle);
  void remember(const std::string& handle, const AccountId& id, Duration how_long);

  Origin* origin_;
  HandleResolverTools tools_;
  TaskGroup& tasks_;
  std::map<std::string, Wanted> wanted_;
  std::set<std::string> domains_at_work_;
  std::unordered_map<std::string, Answer> answers_;
  WaitList news_;
};

}  // namespace tagscout
