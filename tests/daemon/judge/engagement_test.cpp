#include "daemon/judge/engagement.h"

#include <gtest/gtest.h>

#include <array>

#include "daemon/judge/schedule.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;

constexpr Time now = time_from_us(1'795'374'300'000'000);
constexpr Duration day = 24h;

Engagement likes(int64_t count) { return {count, {}, {}, {}, {}, false}; }

// A post of that age, read by its origin just now.
PostRecord post(Duration age, const Engagement& counts) {
  PostRecord record;
  record.created_at = now - age;
  record.first_seen_at = now - age;
  record.counts = counts;
  record.counts_at = now;
  record.provenance = Provenance::origin;
  record.clock_right = true;
  return record;
}

EngagementRate rate_of(const std::vector<PostRecord>& posts, std::optional<int64_t> followers) {
  EngagementMeter meter(MaturityRules(), now);
  for (const PostRecord& record : posts) meter.add(record);
  return meter.rate(followers);
}

TEST(Maturity, NeedsAnOriginReadingAtThatAge) {
  const MaturityRules rules;
  EXPECT_TRUE(is_mature(post(day, likes(1)), rules));
  EXPECT_TRUE(is_mature(post(40 * day, likes(1)), rules));
  EXPECT_FALSE(is_mature(post(day - 1us, likes(1)), rules));
  PostRecord read_young = post(3 * day, likes(1));
  read_young.counts_at = now - 2 * day - 1us;
  EXPECT_FALSE(is_mature(read_young, rules)) << "the reading's age counts, not the post's";
  for (const Provenance provenance :
       {Provenance::unknown, Provenance::foreign, Provenance::approx}) {
    PostRecord copy = post(2 * day, likes(1));
    copy.provenance = provenance;
    EXPECT_FALSE(is_mature(copy, rules)) << provenance_name(provenance);
  }
  PostRecord wrong_clock = post(2 * day, likes(1));
  wrong_clock.clock_right = false;
  EXPECT_FALSE(is_mature(wrong_clock, rules));
}

TEST(Maturity, FollowsItsRules) {
  MaturityRules rules;
  rules.mature_after = 4s;
  EXPECT_TRUE(is_mature(post(4s, likes(1)), rules));
  EXPECT_FALSE(is_mature(post(3s, likes(1)), rules));
}

TEST(Pitfall25, AgesCountFromTheEarlierOfCreatedAndSeen) {
  struct Case {
    Time created_at;
    Time first_seen_at;
    Time born;
    bool mature;
  };
  const std::array cases{
      Case{now - 2 * day, now - 3h, now - 2 * day, true},         // found late
      Case{now + 365 * day, now - 2 * day, now - 2 * day, true},  // dated into the future
      Case{now + 365 * day, now - 3h, now - 3h, false},
      Case{now - 3h, now - 3h, now - 3h, false},
      Case{Time{}, now - 3h, Time{}, true},  // dated far back: old by its author's word
  };
  for (const Case& row : cases) {
    PostRecord record = post(0s, likes(1));
    record.created_at = row.created_at;
    record.first_seen_at = row.first_seen_at;
    EXPECT_EQ(record.born_at(), row.born);
    EXPECT_EQ(is_mature(record, MaturityRules()), row.mature);
    const Time due = *first_reread({day}, record.born_at(), record.first_seen_at);
    EXPECT_GE(due, record.first_seen_at);
    EXPECT_LE(due, record.first_seen_at + day) << "a forged date must not put it off";
  }
}

TEST(EngagementRate, IsTheMeanOfAllInteractionsOverFollowers) {
  const EngagementRate rate = rate_of(
      {post(2 * day, {10, 5, 3, 2, 9'999, false}), post(3 * day, {20, 0, 0, 0, 9'999, false}),
       post(4 * day, {50, 0, 0, 0, 9'999, false})},
      1'000);
  ASSERT_TRUE(rate.rate);
  EXPECT_DOUBLE_EQ(*rate.rate, 0.03) << "(20 + 20 + 50) / 3 / 1000";
  EXPECT_EQ(rate.sample, 3);
}

TEST(EngagementRate, NeedsThreeMaturePosts) {
  std::vector<PostRecord> posts;
  EXPECT_FALSE(rate_of(posts, 1'000).rate);
  for (int64_t sample = 1; sample <= 4; ++sample) {
    posts.push_back(post(2 * day, likes(10)));
    const EngagementRate rate = rate_of(posts, 1'000);
    EXPECT_EQ(rate.sample, sample);
    EXPECT_EQ(rate.rate.has_value(), sample >= 3) << sample;
  }
  posts.assign(9, post(day - 1us, likes(10)));
  EXPECT_FALSE(rate_of(posts, 1'000).rate);
  EXPECT_EQ(rate_of(posts, 1'000).sample, 0);
}

TEST(EngagementRate, IsZeroWhereNobodyAnswers) {
  EXPECT_EQ(rate_of(std::vector(3, post(2 * day, likes(0))), 1'000).rate, 0.0);
}

TEST(EngagementRate, CountsPostsOfTheWindow) {
  const std::vector<PostRecord> inside(3, post(30 * day, likes(10)));
  EXPECT_TRUE(rate_of(inside, 1'000).rate);
  const std::vector<PostRecord> outside(3, post(30 * day + 1us, likes(10)));
  EXPECT_EQ(rate_of(outside, 1'000).sample, 0);
  PostRecord found_late = post(1h, likes(10));
  found_late.created_at = now - 31 * day;
  EXPECT_EQ(rate_of({found_late}, 1'000).sample, 0);
}

TEST(EngagementRate, IsUnknownWithoutFollowers) {
  const std::vector<PostRecord> posts(3, post(2 * day, likes(10)));
  for (const std::optional<int64_t> followers :
       {std::optional<int64_t>(), std::optional<int64_t>(0)}) {
    EXPECT_FALSE(rate_of(posts, followers).rate);
    EXPECT_EQ(rate_of(posts, followers).sample, 3) << "the sample is told all the same";
  }
}

TEST(EngagementRate, LeavesOutPostsWithAHiddenCounter) {
  std::vector<PostRecord> posts(3, post(2 * day, likes(10)));
  posts.push_back(post(2 * day, {1'000'000, 1, 1, 1, 1, true}));
  EXPECT_EQ(rate_of(posts, 1'000).sample, 3);
  EXPECT_DOUBLE_EQ(*rate_of(posts, 1'000).rate, 0.01);
  posts.erase(posts.begin());
  EXPECT_FALSE(rate_of(posts, 1'000).rate);
}

TEST(EngagementRate, LeavesOutCountersThatAreNotReported) {
  const std::vector<PostRecord> posts{post(2 * day, likes(10)),
                                      post(2 * day, {{}, 10, {}, {}, {}, false}),
                                      post(2 * day, {{}, {}, 5, 5, {}, false})};
  EXPECT_DOUBLE_EQ(*rate_of(posts, 1'000).rate, 0.01);
  // Of a post that reports none there is nothing to count.
  const std::vector<PostRecord> silent(3, post(2 * day, {{}, {}, {}, {}, 70, false}));
  EXPECT_EQ(rate_of(silent, 1'000).sample, 0);
}

}  // namespace
}  // namespace tagscout
