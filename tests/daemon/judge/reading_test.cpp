#include "daemon/judge/reading.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace tagscout {
namespace {

using namespace std::chrono_literals;

constexpr Time start = time_from_us(1'795'374'300'000'000);
constexpr std::optional<int64_t> hidden;

// An account that is read again and again, and remembers what ingest would.
class Readings {
 public:
  explicit Readings(std::optional<int64_t> last = {}, const ReadingRules& rules = {})
      : rules_(rules) {
    facts_.origin.counts.followers = last;
  }

  // One reading, `after` the one before it.
  Verdict read(Duration after, std::optional<int64_t> followers) {
    now_ += after;
    const ReadingVerdict judged = judge_reading(facts_, followers, now_, rules_);
    facts_.waiting = judged.waiting;
    facts_.zero_since = judged.zero_since;
    if (judged.verdict == Verdict::accepted) facts_.origin.counts.followers = followers;
    return judged.verdict;
  }
  std::optional<int64_t> accepted() const { return facts_.origin.counts.followers; }
  const AccountFacts& facts() const { return facts_; }
  bool waits() const { return facts_.waiting || facts_.zero_since; }

 private:
  ReadingRules rules_;
  AccountFacts facts_;
  Time now_ = start;
};

struct Step {
  Duration after;
  std::optional<int64_t> followers;
  Verdict verdict;
};
struct Case {
  std::string_view what;
  std::optional<int64_t> last;
  std::vector<Step> steps;
  std::optional<int64_t> accepted;
  bool waits = false;
};

void expect_all(const std::vector<Case>& cases) {
  for (const Case& row : cases) {
    Readings account(row.last);
    for (size_t i = 0; i < row.steps.size(); ++i) {
      const Step& step = row.steps[i];
      EXPECT_EQ(account.read(step.after, step.followers), step.verdict) << row.what << ' ' << i;
    }
    EXPECT_EQ(account.accepted(), row.accepted) << row.what;
    EXPECT_EQ(account.waits(), row.waits) << row.what;
  }
}

constexpr Verdict accepted = Verdict::accepted;
constexpr Verdict waits = Verdict::waits;
constexpr Verdict unknown = Verdict::unknown;

TEST(JudgeReading, TakesOrdinaryReadingsAtTheirWord) {
  expect_all({
      {"a first reading", {}, {{0s, 10'020, accepted}}, 10'020},
      {"a first reading of 1", {}, {{0s, 1, accepted}}, 1},
      {"slow growth", 9'990, {{1h, 10'000, accepted}, {1h, 9'999, accepted}}, 9'999},
      {"just half", 10'000, {{1h, 5'000, accepted}}, 5'000},
      {"just five times", 10'000, {{1h, 50'000, accepted}}, 50'000},
      {"small accounts leap", 999, {{1h, 1'000'000, accepted}, {1h, 900'000, accepted}}, 900'000},
      {"small accounts fall", 999, {{1h, 1, accepted}}, 1},
  });
}

TEST(JudgeReading, MakesAFirstZeroWaitForASecond) {
  expect_all({
      {"one", {}, {{0s, 0, waits}}, {}, true},
      {"the second comes too early", {}, {{0s, 0, waits}, {9min + 59s, 0, waits}}, {}, true},
      {"the second decides", {}, {{0s, 0, waits}, {10min, 0, accepted}}, 0},
      {"the wait counts from the first",
       {},
       {{0s, 0, waits}, {6min, 0, waits}, {4min, 0, accepted}},
       0},
      {"another count decides", {}, {{0s, 0, waits}, {1s, 10'020, accepted}}, 10'020},
      {"hidden in between", {}, {{0s, 0, waits}, {5min, hidden, unknown}, {5min, 0, accepted}}, 0},
      {"after 0 was accepted", 0, {{1s, 0, accepted}, {1s, 5, accepted}, {1s, 0, accepted}}, 0},
      {"a small account loses them", 99, {{1s, 0, accepted}}, 0},
  });
}

TEST(Pitfall22, ZeroAfterAHundredIsUnknown) {
  for (const int64_t last : {100, 999, 1'000, 10'000, 1'000'000}) {
    Readings account(last);
    for (const Duration after : {0s, 1s, 600s, 86'400s, 86'400s * 400}) {
      EXPECT_EQ(account.read(after, 0), unknown) << last;
    }
    EXPECT_EQ(account.accepted(), last);
    EXPECT_FALSE(account.waits()) << "however often: nothing is to be confirmed";
    EXPECT_EQ(account.read(1s, last), accepted);
  }
}

TEST(JudgeReading, MakesASuspiciousReadingWaitForASecondOnItsSide) {
  expect_all({
      {"below", 10'000, {{1h, 4'999, waits}}, 10'000, true},
      {"above", 10'000, {{1h, 50'001, waits}}, 10'000, true},
      {"below 500 of 1,000", 1'000, {{1h, 499, waits}, {10min, 498, accepted}}, 498},
      {"above 5,000 of 1,000", 1'000, {{1h, 5'001, waits}, {10min, 5'002, accepted}}, 5'002},
      {"below, with its own value", 10'000, {{1h, 4'000, waits}, {10min, 3'000, accepted}}, 3'000},
      {"above, with its own value",
       10'000,
       {{1h, 60'000, waits}, {10min, 900'000, accepted}},
       900'000},
      {"too early", 10'000, {{1h, 4'000, waits}, {9min + 59s, 4'000, waits}}, 10'000, true},
      {"the wait counts from the first",
       10'000,
       {{1h, 4'000, waits}, {6min, 3'900, waits}, {4min, 3'800, accepted}},
       3'800},
  });
}

TEST(JudgeReading, StartsANewWaitOnTheOtherSide) {
  expect_all({
      {"below, then above",
       10'000,
       {{1h, 4'000, waits}, {10min, 60'000, waits}, {9min, 60'000, waits}},
       10'000,
       true},
      {"above, then below, then below",
       10'000,
       {{1h, 60'000, waits}, {10min, 4'000, waits}, {10min, 4'100, accepted}},
       4'100},
      {"to and fro",
       10'000,
       {{1h, 4'000, waits}, {10min, 60'000, waits}, {10min, 4'000, waits}},
       10'000,
       true},
  });
}

TEST(JudgeReading, LetsANormalReadingCancelTheWait) {
  expect_all({
      {"normal", 10'000, {{1h, 4'000, waits}, {1s, 10'010, accepted}}, 10'010},
      {"and a new one starts from the beginning",
       10'000,
       {{1h, 4'000, waits}, {9min, 10'010, accepted}, {9min, 4'000, waits}, {9min, 4'000, waits}},
       10'010,
       true},
  });
}

TEST(JudgeReading, TakesNothingFromHiddenCounts) {
  expect_all({
      {"a first one", {}, {{0s, hidden, unknown}, {0s, -1, unknown}}, {}},
      {"a later one", 10'000, {{1h, hidden, unknown}, {1h, -1, unknown}}, 10'000},
      {"it leaves a wait as it is",
       10'000,
       {{1h, 4'000, waits}, {5min, hidden, unknown}, {1s, -1, unknown}, {5min, 4'000, accepted}},
       4'000},
      {"so does a 0 that cannot be",
       10'000,
       {{1h, 4'000, waits}, {5min, 0, unknown}, {5min, 4'000, accepted}},
       4'000},
  });
}

TEST(JudgeReading, FollowsItsRules) {
  ReadingRules rules;
  rules.confirm_after = 2s;
  rules.suspicious_below = 0.9;
  rules.suspicious_above = 1.5;
  rules.suspicious_from = 50;
  Readings account(50, rules);
  EXPECT_EQ(account.read(1h, 45), accepted);
  EXPECT_EQ(account.read(1h, 20), accepted) << "45 is below suspicious_from";
  Readings other(60, rules);
  EXPECT_EQ(other.read(1h, 53), waits);
  EXPECT_EQ(other.read(1s, 53), waits);
  EXPECT_EQ(other.read(1s, 53), accepted);
  Readings third(60, rules);
  EXPECT_EQ(third.read(1h, 0), waits) << "a 0 after fewer than 100 is a reading like others";
  EXPECT_EQ(third.read(2s, 0), accepted);
}

TEST(JudgeReading, ForgetsAWaitThatNewRulesWouldNotHaveStarted) {
  AccountFacts facts;
  facts.origin.counts.followers = 10'000;
  facts.waiting = WaitingReading{5'500, start - 1h};
  const ReadingVerdict judged = judge_reading(facts, 4'000, start, {});
  EXPECT_EQ(judged.verdict, waits);
  EXPECT_EQ(judged.waiting, (WaitingReading{4'000, start}));
}

// A clock that was ten years ahead must not make an account wait for ten years.
TEST(JudgeReading, WaitsNoLongerWhenTheClockStepsBack) {
  Readings account(10'000);
  EXPECT_EQ(account.read(24h * 3650, 4'000), waits);
  EXPECT_EQ(account.read(-24h * 3650, 4'000), waits);
  EXPECT_EQ(account.read(10min, 4'000), accepted);
  Readings first;
  EXPECT_EQ(first.read(24h * 3650, 0), waits);
  EXPECT_EQ(first.read(-24h * 3650, 0), waits);
  EXPECT_EQ(first.read(10min, 0), accepted);
}

}  // namespace
}  // namespace tagscout
