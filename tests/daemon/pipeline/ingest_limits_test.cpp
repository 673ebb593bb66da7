#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "storage/account_store.h"
#include "storage/meta_store.h"
#include "tests/daemon/pipeline/ingest_world.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> tag_list(int first, int count) {
  std::vector<std::string> tags;
  for (int i = first; i < first + count; ++i) tags.push_back("tag" + std::to_string(i));
  return tags;
}

TEST(IngestLimits, TwoHundredPostsAnAccountAndDayAreRecorded) {
  IngestWorld world;
  std::vector<Event> many;
  for (int number = 0; number < 203; ++number) many.push_back(post("ada", number));
  many.push_back(post("ben", 1));
  const WindowEffects effects = world.step(many);
  EXPECT_EQ(effects.dropped.at("flood"), 3);
  EXPECT_EQ(world.sums("ada").posts_seen, 200);
  EXPECT_EQ(world.sums("ben").posts_seen, 1);
  // What is known is read on, what is new is not recorded before the day is over.
  world.now = noon + 12h - 1us;
  world.step({post("ada", 0).likes(5), post("ada", 300)});
  EXPECT_EQ(world.sums("ada").engagement.likes, 5);
  EXPECT_EQ(world.sums("ada").posts_seen, 200);
  world.later(1us, {post("ada", 300)});
  EXPECT_EQ(world.sums("ada").posts_seen, 201);
}

TEST(IngestLimits, TheFloodCountSurvivesARestart) {
  IngestWorld world;
  std::vector<Event> many;
  for (int number = 0; number < 150; ++number) many.push_back(post("ada", number));
  world.step(many);
  world.restart();
  many.clear();
  for (int number = 150; number < 260; ++number) many.push_back(post("ada", number));
  EXPECT_EQ(world.step(many).dropped.at("flood"), 60);
}

TEST(IngestLimits, ThirtyTwoTagsAPostAreKeptTheWatchedOnesAmongThem) {
  IngestWorld world;
  std::vector<std::string> tags = tag_list(0, 40);
  tags.push_back("slowfashion");
  tags.push_back("gardening");
  const WindowEffects effects = world.step({post("ada", 1).tags(tags)});
  EXPECT_EQ(effects.dropped.at("flood"), 10);
  EXPECT_EQ(world.tags("ada").size(), 32u);
  EXPECT_EQ(world.tags("ada").count("slowfashion"), 1u);
  EXPECT_EQ(world.tags("ada").count("gardening"), 1u);
  EXPECT_EQ(world.niches("ada").size(), 2u);
}

TEST(IngestLimits, TwoHundredFiftySixTagsAnAccountAreKept) {
  IngestWorld world;
  int64_t dropped = 0;
  for (int number = 0; number < 10; ++number) {
    std::vector<std::string> tags = tag_list(31 * number, 31);
    tags.push_back("slowfashion");
    const WindowEffects effects = world.step({post("ada", number).tags(tags)});
    for (const auto& [reason, count] : effects.dropped) dropped += count;
  }
  EXPECT_EQ(world.tags("ada").size(), 256u);
  EXPECT_EQ(world.facts("ada").tags.size(), 256u);
  EXPECT_EQ(dropped, 310 + 1 - 256);
  EXPECT_EQ(world.tags("ada").at("slowfashion"), 10);
  EXPECT_EQ(world.sums("ada").posts_seen, 10);
  // Tags it has already are counted on.
  world.step({post("ada", 20).tags({"slowfashion", "tag0", "tag309"})});
  EXPECT_EQ(world.tags("ada").at("tag0"), 2);
  EXPECT_EQ(world.tags("ada").count("tag309"), 0u);
}

