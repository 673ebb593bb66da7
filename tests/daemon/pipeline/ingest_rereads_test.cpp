#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/judge/engagement.h"
#include "daemon/pipeline/missing.h"
#include "tests/daemon/pipeline/ingest_world.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;

constexpr Duration never = Duration::max();

Event missing(int number) { return PostMissing{post_id("ada", number), person("ada")}; }
Event unreadable(int number) {
  return PostUnreadable{post_id("ada", number), person("ada"), "transient: it is down"};
}

TEST(IngestRereads, FollowTheConfiguredAges) {
  IngestWorld world;
  world.step({post("ada", 1).created(noon)});
  EXPECT_EQ(world.post_due("ada", 1), Duration(1h));
  world.later(1h, {post("ada", 1).created(noon).reread()});
  EXPECT_EQ(world.post_due("ada", 1), Duration(23h));
  world.later(23h + 30min, {post("ada", 1).created(noon).reread()});
  EXPECT_EQ(world.post_due("ada", 1), Duration(47h + 30min));
  world.later(48h, {post("ada", 1).created(noon).reread()});
  EXPECT_EQ(world.post_due("ada", 1), never);
  EXPECT_EQ(world.queue_entries("ada"), 1u) << "the account alone";
}

TEST(IngestRereads, MarksAlreadyPassedAreOneRereadAtOnce) {
  IngestWorld world;
  world.step({post("ada", 1).created(noon - 30h), post("ada", 2).created(noon - 24h * 30)});
  EXPECT_EQ(world.post_due("ada", 1), Duration(0));
  EXPECT_EQ(world.post_due("ada", 2), Duration(0));
  world.later(1s, {post("ada", 1).reread(), post("ada", 2).reread()});
  EXPECT_EQ(world.post_due("ada", 1), Duration(42h - 1s));
  EXPECT_EQ(world.post_due("ada", 2), never);
}

TEST(IngestRereads, MarksThatPassWhileOneWaitsForItsTurnAreCounted) {
  IngestWorld world;
  world.step({post("ada", 1).created(noon), post("ada", 2).created(noon)});
  const WindowEffects prompt = world.later(1h + 6min, {post("ada", 1).created(noon).reread()});
  EXPECT_EQ(prompt.dropped.count("reread"), 0u);
  const WindowEffects late = world.later(80h, {post("ada", 2).created(noon).reread()});
  EXPECT_EQ(late.dropped.at("reread"), 2) << "its second day, and its third";
  EXPECT_EQ(world.post_due("ada", 2), never);
  world.step({post("ada", 3).created(noon - 24h * 30)});
  const WindowEffects old = world.later(1min, {post("ada", 3).reread()});
  EXPECT_EQ(old.dropped.count("reread"), 0u) << "marks that had passed when it was first seen";
}

TEST(IngestRereads, OneThatCannotWorkIsCountedAndLeftUntilTheNextAge) {
  IngestWorld world;
  world.step({post("ada", 1).created(noon)});
  const WindowEffects effects =
      world.later(1h, {PostUnreadable{post_id("ada", 1), person("ada"), "no such id", true}});
  EXPECT_EQ(effects.dropped.at("reread"), 1);
  EXPECT_EQ(world.post_due("ada", 1), Duration(23h));
  EXPECT_EQ(world.record("ada", 1)->reread.failures, 0);
}

TEST(IngestRereads, AgeCountsFromTheEarlierOfDeclaredAndSeen) {
  IngestWorld world;
  world.step({post("ada", 1).created(noon + 24h * 365)});
  EXPECT_EQ(world.post_due("ada", 1), Duration(1h));
  EXPECT_EQ(world.record("ada", 1)->born_at(), noon);
  EXPECT_EQ(world.record("ada", 1)->created_at, noon + 24h * 365);
}

TEST(IngestRereads, SightingsOnPagesDoNotStandInForARereadThatIsDue) {
  IngestWorld world;
  world.step({post("ada", 1).created(noon)});
  world.later(1h, {post("ada", 1).created(noon).likes(3), post("ada", 1).copied()});
  EXPECT_EQ(world.post_due("ada", 1), Duration(0));
}

