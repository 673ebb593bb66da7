// An origin that answers as the test says, and a refresher that asks it for what a store holds.
#pragma once

#include <spdlog/sinks/null_sink.h>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "daemon/pipeline/refresher.h"
#include "tests/daemon/pipeline/sink_world.h"
#include "tests/support/fake_http.h"

namespace tagscout {

class FakeOrigin final : public Origin {
 public:
  explicit FakeOrigin(Clock& clock) : clock_(clock) {}

  size_t accounts_max(const std::string&, const std::vector<AccountTarget>&) const override {
    return batch_max;
  }
  // Like servers with readings of several at once: what one left out is read alone.
  size_t posts_max(const std::string&, const std::vector<PostTarget>& targets) const override {
    return targets.front().missing ? 1 : batch_max;
  }
  boost::asio::awaitable<Result<Batch>> read_accounts(std::string host,
                                                      std::vector<AccountTarget> targets) override;
  boost::asio::awaitable<Result<Batch>> read_posts(std::string host,
                                                   std::vector<PostTarget> targets) override;

  size_t batch_max = 1;
  Duration takes{};
  // What it answers; without these every account has `followers` and every post 3 likes.
  std::function<Result<Batch>(const std::vector<AccountTarget>&)> on_accounts;
  std::function<Result<Batch>(const std::vector<PostTarget>&)> on_posts;
  std::map<std::string, int64_t> followers;  // by name; 500 if absent

  std::vector<std::string> calls;  // "account ada", "post ada/1", joined by a blank in a batch
  std::vector<Time> asked;         // when
  std::vector<std::string> hosts;  // whom
  int in_flight_max = 0;
  int in_flight_per_host_max = 0;

  // "ada" or "ada@two.test", of an id; and "ada/1" of a post.
  static std::string name_of(const AccountId& id);
  static std::string name_of(const PostTarget& target);

 private:
  boost::asio::awaitable<void> take_time(std::string host, std::string call);

  Clock& clock_;
  std::multiset<std::string> in_flight_;
};

class RefresherWorld : public SinkWorld {
 public:
  RefresherWorld();
  ~RefresherWorld() { loop.stop(); }

  // Writes the events, and lets what they make due be read if the refresher runs.
  void record(std::vector<Event> events);
  void start();
  AccountFacts facts(const std::string& name);
  // Places a row into the store's queues behind the back of ingest.
  void put_due(const std::string& row);

  KeyHasher hasher;
  Chance chance{7};
  FakeHttp http;
  Fetcher fetcher;
  spdlog::logger log;
  FakeOrigin* origin = nullptr;  // owned by the refresher
  std::unique_ptr<Refresher> refresher;
};

}  // namespace tagscout
