#include "daemon/judge/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

namespace tagscout {
namespace {

using namespace std::chrono_literals;

constexpr Time born = time_from_us(1'795'374'300'000'000);
const std::vector<Duration> ages{1h, 24h, 72h};

TEST(Reread, ComesAtTheFirstAgeAndThenAtTheOthers) {
  struct Case {
    Duration age;  // of the post when it is first seen, or read again
    std::optional<Duration> first;
    std::optional<Duration> next;
  };
  const std::array cases{
      Case{0s, 1h, 1h},
      Case{59min, 1h, 1h},
      Case{1h - 1us, 1h, 1h},
      Case{1h, 1h, 24h},
      Case{66min, 66min, 24h},
      Case{24h - 1us, 24h - 1us, 24h},
      Case{24h, 24h, 72h},
      Case{72h - 1us, 72h - 1us, 72h},
      Case{72h, 72h, std::nullopt},
      Case{24h * 365, 24h * 365, std::nullopt},
  };
  for (const Case& row : cases) {
    const Time now = born + row.age;
    EXPECT_EQ(first_reread(ages, born, now), born + *row.first) << row.age.count();
    const auto next = row.next ? std::optional(born + *row.next) : std::nullopt;
    EXPECT_EQ(next_reread(ages, born, now), next) << row.age.count();
  }
}

TEST(Reread, IsNoneWithoutAges) {
  EXPECT_FALSE(first_reread({}, born, born + 1h));
  EXPECT_FALSE(next_reread({}, born, born));
}

// A post is first seen at a random age and read again some time after each reading is due.
TEST(Reread, IsOneForAllMarksThatHavePassed) {
  std::mt19937_64 engine(8);
  for (int round = 0; round < 500; ++round) {
    std::vector<Duration> marks(1 + engine() % 5);
    for (Duration& mark : marks) mark = Duration(1 + engine() % 1'000);
    std::sort(marks.begin(), marks.end());
    const auto late = [&] { return Duration(engine() % 3 == 0 ? engine() % 600 : 0); };
    Time now = born + Duration(engine() % 1'200);
    std::vector<Duration> read_at;
    for (std::optional<Time> due = first_reread(marks, born, now); due;) {
      ASSERT_GE(*due, now) << "nothing is due in the past";
      now = *due + late();
      read_at.push_back(now - born);
      due = next_reread(marks, born, now);
    }
    // Every mark has a reading at that age or later, and the last reading follows the last mark.
    ASSERT_FALSE(read_at.empty());
    for (const Duration mark : marks) EXPECT_GE(read_at.back(), mark);
    // Every reading but the first, which stands for all that had passed, is the first one after
    // some mark: none is read twice for the same, and none before its age.
    for (size_t i = 0; i < read_at.size(); ++i) {
      const Duration before = i == 0 ? Duration(-1) : read_at[i - 1];
      const bool stands_for_a_mark = std::any_of(marks.begin(), marks.end(), [&](Duration mark) {
        return before < mark && mark <= read_at[i];
      });
      EXPECT_TRUE(stands_for_a_mark) << i;
    }
  }
}

TEST(Reread, IsPunctualWhenNothingIsLate) {
  Time now = born;
  std::vector<Duration> read_at;
  for (std::optional<Time> due = first_reread(ages, born, now); due;
       due = next_reread(ages, born, now)) {
    now = *due;
    read_at.push_back(now - born);
  }
  EXPECT_EQ(read_at, ages);
}

Band band(int64_t from, std::optional<int64_t> to, bool watch) {
  Band band;
  band.name = "b";
  band.from = from;
  band.to = to;
  band.watch = watch;
  return band;
}

TEST(RefreshTurn, GoesByTheNearestEdgeThenByTheBand) {
  const std::vector<BandLadder> ladders{
      {"default", {band(1'000, 10'000, false), band(10'000, 100'000, true)}},
      {"other", {band(50'000, 60'000, false)}}};
  const RefreshRules rules;
  struct Case {
    std::optional<int64_t> followers;
    Urgency urgency;
  };
  constexpr std::array cases{
      Case{std::nullopt, Urgency::other}, Case{0, Urgency::other},
      Case{500, Urgency::other},          Case{901, Urgency::near_edge},
      Case{1'000, Urgency::near_edge},    Case{1'099, Urgency::near_edge},
      Case{2'000, Urgency::other},        Case{8'999, Urgency::other},
      Case{9'001, Urgency::near_edge},    Case{10'000, Urgency::near_edge},
      Case{10'999, Urgency::near_edge},   Case{12'000, Urgency::in_band},
      Case{44'000, Urgency::in_band},     Case{46'000, Urgency::near_edge},
      Case{55'000, Urgency::near_edge},   Case{70'000, Urgency::in_band},
      Case{95'000, Urgency::near_edge},   Case{200'000, Urgency::other},
  };
  for (const Case& row : cases) {
    const RefreshTurn turn = refresh_turn(ladders, row.followers, rules);
    EXPECT_EQ(turn.urgency, row.urgency) << row.followers.value_or(-1);
    const Duration after = row.urgency == Urgency::near_edge ? rules.near_edge
                           : row.urgency == Urgency::in_band ? rules.in_band
                                                             : rules.other;
    EXPECT_EQ(turn.after, after) << row.followers.value_or(-1);
  }
}

TEST(RefreshTurn, IsOtherWithoutLadders) {
  EXPECT_EQ(refresh_turn({}, 10'000, {}).urgency, Urgency::other);
}

}  // namespace
}  // namespace tagscout
