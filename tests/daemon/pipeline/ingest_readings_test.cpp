#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/account_store.h"
#include "tests/daemon/pipeline/ingest_world.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

// Ada, who posts, and whose home then shows that many followers.
void begin_at(IngestWorld& world, int64_t followers) {
  world.step({post("ada", 1).copied()});
  world.later(1h, {at_home("ada", followers)});
}

std::optional<int64_t> followers_of(IngestWorld& world) {
  return world.facts("ada").origin.counts.followers;
}

TEST(IngestReadings, ALeapWaitsForASecondReading) {
  const struct {
    std::string what;
    int64_t first;
    std::vector<std::pair<Duration, int64_t>> later;  // after the one before
    int64_t accepted;
  } cases[] = {
      {"half is not less than half", 2'000, {{1h, 1'000}}, 1'000},
      {"less than half waits", 2'000, {{1h, 999}}, 2'000},
      {"five times is not more", 2'000, {{1h, 10'000}}, 10'000},
      {"more waits", 2'000, {{1h, 10'001}}, 2'000},
      {"confirmed with its own value", 2'000, {{1h, 999}, {10min, 900}}, 900},
      {"confirmed above", 2'000, {{1h, 12'000}, {10min, 15'000}}, 15'000},
      {"too early", 2'000, {{1h, 999}, {9min, 998}}, 2'000},
      {"counted from the first", 2'000, {{1h, 999}, {9min, 998}, {1min, 997}}, 997},
      {"a normal one cancels", 2'000, {{1h, 999}, {10min, 1'900}, {10min, 900}}, 1'900},
      {"the other side waits anew", 2'000, {{1h, 999}, {10min, 11'000}}, 2'000},
      {"and again", 2'000, {{1h, 999}, {10min, 11'000}, {10min, 12'000}}, 12'000},
      {"small accounts leap freely", 999, {{1h, 50'000}}, 50'000},
      {"and fall freely", 999, {{1h, 10}}, 10},
  };
  for (const auto& row : cases) {
    IngestWorld world;
    begin_at(world, row.first);
    for (const auto& [after, followers] : row.later) {
      world.later(after, {at_home("ada", followers)});
    }
    EXPECT_EQ(followers_of(world), row.accepted) << row.what;
  }
}

