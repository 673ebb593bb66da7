// The cases that decide whether the numbers can be trusted, one test for each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/pipeline/flag_bus.h"
#include "storage/flag_store.h"
#include "storage/meta_store.h"
#include "tests/daemon/pipeline/ingest_world.h"
#include "tests/support/fake_clock.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(Case, TheSamePostFromThreeInstancesInOneWindow) {
  const std::vector<std::pair<std::string, Event>> pages = {
      {"two.test", post("ada", 1).copied().likes(3).by(copy_of("ada", 11'500))},
      {"three.test", post("ada", 1).copied().likes(5).by(copy_of("ada", 11'900))},
      {"one.test", post("ada", 1).likes(12).by(at_home("ada", 12'000))},
  };
  std::vector<size_t> order = {0, 1, 2};
  do {
    IngestWorld world;
    for (const size_t page : order) world.see({pages[page].second}, pages[page].first);
    world.commit();
    EXPECT_EQ(world.counts().posts, 1);
    EXPECT_EQ(world.sums("ada").posts_seen, 1);
    EXPECT_EQ(world.sums("ada").engagement.likes, 12);
    EXPECT_THAT(world.tags("ada"), ElementsAre(Pair("slowfashion", 1)));
    EXPECT_THAT(world.flag_lines(), ElementsAre("found micro 12000"));
    EXPECT_EQ(world.account_due("ada"), Duration(24h)) << "its home's page was the reading";
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Case, TheSamePostFromForeignInstancesOnlySchedulesOneReading) {
  IngestWorld world;
  world.see({post("ada", 1).copied().likes(3).by(copy_of("ada", 150))}, "two.test");
  world.see({post("ada", 1).copied().likes(5).by(copy_of("ada", 120))}, "three.test");
  world.commit();
  EXPECT_EQ(world.sums("ada").engagement.likes, 5);
  EXPECT_EQ(world.account_due("ada"), Duration(0));
  EXPECT_EQ(world.queue_entries("ada"), 2u) << "the account once, the post once";
  EXPECT_THAT(world.flag_lines(), IsEmpty());
}

TEST(Case, ARemovedTagKeepsItsCursorForThirtyDays) {
  IngestWorld world;
  // What a source that reads these feeds says first; it has a cursor of both from before.
  const auto start_source = [&](std::vector<std::string> feeds) {
    Batch batch;
    batch.source = "one.test";
    batch.now = world.now;
    batch.clock_right = world.clock_right;
    batch.feeds = std::move(feeds);
    world.ingest->apply(batch);
    world.commit();
  };
  const auto feeds_kept = [&] {
    std::vector<std::string> feeds;
    for (const auto& cursor : meta::cursors(world.database(), "one.test")) {
      feeds.push_back(cursor.feed);
    }
    return feeds;
  };
  Batch first;
  first.source = "one.test";
  first.cursors = {{"linen", "7", noon}, {"slowfashion", "8", noon}};
  world.ingest->apply(first);
  start_source({"linen", "slowfashion"});
  start_source({"slowfashion"});
  world.now += 29 * 24h;
  start_source({"slowfashion"});
  EXPECT_THAT(feeds_kept(), ElementsAre("linen", "slowfashion"));
  start_source({"linen", "slowfashion"});  // it is back, and what was counted is over
  start_source({"slowfashion"});
  world.now += 29 * 24h;
  start_source({"slowfashion"});
  EXPECT_THAT(feeds_kept(), ElementsAre("linen", "slowfashion"));
  world.now += 365 * 24h;
  world.clock_right = false;
  start_source({"slowfashion"});
  EXPECT_THAT(feeds_kept(), ElementsAre("linen", "slowfashion")) << "whose year is that?";
  world.clock_right = true;
  start_source({"slowfashion"});
  EXPECT_THAT(feeds_kept(), ElementsAre("slowfashion"));
  EXPECT_EQ(world.rows_with("unused/"), 0u);
}

TEST(Case, AnOriginRereadAnsweredAfterANewerTagPage) {
  IngestWorld world;
  world.step({post("ada", 1).likes(1)});
  world.later(1h, {post("ada", 1).likes(9)});               // the page
  world.step({post("ada", 1).likes(7).reread()}, "_home");  // asked earlier, processed later
  EXPECT_EQ(world.sums("ada").engagement.likes, 7);
  world.now -= 3h;  // whatever the wall clock says
  world.step({post("ada", 1).likes(8)});
  EXPECT_EQ(world.sums("ada").engagement.likes, 8);
}

TEST(Case, ACrashBetweenCommitAndBroadcast) {
  IngestWorld world;
  FakeClock clock;
  world.step({post("ada", 1).by(at_home("ada", 12'000))});  // committed, never published
  world.restart();
  const FlagBus bus(clock, flags::next_id(world.database()) - 1);
  EXPECT_EQ(bus.last(), 1u);
  const auto found = flags::flag(world.database(), 1);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->followers, 12'000);
  const WindowEffects effects = world.step({at_home("ada", 12'001)});
  EXPECT_EQ(world.flags().size(), 1u);
  EXPECT_EQ(effects.last_flag, 1u);
}

TEST(Case, AnAccountHoversAtTheEdge) {
  IngestWorld world;
  world.step({post("ada", 1).by(at_home("ada", 9'990))});
  for (int i = 0; i < 40; ++i) world.later(1h, {at_home("ada", i % 2 == 0 ? 10'004 : 9'993)});
  EXPECT_THAT(world.flag_lines(), ElementsAre("rose micro 10004"));

  // By foreign readings: no flag, and its home is asked once per interval at most.
  world.step({post("ben", 1).by(at_home("ben", 9'990))});
  int asked = 0;
  for (int minute = 0; minute < 180; ++minute) {
    world.later(1min, {copy_of("ben", minute % 2 == 0 ? 10'004 + minute : 9'500 - minute)});
    if (world.account_due("ben") > 0s) continue;
    ++asked;
    world.step({at_home("ben", 9'990)});
  }
  EXPECT_EQ(world.flags().size(), 1u);
  EXPECT_GT(asked, 0);
  EXPECT_LE(asked, 18);
}

TEST(Case, AStreamReplaysAnHourAfterFailOver) {
  IngestWorld world;
  const auto streamed = [](int number, const std::string& rev, const std::string& tag) {
    return post("ada", number)
        .rev(rev)
        .tags({tag, "slowfashion"})
        .counts(std::nullopt)
        .by(bare(person("ada")));
  };
  const std::vector<Event> hour = {
      streamed(1, "3ka", "first"),  streamed(2, "3kb", "doomed"),
      streamed(1, "3kc", "edited"), PostDeleted{post_id("ada", 2), person("ada"), "3kd"},
      FollowHint{person("ada"), 1},
  };
  world.step(hour);
  world.step({at_home("ada", 9'000), post("ada", 1).likes(6).tags({"edited", "slowfashion"})});
  const AccountSums sums = world.sums("ada");
  for (size_t from = 0; from < hour.size(); ++from) {
    world.step(std::vector<Event>(hour.begin() + static_cast<ptrdiff_t>(from), hour.end()));
    EXPECT_EQ(world.sums("ada"), sums);
    EXPECT_FALSE(world.record("ada", 2).has_value());
    EXPECT_THAT(world.tags_of("ada", 1), ElementsAre("edited", "slowfashion"));
  }
  EXPECT_EQ(world.facts("ada").origin.counts.followers, 9'000);
}

TEST(Case, AHintCrossesAnEdgeButTheAppViewStillShowsTheOldCount) {
  IngestWorld world;
  world.step({post("ada", 1).by(at_home("ada", 9'999))});
  world.step({FollowHint{person("ada"), 1}});
  EXPECT_EQ(world.account_due("ada"), Duration(0));
  for (const Duration wait : {Duration(2s), Duration(5s), Duration(15s)}) {
    world.step({at_home("ada", 9'999)});
    EXPECT_EQ(world.account_due("ada"), wait);
    world.now += wait;
  }
  world.step({at_home("ada", 10'000)});
  EXPECT_THAT(world.flag_lines(), ElementsAre("rose micro 10000"));
}

TEST(Case, AnOptOutBetweenTwoPostsOfOneAccountInOneWindow) {
  IngestWorld world;
  world.step({post("ben", 1)});
  world.see({post("ada", 1).by(at_home("ada", 12'000))});
  world.see({wishing(at_home("ada", 12'000), OptOut::noindex)});
  world.see({post("ada", 2).by(at_home("ada", 12'000))});
  const WindowEffects effects = world.commit();
  EXPECT_FALSE(world.account("ada").has_value());
  EXPECT_FALSE(world.record("ada", 1).has_value());
  EXPECT_FALSE(world.record("ada", 2).has_value());
  EXPECT_EQ(world.sums("ada"), AccountSums{});
  EXPECT_EQ(world.queue_entries("ada"), 0u);
  EXPECT_EQ(world.rows_with("users/ada"), 0u);
  EXPECT_THAT(effects.flags, IsEmpty());
  EXPECT_EQ(effects.dropped.at("gone"), 1);
  EXPECT_EQ(world.counts().accounts, 1);
  EXPECT_EQ(world.counts().posts, 1);
}

TEST(Case, TheClockStepsBackwardsOrTenYearsAhead) {
  for (const Duration step : {Duration(-24h * 365), Duration(24h * 3650)}) {
    IngestWorld world;
    world.step({post("ada", 1).likes(1).by(at_home("ada", 9'000))});
    world.now += step;
    world.clock_right = false;
    world.step({post("ada", 1).likes(2), at_home("ada", 10'000)});
    EXPECT_EQ(world.sums("ada").engagement.likes, 2) << "order is the order of processing";
    EXPECT_THAT(world.flag_lines(), ElementsAre("rose micro 10000"));
    world.step({AccountMissing{person("ada")}, PostMissing{post_id("ada", 1), person("ada")}});
    world.later(48h, {AccountMissing{person("ada")}});
    world.step({PostMissing{post_id("ada", 1), person("ada")}});
    EXPECT_TRUE(world.record("ada", 1).has_value()) << "nothing goes for want of answers";
    world.now -= step;
    world.clock_right = true;
    world.step({post("ada", 1).likes(3), at_home("ada", 10'100)});
    EXPECT_EQ(world.sums("ada").engagement.likes, 3);
    EXPECT_EQ(world.facts("ada").origin.counts.followers, 10'100);
    EXPECT_EQ(world.account_due("ada"), Duration(6h));
  }
}

TEST(Case, AWaitBegunByAClockThatWasAheadEnds) {
  IngestWorld world;
  world.step({post("ada", 1).by(at_home("ada", 5'000))});
  world.now += 24h * 3650;
  world.step({at_home("ada", 1'000)});
  world.now = noon + 1h;
  world.step({at_home("ada", 1'000)});
  EXPECT_EQ(world.account_due("ada"), Duration(10min));
  world.later(10min, {at_home("ada", 1'000)});
  EXPECT_EQ(world.facts("ada").origin.counts.followers, 1'000);
}

TEST(Case, ATagIsRemoved) {
  IngestWorld world;
  Batch batch;
  batch.source = "one.test";
  batch.now = noon;
  batch.events = {post("ada", 1).created(noon).tags({"gardening", "wool"}).likes(2)};
  batch.cursors = {{"gardening", "12", noon}};
  world.ingest->apply(batch);
  world.commit();
  IngestOptions fewer = usual_options();
  fewer.niches.pop_back();
  world.restart(fewer);
  world.later(1h, {post("ada", 2).tags({"gardening"}), post("ben", 1).tags({"gardening"})});
  EXPECT_EQ(world.sums("ada").posts_seen, 1) << "discovery stops";
  EXPECT_FALSE(world.account("ben").has_value());
  EXPECT_EQ(world.post_due("ada", 1), Duration(0)) << "what is known is read again";
  world.later(23h, {post("ada", 1).created(noon).tags({"wool", "gardening"}).likes(5).reread()});
  EXPECT_EQ(world.sums("ada").engagement.likes, 5);
  EXPECT_TRUE(is_mature(*world.record("ada", 1), world.options.maturity));
  EXPECT_THAT(world.niches("ada"), ElementsAre(Pair("garden", 1)));
  ASSERT_EQ(meta::cursors(world.database(), "one.test").size(), 1u);
}

TEST(Case, AFlood) {
  IngestWorld world;
  std::vector<Event> flood;
  for (int number = 0; number < 250; ++number) flood.push_back(post("ada", number));
  EXPECT_EQ(world.step(flood).dropped.at("flood"), 50);
  EXPECT_EQ(world.sums("ada").posts_seen, 200);
  EXPECT_EQ(world.counts().posts, 200);
  world.later(12h, {post("ada", 249)});
  EXPECT_EQ(world.sums("ada").posts_seen, 201) << "another UTC day";
}

}  // namespace
}  // namespace tagscout
