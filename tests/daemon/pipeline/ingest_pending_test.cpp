// Posts whose author the server names by handle alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/pipeline/ingest_world.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

// A post as an older server shows it: no uri of its author.
PostSighting nameless(const std::string& author, int number,
                      std::optional<int64_t> followers = 700) {
  PostSighting sighting =
      post(author, number).copied().likes(3).by(copy_of(author, followers)).value();
  sighting.author.id = AccountId();
  return sighting;
}

HandleResolved resolved(const std::string& name) {
  return {user_of(name) + "@" + home_of(name), person(name)};
}

TEST(IngestPending, NothingIsStoredUnderAHandle) {
  IngestWorld world;
  const WindowEffects effects = world.step({nameless("ada", 1)});
  EXPECT_THAT(effects.dropped, IsEmpty());
  EXPECT_THAT(effects.unresolved, ElementsAre("ada@one.test"));
  EXPECT_EQ(world.counts().accounts, 0);
  EXPECT_EQ(world.counts().posts, 0);
  EXPECT_EQ(world.rows_with("pending/"), 1u);
}

TEST(IngestPending, WaitsInTheWindowOfItsCursorAndOverARestart) {
  IngestWorld world;
  world.see({nameless("ada", 1)});
  world.restart();
  EXPECT_EQ(world.rows_with("pending/"), 0u) << "the window was lost as a whole";
  world.step({nameless("ada", 1), nameless("ada", 2)});
  world.restart();
  EXPECT_THAT(PendingPosts::handles(world.database()), ElementsAre("ada@one.test"));
  const WindowEffects effects = world.step({resolved("ada")}, "_home");
  EXPECT_THAT(effects.dropped, IsEmpty());
  EXPECT_EQ(world.rows_with("pending/"), 0u);
  EXPECT_EQ(world.counts().posts, 2);
  EXPECT_EQ(world.facts("ada").id, person("ada"));
  EXPECT_EQ(world.facts("ada").handle, "ada@one.test");
  EXPECT_FALSE(world.facts("ada").verified);
  EXPECT_EQ(world.account_due("ada"), 0s) << "its home is asked about it";
  EXPECT_EQ(world.record("ada", 1)->counts.likes, 3);
}

TEST(IngestPending, IsRecordedAsOfWhenItWasSeenAndByWhom) {
  IngestWorld world;
  const Time seen = world.now;
  world.step({nameless("ada", 1)}, "two.test");
  const WindowEffects effects = world.later(1h, {resolved("ada")});
  EXPECT_EQ(world.record("ada", 1)->first_seen_at, seen);
  EXPECT_EQ(world.record("ada", 1)->counts_at, seen);
  EXPECT_EQ(world.facts("ada").foreign.source, "two.test");
  EXPECT_EQ(effects.sources.at("two.test").posts_new, 1);
}

TEST(IngestPending, TheSamePostFromTwoServersWaitsOnce) {
  IngestWorld world;
  world.step({nameless("ada", 1)}, "two.test");
  PostSighting later = nameless("ada", 1);
  later.counts->likes = 9;
  world.step({later}, "three.test");
  EXPECT_EQ(world.rows_with("pending/"), 1u);
  world.step({resolved("ada")});
  EXPECT_EQ(world.record("ada", 1)->counts.likes, 9);
  EXPECT_EQ(world.sums("ada").posts_seen, 1);
}

TEST(IngestPending, WhatIsKnownBetterByThenStays) {
  IngestWorld world;
  world.step({nameless("ada", 1)});
  world.later(1min, {post("ada", 1).copied().likes(8).by(copy_of("ada", 900))});
  world.later(1min, {resolved("ada")});
  EXPECT_EQ(world.record("ada", 1)->counts.likes, 8);
  EXPECT_EQ(world.sums("ada").posts_seen, 1);
}

