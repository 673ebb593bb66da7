#include "crawlers/sources/mastodon_pace.h"

#include <gtest/gtest.h>

#include "tests/crawlers/sources/mastodon_samples.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;

const Time noon = at("2026-11-22T12:00:00Z");

// A feed whose last posts came `gap` apart, the newest at `last`.
PollPace steady_pace(Duration gap, Time last, int posts = 41) {
  PollPace pace;
  for (int i = posts - 1; i >= 0; --i) pace.arrived(last - i * gap);
  return pace;
}

TEST(PollPace, AsksWhenHalfAPageIsToBeExpected) {
  struct Case {
    Duration gap;
    Duration poll;
    Duration want;
  };
  const std::vector<Case> cases = {
      {30s, 60s, 10min},
      {10s, 60s, 200s},
      {1s, 60s, 60s},
      {10min, 60s, 30min},
      {10s, 5min, 5min},
      {30s, 2min, 10min},
      {1s, 2min, 2min},
      // Below a minute, and above the most, the operator's word is the interval.
      {10min, 300ms, 300ms},
      {1s, 59s, 59s},
      {1s, 1h, 1h},
      {10min, 1h, 1h},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(steady_pace(each.gap, noon).interval(noon, each.poll), each.want)
        << each.gap.count() << " " << each.poll.count();
  }
}

TEST(PollPace, IsTheMedianAndTheLatest) {
  PollPace pace = steady_pace(10s, noon);
  pace.arrived(noon + 5h);  // one long silence
  EXPECT_EQ(pace.interval(noon + 5h, 60s), Duration(200s));
  for (int i = 1; i <= 41; ++i) pace.arrived(noon + 5h + i * 60s);
  EXPECT_EQ(pace.interval(noon + 5h + 41min, 60s), Duration(20min)) << "the old days are forgotten";
  pace.arrived(noon);
  EXPECT_EQ(pace.interval(noon + 5h + 41min, 60s), Duration(20min)) << "late posts do not count";
}

TEST(PollPace, ASilentFeedIsAskedMoreSeldom) {
  const PollPace pace = steady_pace(1s, noon);
  EXPECT_EQ(pace.interval(noon + 30s, 60s), Duration(60s));
  EXPECT_EQ(pace.interval(noon + 10min, 60s), Duration(10min));
  EXPECT_EQ(pace.interval(noon + 10h, 60s), Duration(30min));
  EXPECT_EQ(pace.interval(noon - 10h, 60s), Duration(60s)) << "the clock went back";
  PollPace quiet;
  EXPECT_EQ(quiet.interval(noon, 2min), Duration(2min)) << "nothing is known";
  quiet.quiet_since(noon - 24h);
  EXPECT_EQ(quiet.interval(noon, 2min), Duration(30min));
  quiet.arrived(noon);
  EXPECT_EQ(quiet.interval(noon, 2min), Duration(2min));
}

TEST(PollPace, APackYieldsWhatItsTagsYield) {
  PollPace pace = steady_pace(60s, noon);
  pace.join(steady_pace(60s, noon - 30s));
  EXPECT_EQ(pace.interval(noon, 60s), Duration(10min));
}

}  // namespace
}  // namespace tagscout
