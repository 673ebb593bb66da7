#include "storage/model/reading.h"

#include <gtest/gtest.h>

#include <array>

#include "storage/model/account.h"

namespace tagscout {
namespace {

TEST(Interactions, AddsWhatIsReported) {
  EXPECT_EQ(interactions({1, 20, 300, 4000, 50'000, false}), 4321);
  EXPECT_EQ(interactions({1, {}, {}, {}, 900, false}), 1);
  EXPECT_EQ(interactions({{}, {}, {}, 0, {}, false}), 0);
}

TEST(Interactions, AreUnknownWhereNothingIsReportedOrACounterIsHidden) {
  EXPECT_FALSE(interactions({}));
  EXPECT_FALSE(interactions({{}, {}, {}, {}, 900, false}));
  EXPECT_FALSE(interactions({1, 2, {}, {}, {}, true}));
}

TEST(EngagementSums, GoesBackToZeroWhenContributionsLeave) {
  const Engagement counts{5, 4, 3, 2, 1, false};
  EngagementSums sums;
  sums.add(counts, 1);
  sums.add(Engagement{10, {}, {}, {}, {}, false}, 1);
  EXPECT_EQ(sums, (EngagementSums{15, 4, 3, 2, 1}));
  sums.add(EngagementSums{1, 1, 1, 1, 1});
  EXPECT_EQ(sums, (EngagementSums{16, 5, 4, 3, 2}));
  sums.add(counts, -1);
  EXPECT_EQ(sums, (EngagementSums{11, 1, 1, 1, 1}));
}

// A hostile server can name any count; what it breaks must not outlast its posts.
TEST(EngagementSums, IsRightAgainAfterAnOverflow) {
  const Engagement invented{INT64_MAX, {}, {}, {}, {}, false};
  EngagementSums sums{.likes = 7};
  for (int i = 0; i < 3; ++i) sums.add(invented, 1);
  for (int i = 0; i < 3; ++i) sums.add(invented, -1);
  EXPECT_EQ(sums, EngagementSums{.likes = 7});
}

TEST(AccountSums, ForgetsCountersThatReachZero) {
  AccountSums sums{2, {}, {{1, 2}, {2, 1}}, {{1, 1}}};
  sums.add({-1, {}, {{2, -1}, {3, 1}}, {{1, -1}}});
  EXPECT_EQ(sums, (AccountSums{1, {}, {{1, 2}, {3, 1}}, {}}));
  sums.add({0, {}, {{9, 0}}, {}});
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