TEST(IngestRereads, AStaleCopyIsNoAnswerButIsKeptWhereNothingBetterIs) {
  IngestWorld world;
  world.step({post("ada", 1).created(noon).copied().likes(2)});
  world.later(1h, {post("ada", 1).created(noon).copied().likes(3).reread()});
  EXPECT_EQ(world.sums("ada").engagement.likes, 3);
  EXPECT_EQ(world.record("ada", 1)->provenance, Provenance::foreign);
  EXPECT_GT(world.post_due("ada", 1), Duration(2s));
  EXPECT_LT(world.post_due("ada", 1), Duration(4s));
  world.later(4s, {post("ada", 1).created(noon).likes(1).reread()});
  EXPECT_EQ(world.record("ada", 1)->reread.failures, 0);
  EXPECT_EQ(world.post_due("ada", 1), Duration(23h - 4s));
}

TEST(IngestRereads, FailuresAreRetriedAndAfterADayTheMarkIsGivenUp) {
  IngestWorld world;
  world.step({post("ada", 1).created(noon)});
  world.later(1h, {unreadable(1)});
  EXPECT_LT(world.post_due("ada", 1), Duration(4s));
  world.later(4s, {unreadable(1)});
  EXPECT_GT(world.post_due("ada", 1), Duration(4s));
  world.later(22h, {unreadable(1)});
  EXPECT_LT(world.post_due("ada", 1), Duration(1min)) << "three failures, but not over a day";
  const WindowEffects effects = world.later(2h, {unreadable(1)});
  EXPECT_EQ(effects.dropped.at("reread"), 1);
  EXPECT_EQ(world.post_due("ada", 1), Duration(72h - 25h - 4s));
  EXPECT_EQ(world.record("ada", 1)->reread.failures, 0);
}

TEST(IngestRereads, TwoMissesFarEnoughApartDeleteThePost) {
  IngestWorld world;
  world.step({post("ada", 1).created(noon).likes(4)});
  world.later(1h, {missing(1)});
  EXPECT_TRUE(world.record("ada", 1).has_value());
  EXPECT_EQ(world.post_due("ada", 1), Duration(1h));
  world.later(59min, {missing(1)});
  EXPECT_TRUE(world.record("ada", 1).has_value());
  EXPECT_GE(world.post_due("ada", 1), Duration(1min));
  world.later(1min, {missing(1)});
  EXPECT_FALSE(world.record("ada", 1).has_value());
  EXPECT_TRUE(world.stub("ada", 1).has_value());
  EXPECT_EQ(world.sums("ada"), AccountSums{});
  EXPECT_EQ(world.queue_entries("ada"), 1u);
}

TEST(IngestRereads, OneMissIsForgottenOnceThePostIsSeenAtHome) {
  IngestWorld world;
  world.step({post("ada", 1).created(noon)});
  world.later(1h, {missing(1)});
  world.later(30min, {post("ada", 1).created(noon)});
  world.later(30min, {missing(1)});
  EXPECT_TRUE(world.record("ada", 1).has_value());
  world.later(30min, {post("ada", 1).created(noon).copied()});
  world.later(30min, {missing(1)});
  EXPECT_FALSE(world.record("ada", 1).has_value()) << "a copy elsewhere proves nothing";
}

TEST(IngestRereads, AFirstMissAtTheLastMarkSchedulesOneMore) {
  IngestWorld world;
  world.step({post("ada", 1).created(noon - 80h)});
  world.later(1s, {missing(1)});
  EXPECT_EQ(world.post_due("ada", 1), Duration(1h));
  world.later(1h, {post("ada", 1).created(noon - 80h).reread()});
  EXPECT_EQ(world.post_due("ada", 1), never);
}

