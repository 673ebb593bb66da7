#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/account_store.h"
#include "storage/name_store.h"
#include "tests/daemon/pipeline/ingest_world.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

Engagement counts(int64_t likes, int64_t reposts, int64_t replies) {
  Engagement result;
  result.likes = likes;
  result.reposts = reposts;
  result.replies = replies;
  return result;
}

TEST(IngestPosts, AreRecordedWhenTheyCarryAWatchedTag) {
  IngestWorld world;
  const WindowEffects effects =
      world.step({post("ada", 1).tags({"slowfashion", "linen"}), post("ada", 2).tags({"linen"}),
                  post("ben", 1).tags({"linen"}), post("cleo", 1).tags({})});
  EXPECT_TRUE(world.record("ada", 1).has_value());
  EXPECT_FALSE(world.record("ada", 2).has_value());
  EXPECT_FALSE(world.account("ben").has_value());
  EXPECT_EQ(world.sums("ada").posts_seen, 1);
  EXPECT_THAT(world.tags("ada"), UnorderedElementsAre(Pair("linen", 1), Pair("slowfashion", 1)));
  EXPECT_THAT(world.niches("ada"), ElementsAre(Pair("slow-fashion", 1)));
  EXPECT_EQ(effects.sources.at("one.test").posts_new, 1);
}

TEST(IngestPosts, ServersThatFoldTagsAreMatchedByTheFoldedForm) {
  IngestOptions options = usual_options();
  options.niches = {{"about", {"Über"}}};
  IngestWorld world(options);
  PostSighting folded = post("ada", 1).tags({"uber"}).value();
  folded.folded = true;
  world.step({folded, post("ben", 1).tags({"uber"}), post("cleo", 1).tags({"über"})});
  EXPECT_TRUE(world.record("ada", 1).has_value());
  EXPECT_FALSE(world.record("ben", 1).has_value());
  EXPECT_TRUE(world.record("cleo", 1).has_value());
}

TEST(IngestPosts, WhereListsCarryNoTagsTheQueriedOneCounts) {
  IngestWorld world;
  PostSighting listed = post("ada", 1).value();
  listed.tags.reset();
  listed.queried_tag = "gardening";
  PostSighting silent = post("ben", 1).value();
  silent.tags.reset();
  world.step({listed, silent});
  EXPECT_THAT(world.tags_of("ada", 1), ElementsAre("gardening"));
  EXPECT_FALSE(world.record("ben", 1).has_value());
}

TEST(IngestPosts, ContributeTheDifferencePerCounter) {
  IngestWorld world;
  world.step({post("ada", 1).counts(counts(3, 2, 1)), post("ada", 2).counts(counts(10, 0, 0))});
  world.later(1h, {post("ada", 1).counts(counts(5, 1, 1)).reread()});
  EXPECT_EQ(world.sums("ada").engagement, (EngagementSums{15, 1, 1, 0, 0}));
  world.later(1h, {post("ada", 1).counts(counts(0, 0, 0))});
  EXPECT_EQ(world.sums("ada").engagement, (EngagementSums{10, 0, 0, 0, 0}));
  EXPECT_EQ(world.sums("ada").posts_seen, 2);
}

TEST(IngestPosts, AnswersWithoutCountsLeaveThem) {
  IngestWorld world;
  world.step({post("ada", 1).likes(4)});
  world.later(1h, {post("ada", 1).counts(std::nullopt).tags({"slowfashion", "wool"})});
  EXPECT_EQ(world.sums("ada").engagement.likes, 4);
  EXPECT_THAT(world.tags_of("ada", 1), ElementsAre("slowfashion", "wool"));
}

TEST(IngestPosts, TheBestReadingIsTheOriginsThenTheLatest) {
  const struct {
    std::string what;
    std::vector<Event> sightings;
    int64_t likes;
  } cases[] = {
      {"later foreign", {post("ada", 1).copied().likes(3), post("ada", 1).copied().likes(2)}, 2},
      {"origin over foreign", {post("ada", 1).copied().likes(9), post("ada", 1).likes(2)}, 2},
      {"foreign changes nothing", {post("ada", 1).likes(2), post("ada", 1).copied().likes(9)}, 2},
      {"later origin", {post("ada", 1).likes(2), post("ada", 1).likes(1)}, 1},
      {"origin, foreign, origin",
       {post("ada", 1).likes(2), post("ada", 1).copied().likes(9), post("ada", 1).likes(4)},
       4},
  };
  for (const bool one_window : {true, false}) {
    for (const auto& row : cases) {
      IngestWorld world;
      for (const Event& event : row.sightings) {
        world.see({event});
        if (!one_window) world.commit();
      }
      world.commit();
      EXPECT_EQ(world.sums("ada").engagement.likes, row.likes) << row.what << one_window;
      EXPECT_EQ(world.sums("ada").posts_seen, 1) << row.what;
    }
  }
}

TEST(IngestPosts, TagsFollowTheBestReading) {
  IngestWorld world;
  world.step({post("ada", 1).copied().tags({"slowfashion", "stale"})});
  world.later(1min, {post("ada", 1).tags({"slowfashion", "wool"})});
  world.later(1min, {post("ada", 1).copied().tags({"slowfashion", "stale"})});
  EXPECT_THAT(world.tags("ada"), UnorderedElementsAre(Pair("slowfashion", 1), Pair("wool", 1)));
  world.later(1min, {post("ada", 2).tags({"gardening"})});
  world.later(1min, {post("ada", 1).tags({"gardening", "wool"}).likes(6)});
  EXPECT_THAT(world.tags("ada"), UnorderedElementsAre(Pair("gardening", 2), Pair("wool", 1)));
  EXPECT_THAT(world.niches("ada"), ElementsAre(Pair("garden", 2)));
}

