#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/pipeline/ingest_world.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Duration usual = 6h;  // for an account near an edge

Event follow(int64_t change = 1) { return FollowHint{person("ada"), change}; }

void begin_at(IngestWorld& world, int64_t followers) {
  world.step({post("ada", 1).by(at_home("ada", followers))});
}

uint8_t urgency(IngestWorld& world) { return world.facts("ada").refresh.urgency; }

TEST(IngestHints, ACrossingAsksAtOnceWhateverTheLeastInterval) {
  IngestWorld world;
  begin_at(world, 9'998);
  world.later(1s, {follow()});
  EXPECT_EQ(world.account_due("ada"), usual - 1s) << "no edge is crossed";
  world.later(1s, {follow()});
  EXPECT_EQ(world.account_due("ada"), Duration(0));
  EXPECT_EQ(urgency(world), static_cast<uint8_t>(Urgency::at_once));
  EXPECT_EQ(world.queue_entries("ada"), 2u) << "itself once, and its post";
}

TEST(IngestHints, AskAgainWhileTheHomeStillShowsTheOldCount) {
  IngestWorld world;
  begin_at(world, 9'999);
  world.later(1s, {follow()});
  for (const Duration wait : {Duration(2s), Duration(5s), Duration(15s)}) {
    world.step({at_home("ada", 9'999)});
    EXPECT_EQ(world.account_due("ada"), wait);
    EXPECT_EQ(urgency(world), static_cast<uint8_t>(Urgency::at_once));
    world.now += wait;
  }
  world.step({at_home("ada", 9'999)});
  EXPECT_EQ(world.account_due("ada"), usual) << "then it was no crossing";
  EXPECT_THAT(world.flag_lines(), IsEmpty());
}

TEST(IngestHints, EndWhenTheHomeShowsTheCrossing) {
  IngestWorld world;
  begin_at(world, 9'999);
  world.later(1s, {follow()});
  world.later(1s, {at_home("ada", 9'999)});
  world.later(2s, {at_home("ada", 10'000)});
  EXPECT_THAT(world.flag_lines(), ElementsAre("rose micro 10000"));
  EXPECT_EQ(world.account_due("ada"), usual);
}

TEST(IngestHints, AreResetByEveryReading) {
  IngestWorld world;
  begin_at(world, 9'990);
  world.later(1s, {follow(9)});
  world.later(1s, {at_home("ada", 9'990)});
  world.later(1s, {follow(9)});
  EXPECT_EQ(world.account_due("ada"), usual - 1s) << "nine and nine are not ten";
  world.later(1s, {follow(1)});
  EXPECT_EQ(world.account_due("ada"), Duration(0));
}

TEST(IngestHints, GoBothWaysAndMoveNothingThemselves) {
  IngestWorld world;
  begin_at(world, 9'999);
  world.later(1s, {follow(1), follow(-1)});
  begin_at(world, 10'000);
  world.later(1s, {follow(-600)});
  EXPECT_EQ(world.account_due("ada"), Duration(0));
  EXPECT_EQ(world.facts("ada").origin.counts.followers, 10'000);
  EXPECT_EQ(world.flags().size(), 1u);
}

TEST(IngestHints, AreNeverStored) {
  IngestWorld world;
  begin_at(world, 9'998);
  world.later(1s, {follow()});
  world.restart();
  world.later(1s, {follow()});
  EXPECT_EQ(world.account_due("ada"), usual - 2s) << "the first of the two is forgotten";
  world.later(1s, {follow()});
  EXPECT_EQ(world.account_due("ada"), Duration(0));
}

TEST(IngestHints, EarlyReadingsAreLimitedPerHour) {
  IngestWorld world;
  begin_at(world, 9'999);
  int asked = 0;
  for (int second = 0; second < 3'000; ++second) {
    if (world.account_due("ada") <= 0s) {
      ++asked;
      world.step({at_home("ada", 9'999)});
    }
    world.see({follow()});
    if (second % 10 == 0) world.commit();
    world.now += 1s;
  }
  world.commit();
  EXPECT_EQ(asked, world.options.extra_per_hour);
  world.now += 1h;
  world.step({at_home("ada", 9'999), follow()});
  EXPECT_EQ(world.account_due("ada"), Duration(0)) << "a new hour";
}

TEST(IngestHints, ForUnknownOrUnreadAccountsAreIgnored) {
  IngestWorld world;
  world.step({post("ada", 1).copied()});
  const Duration due = world.account_due("ada");
  world.step({follow(20'000), FollowHint{person("ben"), 20'000}});
  EXPECT_EQ(world.account_due("ada"), due);
  EXPECT_FALSE(world.account("ben").has_value());
}

TEST(IngestHints, DoNotOutliveAPurge) {
  IngestWorld world;
  begin_at(world, 9'999);
  world.later(1s, {follow()});
  world.later(1s, {wishing(at_home("ada", 9'999), OptOut::suspended)});
  world.later(1s, {AccountActive{person("ada")}});
  begin_at(world, 9'999);
  EXPECT_EQ(world.account_due("ada"), usual) << "the hint of the former account asks nothing";
}

TEST(IngestHints, ASuspiciousAnswerWaitsLikeAnyOther) {
  IngestWorld world;
  begin_at(world, 9'999);
  world.later(1s, {follow()});
  world.later(1s, {at_home("ada", 60'000)});
  EXPECT_EQ(world.account_due("ada"), Duration(10min));
  EXPECT_THAT(world.flag_lines(), IsEmpty());
}

}  // namespace
}  // namespace tagscout