TEST(IngestPending, AHandleThatNobodyBearsIsDroppedAndCounted) {
  IngestWorld world;
  world.step({nameless("ada", 1), nameless("ada", 2), nameless("ben", 1)});
  const WindowEffects effects = world.step({HandleResolved{"ada@one.test", AccountId()}});
  EXPECT_THAT(effects.dropped, ElementsAre(Pair("identity", 2)));
  EXPECT_THAT(PendingPosts::handles(world.database()), ElementsAre("ben@one.test"));
  EXPECT_EQ(world.counts().accounts, 0);
}

TEST(IngestPending, AWishSeenWhileItWaitsCountsWhateverIsSeenLater) {
  IngestWorld world;
  PostSighting wish = nameless("ada", 1);
  wish.author.opt_outs.set(OptOut::nobot_tag);
  world.step({wish});
  world.step({nameless("ada", 1)});
  world.step({resolved("ada")});
  EXPECT_FALSE(world.account("ada"));
  EXPECT_EQ(world.counts().posts, 0);
  EXPECT_THAT(world.step({post("ada", 2)}).dropped, ElementsAre(Pair("gone", 1)));
}

TEST(IngestPending, AnActorThatIsGoneTakesThePostWithIt) {
  IngestWorld world;
  world.step({post("ada", 1), AccountGone{person("ada"), GoneReason::deleted}, nameless("ada", 2)});
  const WindowEffects effects = world.step({resolved("ada")});
  EXPECT_THAT(effects.dropped, ElementsAre(Pair("gone", 1)));
  EXPECT_FALSE(world.account("ada"));
  EXPECT_EQ(world.rows_with("pending/"), 0u);
}

TEST(IngestPending, GoesWithTheAccountThatIsPurgedInTheSameWindow) {
  const auto wish = [] {
    PostSighting sighting =
        post("ada", 1).by(wishing(at_home("ada", 700), OptOut::noindex)).value();
    return Event(sighting);
  };
  const std::vector<Event> ends = {AccountGone{person("ada"), GoneReason::deleted}, wish(),
                                   Event(wishing(copy_of("ada", 700), OptOut::nobot_tag))};
  for (const Event& end : ends) {
    IngestWorld world;
    world.step({post("ada", 1).by(at_home("ada", 500)), nameless("ada", 2), nameless("ben", 1)});
    const WindowEffects effects = world.step({nameless("ada", 3), end});
    EXPECT_EQ(effects.dropped.at("gone"), 2) << end.index();
    EXPECT_THAT(PendingPosts::handles(world.database()), ElementsAre("ben@one.test"));
    EXPECT_EQ(world.rows_with("ada"), 0u) << "of somebody who is gone nothing stays";
    EXPECT_THAT(world.step({resolved("ada")}).dropped, IsEmpty());
  }
}

TEST(IngestPending, GoesWithTheAccountThatTheOperatorIgnores) {
  IngestWorld world;
  world.step({post("ada", 1).by(at_home("ada", 500)), nameless("ada", 2)});
  EXPECT_TRUE(world.ingest->ignore(person("ada"), world.now));
  EXPECT_EQ(world.commit().dropped.at("gone"), 1);
  EXPECT_EQ(world.rows_with("pending/"), 0u);
}

TEST(IngestPending, AnAccountThatGoesWhileItIsResolvedFreesEachPlaceOnce) {
  IngestWorld world;
  PostSighting wish = nameless("ada", 1);
  wish.author.opt_outs.set(OptOut::nobot_tag);
  world.step({nameless("ada", 2), wish, nameless("ada", 3)});
  world.step({resolved("ada")});
  EXPECT_FALSE(world.account("ada"));
  EXPECT_EQ(world.rows_with("pending/"), 0u);
  EXPECT_THAT(world.step({nameless("ben", 1)}).dropped, IsEmpty());
}

TEST(IngestPending, StaysWhereAStrangerClaimedTheHandleAndWent) {
  IngestWorld world;
  AccountSighting eve = at_home("eve@evil.test", 700);
  eve.handle = "ada@one.test";
  world.step({post("eve@evil.test", 1).by(eve), nameless("ada", 1)});
  world.step({AccountGone{person("eve@evil.test"), GoneReason::deleted}});
  EXPECT_THAT(PendingPosts::handles(world.database()), ElementsAre("ada@one.test"));
}

