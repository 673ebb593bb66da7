// The real sources and origins against the simulated network, in process and on the fake clock.
//
//   TestnetBench bench(quiet_options());
//   TestnetReader reader(bench, bench.instance(0, {"slowfashion"}));
//   reader.drain();
//   EXPECT_EQ(reader.ids(), bench.arrived(0, {"slowfashion"}));  // the world's own truth
#pragma once

#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "crawlers/source.h"
#include "tests/support/fake_clock.h"
#include "tests/support/run.h"
#include "tests/support/testnet/bluesky_site.h"
#include "tests/support/testnet/manners.h"
#include "tests/support/testnet/mastodon_site.h"
#include "tests/support/testnet/world.h"
#include "tests/support/testnet_web.h"

namespace tagscout::testnet {

// A world in which nothing special happens: 300 posts before the start, some more in 10 min.
Options quiet_options(std::vector<std::string> software = {"mastodon", "glitch", "mastodon-4.2"});

enum class Rules {
  private_hosts,  // no gaps, and no budgets but those that are announced
  public_hosts,   // the built-in budgets as well
};

class TestnetBench {
 public:
  explicit TestnetBench(Options options, Rules rules = Rules::private_hosts);

  SourceTools tools() { return {fetcher, web, clock, chance, software, {bridges}}; }
  // Setups of sources that are read for these tags. An instance is polled each second.
  SourceSetup instance(size_t place, std::vector<std::string> tags, std::string token = {});
  SourceSetup jetstream(std::vector<std::string> tags, size_t hosts = 1);
  std::unique_ptr<Origin> origin(const SourceSetup& setup);

  template <class T>
  T run(boost::asio::awaitable<T> work) {
    return run_to_end(context, std::move(work));
  }
  // Lets time pass, and the world with it.
  void pass(Duration duration);

  const Names& names() const { return world.names(); }
  const std::string& host(size_t place) const { return names().hosts().mastodon[place]; }
  const Account& author(const Post& post) const { return world.accounts()[post.account]; }
  // Ids, as instances name them, of posts with one of these tags that came to `place` by now.
  std::set<std::string> arrived(size_t place, const std::vector<std::string>& tags) const;
  // Ids of Bluesky's posts of these times that bear one of these tags, in any spelling.
  std::set<std::string> posted(Time from, Time to, const std::vector<std::string>& tags) const;
  const Account* account(const AccountId& id) const;
  const Post* post(const PostId& id) const;

  std::vector<std::string> bridges = {"bridge.example"};
  boost::asio::io_context context;
  FakeClock clock{FakeClock::Mode::at_once};
  World world;
  std::vector<std::unique_ptr<Site>> sites;
  std::vector<std::unique_ptr<Manners>> manners;  // instances first, then the AppView
  TestnetWeb web;
  Chance chance{1};
  Fetcher fetcher;
  SoftwareProbe software{fetcher, clock};

 private:
  void serve(const std::string& url, std::unique_ptr<Site> site);

  std::map<std::string, uint32_t> accounts_, posts_;
};

// Reads one source as the runner does: any error destroys it, and the next one starts from the last
// cursors.
class TestnetReader {
 public:
  TestnetReader(TestnetBench& bench, SourceSetup setup) : bench_(bench), setup_(std::move(setup)) {}

  Result<Batch> next();
  // Waits until something is due and reads until the source has caught up; fails the test if that
  // takes too long or an error comes.
  void drain();
  // Reads for so long, whatever comes; a second passes after each error.
  void read_for(Duration duration);

  const SourceSetup& setup() const { return setup_; }
  const std::vector<Batch>& batches() const { return batches_; }
  const std::vector<Error>& errors() const { return errors_; }
  // Of all batches, in order.
  template <class T>
  std::vector<T> events() const {
    std::vector<T> found;
    for (const Batch& batch : batches_) {
      for (const Event& event : batch.events) {
        if (const T* const one = std::get_if<T>(&event)) found.push_back(*one);
      }
    }
    return found;
  }
  std::vector<PostSighting> posts() const { return events<PostSighting>(); }
  std::set<std::string> ids() const;
  int64_t dropped(const std::string& reason) const;
  bool noted(const std::string& words) const;
  void forget() { batches_.clear(); }

 private:
  TestnetBench& bench_;
  SourceSetup setup_;
  std::unique_ptr<Source> source_;
  std::vector<Batch> batches_;
  std::vector<Error> errors_;
};

}  // namespace tagscout::testnet
