#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/post_store.h"
#include "tests/daemon/pipeline/fake_origin.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Refresher, ReadsNewAccountsAtTheirHomeAtOnce) {
  RefresherWorld world;
  world.start();
  world.record({post("ada", 1).copied().created(world.loop.clock.now()),
                post("ben@two.test", 1).copied().created(world.loop.clock.now())});
  EXPECT_THAT(world.origin->calls,
              testing::UnorderedElementsAre("account ada", "account ben@two.test"));
  EXPECT_THAT(world.origin->hosts,
              testing::UnorderedElementsAre("https://one.test", "https://two.test"));
  world.loop.advance(1s);
  EXPECT_TRUE(world.facts("ada").verified);
  EXPECT_EQ(world.facts("ada").origin.source, "the.first");
  EXPECT_EQ(world.facts("ben@two.test").origin.source, "_home");
  EXPECT_EQ(world.facts("ada").origin.counts.followers, 500);
}

TEST(Refresher, ReadsPostsAtTheirAgeNotEarlierAndNotMuchLater) {
  RefresherWorld world;
  world.start();
  const Time born = world.loop.clock.now();
  world.record({post("ada", 1).created(born).by(at_home("ada", 500))});
  world.loop.advance(born + 1h - world.loop.clock.now() - 1ms);
  EXPECT_THAT(world.origin->calls, IsEmpty());
  world.loop.advance(24h * 4);
  ASSERT_THAT(world.origin->calls, ElementsAre("post ada/1", "post ada/1", "post ada/1"));
  EXPECT_EQ(world.origin->asked[0], born + 1h);
  EXPECT_EQ(world.origin->asked[1], born + 24h);
  EXPECT_EQ(world.origin->asked[2], born + 72h);
  const PostKey key = world.hasher.post(person("ada"), post_id("ada", 1));
  EXPECT_EQ(posts::row(world.store.database(), key).record->counts.likes, 3);
}

TEST(Refresher, OneWorkerAsksAHostAndManyHostsAreAskedAtOnce) {
  RefresherWorld world;
  world.start();
  world.origin->takes = 1s;
  std::vector<Event> events;
  for (int i = 0; i < 12; ++i) {
    const std::string name = "p" + std::to_string(i) + "@host" + std::to_string(i % 4) + ".test";
    events.push_back(post(name, 1).copied().created(world.loop.clock.now()));
  }
  world.record(events);
  world.loop.advance(30s);
  EXPECT_EQ(world.origin->calls.size(), 12u);
  EXPECT_EQ(world.origin->in_flight_max, 4);
  EXPECT_EQ(world.origin->in_flight_per_host_max, 1);
}

TEST(Refresher, ManyHostsAreServedByABoundedNumberOfWorkers) {
  RefresherWorld world;
  world.start();
  world.origin->takes = 1s;
  std::vector<Event> events;
  for (int i = 0; i < 100; ++i) {
    events.push_back(
        post("p@host" + std::to_string(i) + ".test", 1).copied().created(world.loop.clock.now()));
  }
  world.record(events);
  world.loop.advance(1min);
  EXPECT_EQ(world.origin->calls.size(), 100u);
  EXPECT_EQ(world.origin->in_flight_max, 64);
}

