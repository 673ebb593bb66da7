#include "tests/support/testnet/follower_curve.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/testnet/dice.h"

namespace tagscout::testnet {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Time start = time_from_us(1'700'000'000'000'000);

TEST(FollowerCurve, StaysUntilSeenOftenEnough) {
  FollowerCurve curve(100, {{200, {}}}, seconds(8));
  EXPECT_FALSE(curve.advance(start + seconds(100)));
  curve.shown(start + seconds(100));
  curve.shown(start + seconds(101));  // too near to the one before to count
  curve.shown(start + seconds(103));
  EXPECT_FALSE(curve.advance(start + seconds(200)));
  curve.shown(start + seconds(200));
  EXPECT_EQ(curve.value(start + seconds(200)), 100);
  EXPECT_TRUE(curve.advance(start + seconds(200)));
  EXPECT_EQ(curve.value(start + seconds(200)), 200);
}

TEST(FollowerCurve, LastsItsTimeHoweverOftenItIsSeen) {
  FollowerCurve curve(100, {{200, {}}}, seconds(8));
  for (int i = 0; i < 8; ++i) curve.shown(start + seconds(i));
  EXPECT_FALSE(curve.advance(start + milliseconds(7'999)));
  EXPECT_TRUE(curve.advance(start + seconds(8)));
}

TEST(FollowerCurve, RestsOnceFrozen) {
  FollowerCurve curve(100, {{200, seconds(2)}}, Duration{});
  for (int i = 0; i < 3; ++i) curve.shown(start + seconds(2 * i));
  ASSERT_TRUE(curve.advance(start + seconds(10)));
  curve.freeze(start + seconds(11));
  EXPECT_EQ(curve.value(start + seconds(11)), 150);
  EXPECT_EQ(curve.value(start + seconds(90)), 150);
  EXPECT_FALSE(curve.advance(start + seconds(90)));
  EXPECT_EQ(curve.trace(start + seconds(90)).back(), 150);
}

TEST(FollowerCurve, NeverShowsWhatItJumpsOver) {
  FollowerCurve curve(9'000, {{104'000, {}}}, Duration{});
  for (int ms = 0; ms < 20'000; ms += 100) {
    const Time now = start + milliseconds(ms);
    curve.advance(now);
    curve.shown(now);
    EXPECT_TRUE(curve.value(now) == 9'000 || curve.value(now) == 104'000);
  }
  EXPECT_EQ(curve.trace(start + seconds(20)), (std::vector<int64_t>{9'000, 104'000}));
}

// Whatever is shown lies on the trace, in its order: truth leaves out nothing that could be seen.
TEST(FollowerCurve, TraceHoldsAllThatIsShown) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    FollowerCurve curve(9'300, {{11'000, seconds(2)}, {10'200, {}, 9'700}, {12'000, seconds(1)}},
                        seconds(3));
    Dice dice(seed);
    std::vector<int64_t> shown;
    Time now = start;
    for (int i = 0; i < 60; ++i) {
      now += milliseconds(dice.between(50, 1'500));
      curve.advance(now);
      if (shown.empty() || shown.back() != curve.value(now)) shown.push_back(curve.value(now));
      curve.shown(now);
    }
    const std::vector<int64_t> trace = curve.trace(now);
    // A swing goes to and fro any number of times and is on the trace once.
    auto at = trace.begin();
    for (const int64_t value : shown) {
      if (value == 10'200 || value == 9'700) {
        EXPECT_NE(std::find(trace.begin(), trace.end(), value), trace.end());
        continue;
      }
      at = std::find(at, trace.end(), value);
      ASSERT_NE(at, trace.end()) << value << " with seed " << seed;
    }
  }
}

}  // namespace
}  // namespace tagscout::testnet