TEST(IngestRereads, ByAWrongClockNothingIsMissedOrMature) {
  IngestWorld world;
  world.step({post("ada", 1).created(noon).likes(9)});
  world.clock_right = false;
  world.later(1h, {missing(1)});
  world.later(5h, {missing(1)});
  EXPECT_TRUE(world.record("ada", 1).has_value());
  EXPECT_GE(world.post_due("ada", 1), Duration(1h));
  world.clock_right = true;
  world.later(1h, {missing(1)});
  EXPECT_TRUE(world.record("ada", 1).has_value()) << "the first miss that counts";
  world.clock_right = false;
  world.later(30h, {post("ada", 1).created(noon).reread()});
  EXPECT_FALSE(is_mature(*world.record("ada", 1), world.options.maturity));
  world.clock_right = true;
  world.later(1h, {post("ada", 1).created(noon).reread()});
  EXPECT_TRUE(is_mature(*world.record("ada", 1), world.options.maturity));
}

TEST(IngestRereads, MatureIsADayOldWhenReadAtHome) {
  IngestWorld world;
  world.step({post("ada", 1).created(noon), post("ben", 1).created(noon).copied()});
  world.later(24h - 1s, {post("ada", 1).created(noon).reread()});
  EXPECT_FALSE(is_mature(*world.record("ada", 1), world.options.maturity));
  world.later(1s, {post("ada", 1).created(noon).reread(), post("ben", 1).copied()});
  EXPECT_TRUE(is_mature(*world.record("ada", 1), world.options.maturity));
  EXPECT_FALSE(is_mature(*world.record("ben", 1), world.options.maturity));
}

TEST(IngestRereads, TheRateOfAFlagRestsOnMaturePostsOnly) {
  IngestWorld world;
  std::vector<Event> first;
  std::vector<Event> again;
  for (int number = 1; number <= 4; ++number) {
    // The fourth is first seen when the others are a day old.
    if (number < 4) first.push_back(post("ada", number).created(noon));
    const Time born = number < 4 ? noon : noon + 23h;
    again.push_back(post("ada", number).created(born).likes(int64_t{100} * number));
  }
  world.step(first);
  world.later(24h, again);
  world.step({at_home("ada", 20'000)});
  ASSERT_EQ(world.flags().size(), 1u);
  EXPECT_EQ(world.flags().front().engagement_sample, 3);
  EXPECT_DOUBLE_EQ(world.flags().front().engagement_rate.value_or(0), 200.0 / 20'000);
}

TEST(IngestRereads, WithoutAgesOrALeaveToAskNothingIsPlanned) {
  IngestOptions options = usual_options();
  options.reread_after.clear();
  IngestWorld world(options);
  world.step({post("ada", 1)});
  EXPECT_EQ(world.post_due("ada", 1), never);
  options = usual_options();
  options.may_ask = [](const std::string&) { return false; };
  world.restart(options);
  world.step({post("ada", 2)});
  EXPECT_EQ(world.post_due("ada", 2), never);
}

TEST(IngestRereads, MissesAreJudgedByTheTimeBetweenThem) {
  const Time start = noon;
  const struct {
    std::string what;
    Time since;
    bool clock_right;
    MissingVerdict verdict;
  } cases[] = {
      {"first", {}, true, {false, start, start + 1h}},
      {"early", start - 59min, true, {false, start - 59min, start + 1min}},
      {"confirmed", start - 1h, true, {true, start - 1h, start}},
      {"dated ahead", start + 24h, true, {false, start, start + 1h}},
      {"wrong clock, first", {}, false, {false, {}, start + 1h}},
      {"wrong clock", start - 9h, false, {false, start - 9h, start + 1h}},
  };
  for (const auto& row : cases) {
    const MissingVerdict found = judge_missing(row.since, start, row.clock_right, 1h);
    EXPECT_EQ(found.gone, row.verdict.gone) << row.what;
    EXPECT_EQ(found.since, row.verdict.since) << row.what;
    EXPECT_EQ(found.ask_at, row.verdict.ask_at) << row.what;
  }
}

}  // namespace
}  // namespace tagscout