TEST(Refresher, UrgentAccountsGoFirstThenPostsAndAccountsTakeTurns) {
  RefresherWorld world;
  std::vector<Event> events;
  for (int i = 1; i <= 3; ++i) {
    const std::string name = "old" + std::to_string(i);
    events.push_back(post(name, 1).created(world.loop.clock.now()).by(at_home(name, 200'000)));
  }
  world.record(events);
  world.loop.advance(24h * 8);
  world.record({post("new", 1).copied().created(world.loop.clock.now())});
  world.start();
  world.loop.advance(10s);
  ASSERT_EQ(world.origin->calls.size(), 7u);
  EXPECT_EQ(world.origin->calls[0], "account new");
  for (size_t i = 1; i < 7; ++i) {
    EXPECT_EQ(world.origin->calls[i].starts_with("post"), i % 2 == 1) << i;
  }
}

TEST(Refresher, AnUrgentAccountOvertakesWhatWaits) {
  RefresherWorld world;
  std::vector<Event> events;
  for (int i = 0; i < 50; ++i) {
    const std::string name = "old" + std::to_string(i);
    events.push_back(post(name, 1).created(world.loop.clock.now()).by(at_home(name, 200'000)));
  }
  world.record(events);
  world.loop.advance(24h * 8);
  world.origin->takes = 400ms;
  world.start();
  world.loop.advance(5s);
  const size_t before = world.origin->calls.size();
  world.record({post("new", 1).copied().created(world.loop.clock.now())});
  world.loop.advance(10s);
  const auto& calls = world.origin->calls;
  const auto found = std::find(calls.begin(), calls.end(), "account new");
  ASSERT_NE(found, calls.end());
  EXPECT_LE(static_cast<size_t>(found - calls.begin()), before + 4) << "within a round";
}

TEST(Refresher, WhoIsNearestToAnEdgeGoesFirst) {
  RefresherWorld world;
  std::vector<Event> events;
  for (const int followers : {10'900, 10'100, 9'950, 20'000, 300}) {
    const std::string name = "p" + std::to_string(followers);
    events.push_back(
        post(name, 1).created(world.loop.clock.now() + 24h * 9).by(at_home(name, followers)));
  }
  world.record(events);
  world.loop.advance(24h * 8);
  world.origin->on_posts = [](const std::vector<PostTarget>& targets) -> Result<Batch> {
    Batch batch;
    for (const PostTarget& target : targets) {
      batch.events.emplace_back(PostDeleted{target.id, target.author, {}});
    }
    return batch;
  };
  world.start();
  world.loop.advance(10s);
  std::vector<std::string> accounts;
  for (const std::string& call : world.origin->calls) {
    if (call.starts_with("account")) accounts.push_back(call.substr(8));
  }
  EXPECT_THAT(accounts, ElementsAre("p9950", "p10100", "p10900", "p20000", "p300"));
}

TEST(Refresher, BatchesAreAsLargeAsTheOriginTakes) {
  RefresherWorld world;
  world.origin->batch_max = 25;
  std::vector<Event> events;
  for (int i = 0; i < 60; ++i) {
    events.push_back(post("p" + std::to_string(i), 1).copied().created(world.loop.clock.now()));
  }
  world.record(events);
  world.start();
  world.loop.advance(10s);
  std::vector<int64_t> sizes;
  for (const std::string& call : world.origin->calls) {
    sizes.push_back(std::count(call.begin(), call.end(), ' '));
  }
  EXPECT_THAT(sizes, ElementsAre(25, 25, 10));
}

TEST(Refresher, TakesUpTheQueuesOfTheStoreAfterARestart) {
  RefresherWorld world;
  const Time born = world.loop.clock.now();
  world.record({post("ada", 1).created(born).by(at_home("ada", 500)),
                post("ben@two.test", 1).copied().created(born)});
  world.loop.advance(30min);
  EXPECT_THAT(world.origin->calls, IsEmpty()) << "it does not run yet, and heard nothing";
  world.start();
  EXPECT_THAT(world.origin->calls, ElementsAre("account ben@two.test"));
  world.loop.advance(born + 1h - world.loop.clock.now());
  EXPECT_THAT(
      world.origin->calls,
      testing::UnorderedElementsAre("account ben@two.test", "post ada/1", "post ben@two.test/1"));
}

TEST(Refresher, ReadsAgainOnlyOnceTheAnswerIsOnDisk) {
  RefresherWorld world;
  world.start();
  world.record({post("ada", 1).copied().created(world.loop.clock.now())});
  world.loop.advance(50min);
  EXPECT_EQ(world.origin->calls.size(), 1u);
}

TEST(Refresher, AHintIsFollowedUpWithinSeconds) {
  RefresherWorld world;
  world.origin->followers["ada"] = 9'999;
  world.start();
  world.record({post("ada", 1).created(world.loop.clock.now()).by(at_home("ada", 9'999))});
  world.loop.advance(1min);
  const Time hinted = world.loop.clock.now();
  world.record({FollowHint{person("ada"), 1}});
  world.loop.advance(4s);
  world.origin->followers["ada"] = 10'000;
  world.loop.advance(1min);
  ASSERT_THAT(world.origin->calls, ElementsAre("account ada", "account ada", "account ada"));
  EXPECT_LE(world.origin->asked[0], hinted + 100ms);
  EXPECT_LE(world.origin->asked[1], hinted + 2s + 200ms);
  EXPECT_LE(world.origin->asked[2], hinted + 7s + 300ms);
  EXPECT_EQ(world.listener.bus.last(), 1u);
}

}  // namespace
}  // namespace tagscout
