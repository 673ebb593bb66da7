#include "storage/model/reading.h"

#include <gtest/gtest.h>

#include <array>

#include "storage/model/account.h"

namespace tagscout {
namespace {

TEST(Interactions, AddsWhatIsReported) {
  EXPECT_EQ(interactions({.likes = 1, .reposts = 20, .replies = 300, .quotes = 4000}), 4321);
  EXPECT_EQ(interactions({.likes = 1, .views = 900}), 1);
  EXPECT_EQ(interactions({.quotes = 0}), 0);
}

TEST(Interactions, AreUnknownWhereNothingIsReportedOrACounterIsHidden) {
  EXPECT_FALSE(interactions({}));
  EXPECT_FALSE(interactions({.views = 900}));
  EXPECT_FALSE(interactions({.likes = 1, .reposts = 2, .hidden = true}));
}

TEST(EngagementSums, GoesBackToZeroWhenContributionsLeave) {
  const Engagement counts{.likes = 5, .reposts = 4, .replies = 3, .quotes = 2, .views = 1};
  EngagementSums sums;
  sums.add(counts, 1);
  sums.add({.likes = 10}, 1);
  EXPECT_EQ(sums, (EngagementSums{15, 4, 3, 2, 1}));
  sums.add(EngagementSums{1, 1, 1, 1, 1});
  EXPECT_EQ(sums, (EngagementSums{16, 5, 4, 3, 2}));
  sums.add(counts, -1);
  EXPECT_EQ(sums, (EngagementSums{11, 1, 1, 1, 1}));
}

// A hostile server can name any count; what it breaks must not outlast its posts.
TEST(EngagementSums, IsRightAgainAfterAnOverflow) {
  const Engagement invented{.likes = INT64_MAX};
  EngagementSums sums{.likes = 7};
  for (int i = 0; i < 3; ++i) sums.add(invented, 1);
  for (int i = 0; i < 3; ++i) sums.add(invented, -1);
  EXPECT_EQ(sums, EngagementSums{.likes = 7});
}

TEST(AccountSums, ForgetsCountersThatReachZero) {
  AccountSums sums{.posts_seen = 2, .engagement = {}, .tags = {{1, 2}, {2, 1}}, .niches = {{1, 1}}};
  sums.add({.posts_seen = -1, .engagement = {}, .tags = {{2, -1}, {3, 1}}, .niches = {{1, -1}}});
  EXPECT_EQ(sums, (AccountSums{1, {}, {{1, 2}, {3, 1}}, {}}));
  sums.add({.posts_seen = 0, .engagement = {}, .tags = {{9, 0}}, .niches = {}});
  EXPECT_FALSE(sums.tags.contains(9));
}

TEST(Provenance, HasANameForEach) {
  EXPECT_EQ(provenance_name(Provenance::unknown), "unknown");
  EXPECT_EQ(provenance_name(Provenance::origin), "origin");
  EXPECT_EQ(provenance_name(Provenance::foreign), "foreign");
  EXPECT_EQ(provenance_name(Provenance::approx), "approx");
}

}  // namespace
}  // namespace tagscout
