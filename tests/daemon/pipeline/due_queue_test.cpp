#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/pipeline/due_queue.h"
#include "storage/name_store.h"
#include "tests/daemon/pipeline/ingest_world.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

NameId host_id(IngestWorld& world, const std::string& host) {
  return names::find(world.database(), NameKind::host, host).value_or(0);
}

TEST(DueQueue, OfAnEmptyStoreIsEmpty) {
  IngestWorld world;
  const DueQueue queue(world.database(), world.options.bands);
  EXPECT_TRUE(queue.hosts().empty());
  EXPECT_EQ(queue.first(1, noon), std::nullopt);
  EXPECT_TRUE(queue.collect(1, noon).empty());
}

TEST(DueQueue, KnowsEveryHostOfAccountsOrPosts) {
  IngestWorld world;
  world.step({post("ada", 1).copied(), post("ben@two.test", 1).copied(),
              post("cleo@three.test", 1).copied()});
  const DueQueue queue(world.database(), world.options.bands);
  const std::vector<NameId> hosts = queue.hosts();
  EXPECT_THAT(
      std::set<NameId>(hosts.begin(), hosts.end()),
      UnorderedElementsAre(host_id(world, "https://one.test"), host_id(world, "https://two.test"),
                           host_id(world, "https://three.test")));
}

TEST(DueQueue, TellsWhatIsDueAndWhenTheNextIs) {
  IngestWorld world;
  world.step({post("ada", 1).created(noon).by(at_home("ada", 500)),
              post("ben", 1).created(noon - 10h).copied()});
  const DueQueue queue(world.database(), world.options.bands);
  const NameId host = host_id(world, "https://one.test");
  EXPECT_EQ(queue.first(host, noon), noon);
  EXPECT_TRUE(queue.collect(host, noon - 1us).empty());
  const Round now = queue.collect(host, noon);
  ASSERT_EQ(now.urgent.size(), 1u);
  EXPECT_EQ(now.urgent[0].id, person("ben"));
  EXPECT_EQ(now.urgent[0].handle, "ben@one.test");
  EXPECT_TRUE(now.accounts.empty());
  ASSERT_EQ(now.posts.size(), 1u);
  EXPECT_EQ(now.posts[0].id, post_id("ben", 1));
  EXPECT_EQ(now.posts[0].author, person("ben"));
  EXPECT_EQ(queue.collect(host, noon + 1h).posts.size(), 2u);
  EXPECT_EQ(queue.collect(host, noon + 24h * 7).accounts.size(), 1u);
}

TEST(DueQueue, HandsOnThePageOfAPostOnlyAsItsOwnHomeNamesIt) {
  IngestWorld world;
  const std::string page = post("ada", 1).value().url;
  world.step({post("ada", 1).created(noon - 10h).copied()});
  const DueQueue queue(world.database(), world.options.bands);
  const NameId host = host_id(world, "https://one.test");
  const auto handed_on = [&] { return queue.collect(host, world.now + 10s).posts.at(0).url; };
  EXPECT_EQ(handed_on(), "") << "a copy tells of it";
  world.step({post("ada", 1).created(noon - 10h)});
  EXPECT_EQ(handed_on(), page);
  PostSighting elsewhere = post("ada", 1).created(noon - 10h).copied().value();
  elsewhere.url = "https://one.test/another";
  world.step({elsewhere});
  EXPECT_EQ(handed_on(), page) << "a copy changes nothing of what the home has said";
}

TEST(DueQueue, LooksAtABoundedNumberOfRows) {
  IngestWorld world;
  std::vector<Event> events;
  for (int i = 0; i < 150; ++i) {
    events.push_back(post("p" + std::to_string(i), 1).created(noon - 10h).copied());
  }
  world.step(events);
  const DueQueue queue(world.database(), world.options.bands);
  const Round round = queue.collect(host_id(world, "https://one.test"), noon);
  EXPECT_EQ(round.urgent.size(), 100u);
  EXPECT_EQ(round.posts.size(), 100u);
}

TEST(DueQueue, WhatIsPlannedImpossiblyFarAheadIsDueNow) {
  IngestWorld world;
  world.now = noon + 24h * 3650;
  world.step({post("ada", 1).by(at_home("ada", 500)).created(world.now)});
  const DueQueue queue(world.database(), world.options.bands);
  const NameId host = host_id(world, "https://one.test");
  EXPECT_EQ(queue.first(host, noon), noon);
  EXPECT_EQ(queue.collect(host, noon).accounts.size(), 1u);
  EXPECT_EQ(queue.collect(host, noon).posts.size(), 1u);
  EXPECT_EQ(queue.first(host, world.now), world.now + 1h);
  EXPECT_TRUE(queue.collect(host, world.now).empty());
}

}  // namespace
}  // namespace tagscout
