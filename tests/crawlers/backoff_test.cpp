#include "crawlers/backoff.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>

namespace tagscout {
namespace {

using namespace std::chrono_literals;

TEST(Backoff, StaysWithinItsBounds) {
  struct Case {
    Duration base;
    int failures;
    Duration low;
    Duration high;
  };
  const Case cases[] = {
      {0s, 1, 800ms, 1200ms},     // never below a second
      {1s, 1, 800ms, 1200ms},     // the first waits the base
      {1s, 2, 1600ms, 2400ms},    //
      {1s, 5, 12800ms, 19200ms},  //
      {1s, 6, 25600ms, 38400ms},  //
      {3s, 3, 9600ms, 14400ms},   //
      {120s, 1, 48s, 60s},        // the cap of the first five
      {30s, 5, 48s, 60s},         //
      {120s, 6, 720s, 900s},      // 15 min from the sixth
      {1s, 11, 720s, 900s},       //
      {1s, 1000000, 720s, 900s},  //
      {1s, 0, 800ms, 1200ms},     // nothing to be made of these
      {-5s, -3, 800ms, 1200ms},   //
      {24h, 3, 48s, 60s},         //
  };
  Chance chance(7);
  for (const Case& c : cases) {
    for (int i = 0; i < 200; ++i) {
      const Duration wait = backoff(c.base, c.failures, chance);
      EXPECT_GE(wait, c.low) << c.base.count() << " us, failure " << c.failures;
      EXPECT_LE(wait, c.high) << c.base.count() << " us, failure " << c.failures;
    }
  }
}

TEST(Backoff, DiffersFromDrawToDrawAlsoAtTheCap) {
  Chance chance(7);
  std::set<Duration> early;
  std::set<Duration> late;
  for (int i = 0; i < 20; ++i) {
    early.insert(backoff(2min, 1, chance));
    late.insert(backoff(2min, 9, chance));
  }
  EXPECT_GT(early.size(), 15u);
  EXPECT_GT(late.size(), 15u);
}

TEST(Backoff, TakesADrawFromWhoMustNotDraw) {
  EXPECT_EQ(backoff(10s, 1, 0.0), 8s);
  EXPECT_EQ(backoff(10s, 1, 0.5), 10s);
  EXPECT_EQ(backoff(10s, 1, 1.0), 12s);
  EXPECT_EQ(backoff(10s, 9, 0.0), 12min);
  EXPECT_EQ(backoff(10s, 9, 1.0), 15min) << "the cap";
}

TEST(Backoff, IsRepeatedBySeed) {
  Chance first(42);
  Chance second(42);
  for (int i = 1; i < 10; ++i) EXPECT_EQ(backoff(1s, i, first), backoff(1s, i, second));
}

}  // namespace
}  // namespace tagscout