TEST(IngestPosts, AnEditThatDropsTheLastWatchedTagKeepsPostAndEngagement) {
  IngestWorld world;
  world.step({post("ada", 1).likes(5).tags({"slowfashion"})});
  world.later(1h, {post("ada", 1).likes(6).tags({})});
  EXPECT_TRUE(world.record("ada", 1).has_value());
  EXPECT_EQ(world.sums("ada").posts_seen, 1);
  EXPECT_EQ(world.sums("ada").engagement.likes, 6);
  EXPECT_THAT(world.tags("ada"), IsEmpty());
  EXPECT_THAT(world.niches("ada"), IsEmpty());
  const auto tag = names::find(world.database(), NameKind::tag, "slowfashion");
  size_t listed = 0;
  accounts::for_each_of_name(world.database(), IndexKind::tag, tag.value_or(0), {},
                             [&](const AccountKey&) { return ++listed, true; });
  EXPECT_EQ(listed, 0u);
}

TEST(IngestPosts, ADeletionTakesTheContributionOutAndLeavesAStub) {
  IngestWorld world;
  world.step({post("ada", 1).likes(5), post("ada", 2).likes(7).tags({"gardening"})});
  world.later(1h, {PostDeleted{post_id("ada", 1), person("ada"), {}}});
  EXPECT_FALSE(world.record("ada", 1).has_value());
  ASSERT_TRUE(world.stub("ada", 1).has_value());
  EXPECT_TRUE(world.stub("ada", 1)->deleted);
  EXPECT_EQ(world.stub("ada", 1)->counts.likes, 5);
  EXPECT_EQ(world.sums("ada").posts_seen, 1);
  EXPECT_EQ(world.sums("ada").engagement.likes, 7);
  EXPECT_THAT(world.tags("ada"), ElementsAre(Pair("gardening", 1)));
  EXPECT_EQ(world.counts().posts, 1);
  EXPECT_EQ(world.queue_entries("ada"), 2u) << "the account and the other post";
}

TEST(IngestPosts, ACopyOrAReplayDoesNotBringADeletedPostBack) {
  IngestWorld world;
  world.step({post("ada", 1)});
  world.see({PostDeleted{post_id("ada", 1), person("ada"), {}}, post("ada", 1).likes(3)});
  world.commit();
  world.later(1h, {post("ada", 1).copied(), post("ada", 1).reread()});
  world.restart();
  world.later(1h, {post("ada", 1)});
  EXPECT_FALSE(world.record("ada", 1).has_value());
  EXPECT_EQ(world.sums("ada"), AccountSums{});
}

TEST(IngestPosts, DeletionsOfUnknownPostsLeaveNothing) {
  IngestWorld world;
  world.step({post("ada", 1)});
  world.step({PostDeleted{post_id("ada", 2), person("ada"), "3k"},
              PostDeleted{post_id("ben", 1), person("ben"), "3k"},
              PostMissing{post_id("ben", 2), person("ben")}});
  EXPECT_FALSE(world.stub("ada", 2).has_value());
  EXPECT_FALSE(world.stub("ben", 1).has_value());
  EXPECT_EQ(world.rows_with("users/ben"), 0u);
  EXPECT_EQ(world.sums("ada").posts_seen, 1);
}

TEST(IngestPosts, RevisionsAreObeyedInTheirOwnOrder) {
  IngestWorld world;
  const auto streamed = [](const std::string& rev, std::vector<std::string> tags) {
    return post("ada", 1)
        .rev(rev)
        .tags(std::move(tags))
        .counts(std::nullopt)
        .by(bare(person("ada")));
  };
  world.step({streamed("3kb", {"slowfashion"})});
  world.step({streamed("3kd", {"slowfashion", "new"})});
  world.step({streamed("3kc", {"slowfashion", "late"}), streamed("3kd", {"twice"})});
  EXPECT_THAT(world.tags_of("ada", 1), ElementsAre("new", "slowfashion"));
  world.step({PostDeleted{post_id("ada", 1), person("ada"), "3kc"}});
  EXPECT_TRUE(world.record("ada", 1).has_value()) << "an older deletion than what is known";
  world.step({PostDeleted{post_id("ada", 1), person("ada"), "3ke"}});
  ASSERT_TRUE(world.stub("ada", 1).has_value());
  EXPECT_EQ(world.stub("ada", 1)->rev, "3ke");
  world.step({streamed("3kf", {"slowfashion"})});
  EXPECT_FALSE(world.record("ada", 1).has_value());
}

TEST(IngestPosts, AStreamEditChangesTagsAndKeepsTheCountsOfTheAppView) {
  IngestWorld world;
  const auto streamed = [](const std::string& rev, std::vector<std::string> tags) {
    return post("ada", 1)
        .rev(rev)
        .tags(std::move(tags))
        .counts(std::nullopt)
        .by(bare(person("ada")));
  };
  world.step({streamed("3kb", {"slowfashion"})});
  world.later(1h, {post("ada", 1).likes(8).reread()});
  world.later(1h, {streamed("3kc", {"gardening"})});
  EXPECT_EQ(world.sums("ada").engagement.likes, 8);
  EXPECT_THAT(world.tags("ada"), ElementsAre(Pair("gardening", 1)));
  EXPECT_EQ(world.record("ada", 1)->provenance, Provenance::origin);
}

}  // namespace
}  // namespace tagscout