TEST(IngestLimits, APostWithoutAnAuthorIsDroppedForItsIdentity) {
  IngestWorld world;
  PostSighting orphan = post("ada", 1).value();
  orphan.author.id = AccountId();
  orphan.author.handle.clear();
  AccountSighting nobody = at_home("ada", 12'000);
  nobody.id = AccountId();
  const WindowEffects effects = world.step({orphan, nobody});
  EXPECT_EQ(effects.dropped.at("identity"), 1);
  EXPECT_EQ(world.counts(), StoreCounts{});
}

TEST(IngestLimits, WhatSourcesDropIsAddedUpWithTheWindow) {
  IngestWorld world;
  Batch batch;
  batch.source = "one.test";
  batch.now = noon;
  batch.dropped = {{"protocol", 2}, {"flood", 1}};
  world.ingest->apply(batch);
  world.ingest->apply(batch);
  EXPECT_EQ(world.commit().dropped,
            (std::map<std::string, int64_t>{{"protocol", 4}, {"flood", 2}}));
  EXPECT_TRUE(world.commit().dropped.empty());
}

TEST(IngestLimits, CursorsAreCommittedWithWhatTheyCover) {
  IngestWorld world;
  Batch batch;
  batch.source = "one.test";
  batch.now = noon;
  batch.events = {post("ada", 1)};
  batch.cursors = {{"slowfashion", "41", noon - 1h}, {"gardening", "7", noon}};
  world.ingest->apply(batch);
  EXPECT_TRUE(meta::cursors(world.database(), "one.test").empty());
  EXPECT_EQ(world.counts().posts, 0);
  world.commit();
  const std::vector<meta::Cursor> stored = meta::cursors(world.database(), "one.test");
  ASSERT_EQ(stored.size(), 2u);
  EXPECT_EQ(stored[0], (meta::Cursor{"gardening", "7", noon}));
  EXPECT_EQ(stored[1], (meta::Cursor{"slowfashion", "41", noon - 1h}));
  EXPECT_EQ(world.counts().posts, 1);
  EXPECT_TRUE(meta::cursors(world.database(), "two.test").empty());
}

TEST(IngestLimits, AStepLargerThanAWindowIsTakenWhole) {
  IngestWorld world;
  world.step({post("ada", 1).by(at_home("ada", 5))});
  const uint64_t window = meta::window(world.database());
  std::vector<Event> many(70'000, Event(at_home("ada", 6)));
  many.push_back(post("ben", 1));
  world.step(many);
  const uint64_t large = meta::window(world.database());
  EXPECT_GT(large, window + 1) << "it took the numbers of several windows";
  const Stamp last = world.facts("ada").changed;
  EXPECT_GT(last, world.facts("ada").origin.stamp);
  EXPECT_LE(last.window(), large);
  world.restart();
  world.step({at_home("ada", 7)});
  EXPECT_GT(world.facts("ada").origin.stamp, last);
}

TEST(IngestLimits, StampsGrowStrictlyStoreWideAndAcrossRestarts) {
  IngestWorld world;
  std::set<Stamp> given;
  Stamp last;
  const auto take = [&](Stamp stamp) {
    EXPECT_TRUE(given.insert(stamp).second);
    EXPECT_GT(stamp, last);
    last = stamp;
  };
  for (int round = 0; round < 3; ++round) {
    world.now -= 24h;  // the wall clock has no say in it
    world.step({post("ada", round)});
    take(world.record("ada", round)->stamp);
    world.step({post("ben", round), post("ben", round + 10)});
    take(world.record("ben", round)->stamp);
    take(world.record("ben", round + 10)->stamp);
    world.restart();
  }
}

TEST(IngestLimits, CountsOfTheStoreAreExact) {
  IngestWorld world;
  std::vector<Event> events;
  for (int i = 0; i < 30; ++i) {
    const std::string name = "p" + std::to_string(i);
    events.push_back(post(name, 1).by(at_home(name, 1'000 * i)));
    events.push_back(post(name, 2).copied());
    if (i % 3 == 0) events.push_back(PostDeleted{post_id(name, 2), person(name), {}});
    if (i % 4 == 0) events.push_back(AccountUnreadable{person(name), "no", true});
    if (i % 5 == 0) events.push_back(AccountGone{person(name), GoneReason::deleted});
  }
  for (const Event& event : events) {
    world.step({event});
    EXPECT_EQ(world.counts(), world.counted());
  }
  EXPECT_GT(world.counts().unread, 0);
  EXPECT_GT(world.counts().flags, 0);
}

}  // namespace
}  // namespace tagscout