TEST(IngestReadings, ALeapIntoTheBandIsFlaggedOnlyOnceConfirmed) {
  IngestWorld world;
  begin_at(world, 1'500);
  const Time accepted = world.now;
  world.later(1h, {at_home("ada", 40'000)});
  EXPECT_THAT(world.flag_lines(), IsEmpty());
  EXPECT_EQ(world.facts("ada").origin.at, accepted);
  EXPECT_EQ(world.account_due("ada"), Duration(10min));
  EXPECT_EQ(world.facts("ada").refresh.urgency, static_cast<uint8_t>(Urgency::at_once));
  world.later(10min, {at_home("ada", 41'000)});
  EXPECT_THAT(world.flag_lines(), ElementsAre("rose micro 41000"));
  EXPECT_EQ(world.facts("ada").waiting, std::nullopt);
}

TEST(IngestReadings, AFirstZeroWaitsForASecondReading) {
  IngestWorld world;
  begin_at(world, 0);
  EXPECT_THAT(world.facts("ada").bands, IsEmpty());
  EXPECT_TRUE(world.facts("ada").verified);
  EXPECT_EQ(world.account_due("ada"), Duration(10min));
  world.later(9min, {at_home("ada", 0)});
  EXPECT_EQ(followers_of(world), std::nullopt);
  EXPECT_EQ(world.account_due("ada"), Duration(1min));
  world.later(1min, {at_home("ada", 0)});
  EXPECT_EQ(followers_of(world), 0);
  EXPECT_EQ(world.facts("ada").bands.size(), 1u);
  world.later(1h, {at_home("ada", 10'000)});
  EXPECT_THAT(world.flag_lines(), ElementsAre("rose micro 10000"));
}

TEST(IngestReadings, AFirstZeroIsForgottenWhenTheNextReadingSaysMore) {
  IngestWorld world;
  begin_at(world, 0);
  world.later(10min, {at_home("ada", 12'000)});
  EXPECT_THAT(world.flag_lines(), ElementsAre("found micro 12000"));
  EXPECT_EQ(world.facts("ada").zero_since, std::nullopt);
}

TEST(IngestReadings, AZeroAfterAHundredIsUnknownHoweverOftenSeen) {
  IngestWorld world;
  begin_at(world, 100);
  const Time known = world.now;
  for (int i = 0; i < 5; ++i) world.later(1h, {at_home("ada", 0)});
  EXPECT_EQ(followers_of(world), 100);
  EXPECT_EQ(world.facts("ada").origin.at, known);
  EXPECT_EQ(world.facts("ada").waiting, std::nullopt);
  world.later(1h, {at_home("ada", 99)});
  world.later(1h, {at_home("ada", 0)});
  EXPECT_EQ(followers_of(world), 0);
}

TEST(IngestReadings, WhatSaysNothingLeavesAWaitAloneAndAsksNotAtOnce) {
  IngestWorld world;
  begin_at(world, 2'000);
  world.later(1h, {at_home("ada", 900)});
  for (int i = 0; i < 3; ++i) {
    world.later(10min, {at_home("ada", 0)});
    EXPECT_GE(world.account_due("ada"), Duration(10min)) << i;
    EXPECT_TRUE(world.facts("ada").waiting.has_value());
  }
  world.later(10min, {at_home("ada", 900)});
  EXPECT_EQ(followers_of(world), 900);
}

TEST(IngestReadings, AccountsAreAskedAgainByTheirDistanceToAnEdge) {
  const struct {
    int64_t followers;
    Duration due;
    Urgency urgency;
  } cases[] = {
      {9'001, 6h, Urgency::near_edge}, {10'999, 6h, Urgency::near_edge},
      {20'000, 24h, Urgency::in_band}, {120'000, 24h * 7, Urgency::other},
      {5, 24h * 7, Urgency::other},    {1'050, 6h, Urgency::near_edge},
  };
  IngestWorld world;
  for (const auto& row : cases) {
    const std::string name = "p" + std::to_string(row.followers);
    world.step({post(name, 1).by(at_home(name, row.followers))});
    EXPECT_EQ(world.account_due(name), row.due) << row.followers;
    EXPECT_EQ(world.facts(name).refresh.urgency, static_cast<uint8_t>(row.urgency));
    EXPECT_EQ(world.queue_entries(name), 2u) << "itself and its post";
  }
}

TEST(IngestReadings, NobodyIsAskedMoreOftenThanTheLeastInterval) {
  IngestOptions options = usual_options();
  options.refresh.near_edge = 1min;
  IngestWorld world(options);
  begin_at(world, 9'990);
  EXPECT_EQ(world.account_due("ada"), Duration(10min));
}

TEST(IngestReadings, ACopyOfAnotherBandBringsTheOriginForwardOncePerInterval) {
  IngestWorld world;
  begin_at(world, 20'000);
  world.later(1min, {copy_of("ada", 21'000)});
  EXPECT_EQ(world.account_due("ada"), Duration(24h - 1min)) << "it tells nothing new";
  world.later(1min, {copy_of("ada", 8'000)});
  EXPECT_EQ(world.account_due("ada"), Duration(8min));
  world.later(8min, {at_home("ada", 20'000)});
  // The same copy again, and then every minute another.
  world.later(1min, {copy_of("ada", 8'000)});
  EXPECT_EQ(world.account_due("ada"), Duration(24h - 1min));
  for (int i = 0; i < 8; ++i) {
    world.later(1min, {copy_of("ada", 8'001 + i)});
    EXPECT_EQ(world.account_due("ada"), Duration(8min - i * 1min));
  }
}

TEST(IngestReadings, ACopyDoesNotHurryAHomeThatDoesNotAnswer) {
  const struct {
    std::string what;
    Event last;
  } cases[] = {
      {"failed", AccountUnreadable{person("ada"), "it is down", false}},
      {"refused", AccountUnreadable{person("ada"), "forbidden", true}},
      {"missing", AccountMissing{person("ada")}},
      {"hidden", hidden("ada")},
      {"suspicious", at_home("ada", 300'000)},
  };
  for (const auto& row : cases) {
    IngestWorld world;
    begin_at(world, 20'000);
    world.later(20min, {row.last});
    const Duration due = world.account_due("ada");
    world.step({copy_of("ada", 8'000)});
    EXPECT_GE(world.account_due("ada"), std::min<Duration>(due, 10min)) << row.what;
  }
}

TEST(IngestReadings, TheHistoryKeepsOneReadingPerIntervalAndEveryCrossing) {
  IngestWorld world;
  begin_at(world, 9'000);
  world.later(1min, {at_home("ada", 9'100)});
  world.later(1min, {at_home("ada", 10'500)});
  world.later(1min, {at_home("ada", 10'600)});
  world.later(10min, {at_home("ada", 10'700)});
  std::vector<int64_t> kept;
  for (const CountsReading& reading : accounts::readings(world.database(), world.key("ada"), 10)) {
    kept.push_back(reading.counts.followers.value_or(-1));
  }
  EXPECT_THAT(kept, ElementsAre(10'700, 10'500, 9'000));
}

TEST(IngestReadings, OldReadingsGoOnlyByAClockThatIsRight) {
  IngestWorld world;
  begin_at(world, 9'000);
  const auto kept = [&] {
    return accounts::readings(world.database(), world.key("ada"), 10).size();
  };
  world.clock_right = false;
  world.later(24h * 3650, {at_home("ada", 9'100)});
  EXPECT_EQ(kept(), 2u);
  world.clock_right = true;
  world.later(1h, {at_home("ada", 9'200)});
  EXPECT_EQ(kept(), 2u) << "one came, one went";
}

TEST(IngestReadings, FailuresAreRetriedAndAfterADayTheAccountSaysWhy) {
  IngestWorld world;
  begin_at(world, 20'000);
  const Event failure = AccountUnreadable{person("ada"), "transient: it is down", false};
  world.later(24h, {failure});
  EXPECT_LE(world.account_due("ada"), Duration(4s));
  EXPECT_EQ(world.facts("ada").origin_error, "");
  world.later(4s, {failure});
  world.later(23h, {failure});
  EXPECT_EQ(world.facts("ada").origin_error, "") << "three failures, but not over a day";
  world.later(1h, {failure});
  EXPECT_EQ(world.facts("ada").origin_error, "transient: it is down");
  EXPECT_EQ(followers_of(world), 20'000);
  EXPECT_EQ(world.counts().unread, 1);
  for (int i = 0; i < 10; ++i) world.later(15min, {failure});
  EXPECT_GE(world.account_due("ada"), Duration(12min));
  EXPECT_LE(world.account_due("ada"), Duration(18min));
  world.later(1h, {at_home("ada", 20'100)});
  EXPECT_EQ(world.facts("ada").origin_error, "");
  EXPECT_EQ(world.facts("ada").refresh.failures, 0);
  EXPECT_EQ(world.counts().unread, 0);
}

TEST(IngestReadings, ARefusalIsToldAtOnceAndAskedAboutADayLater) {
  IngestWorld world;
  world.step({post("ada", 1).copied()});
  world.later(1s, {AccountUnreadable{person("ada"), "forbidden: robots.txt", true}});
  EXPECT_EQ(world.facts("ada").origin_error, "forbidden: robots.txt");
  EXPECT_EQ(world.account_due("ada"), Duration(24h));
  EXPECT_EQ(world.counts().unread, 1);
}

TEST(IngestReadings, AHomeThatMayNotBeAskedLeavesTheAccountWithoutAQueue) {
  IngestOptions options = usual_options();
  options.may_ask = [](const std::string& host) { return host != "https://one.test"; };
  IngestWorld world(options);
  world.step({post("ada", 1).copied(), post("ben@two.test", 1).copied()});
  EXPECT_EQ(world.queue_entries("ada"), 0u);
  EXPECT_NE(world.facts("ada").origin_error, "");
  EXPECT_EQ(world.queue_entries("ben@two.test"), 2u);
  EXPECT_EQ(world.counts().unread, 1);
}

}  // namespace
}  // namespace tagscout