using Pitfall36Pending = testing::Test;

TEST_F(Pitfall36Pending, ADomainNamesItsOwnPeopleAlone) {
  IngestWorld world;
  world.step({nameless("eve@evil.test", 1)});
  const WindowEffects effects = world.step({HandleResolved{"eve@evil.test", person("ada")}});
  EXPECT_THAT(effects.dropped, ElementsAre(Pair("identity", 1)));
  EXPECT_FALSE(world.account("ada"));
}

TEST(IngestPending, SplitDomainsAreNoObstacle) {
  IngestWorld world;
  PostSighting sighting = nameless("ada", 1);
  sighting.author.handle = "ada@example.test";
  world.step({sighting});
  world.step({HandleResolved{"ada@example.test", person("ada")}});
  EXPECT_EQ(world.facts("ada").handle, "ada@example.test");
}

TEST(IngestPending, WhoCannotBeAskedForIsDroppedAtOnce) {
  IngestOptions options = usual_options();
  options.may_ask = [](const std::string& host) { return host != "https://denied.test"; };
  IngestWorld world(options);
  for (const std::string handle : {"", "ada", "@one.test", "ada@", "ada@denied.test",
                                   "ada@one.test/x", "ada@one test", "ada@me@one.test"}) {
    PostSighting sighting = nameless("ada", 1);
    sighting.author.handle = handle;
    const WindowEffects effects = world.step({sighting});
    EXPECT_THAT(effects.dropped, ElementsAre(Pair("identity", 1))) << handle;
    EXPECT_THAT(effects.unresolved, IsEmpty()) << handle;
  }
  EXPECT_EQ(world.rows_with("pending/"), 0u);
}

TEST(IngestPending, OnlyWhatWouldBeRecordedWaits) {
  IngestWorld world;
  PostSighting other = nameless("ada", 1);
  other.tags = {"cats"};
  EXPECT_THAT(world.step({other}).dropped, IsEmpty());
  EXPECT_EQ(world.rows_with("pending/"), 0u);
}

TEST(IngestPending, IsBoundedForEachHandle) {
  IngestWorld world;
  std::vector<Event> events;
  for (int i = 0; i < 203; ++i) events.emplace_back(nameless("ada", i));
  events.emplace_back(nameless("ben", 1));
  events.emplace_back(nameless("ada", 5));  // waits already
  EXPECT_THAT(world.step(events).dropped, ElementsAre(Pair("identity", 3)));
  EXPECT_EQ(world.rows_with("pending/"), PendingPosts::handle_max + 1);
}

TEST(IngestPending, IsBoundedOverAll) {
  IngestWorld world;
  const auto flood = [](int from, int to) {
    std::vector<Event> events;
    for (int i = from; i < to; ++i) events.emplace_back(nameless("p" + std::to_string(i), 1));
    return events;
  };
  const int most = static_cast<int>(PendingPosts::total_max);
  EXPECT_THAT(world.step(flood(0, most)).dropped, IsEmpty());
  EXPECT_THAT(world.step(flood(most, most + 2)).dropped, ElementsAre(Pair("identity", 2)));
  world.restart();
  EXPECT_THAT(world.step(flood(most, most + 2)).dropped, ElementsAre(Pair("identity", 2)));
  world.step({HandleResolved{"p7@one.test", AccountId()}});
  EXPECT_THAT(world.step(flood(most, most + 2)).dropped, ElementsAre(Pair("identity", 1)));
}

TEST(IngestPending, ARowOfAnotherVersionIsDroppedAndCounted) {
  IngestWorld world;
  Transaction transaction(world.database());
  transaction.put(Column::meta, keys::pending(world.hasher.handle("ada@one.test"), 7), "TSB\x01");
  world.store.database().commit(transaction);
  world.restart();
  EXPECT_THAT(PendingPosts::handles(world.database()), IsEmpty());
  EXPECT_THAT(world.step({resolved("ada")}).dropped, ElementsAre(Pair("identity", 1)));
  EXPECT_EQ(world.rows_with("pending/"), 0u);
}

}  // namespace
}  // namespace tagscout
