#include "daemon/query_tags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/name_store.h"
#include "storage/tag_store.h"
#include "tests/daemon/support/query_fixture.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class QueryTagsTest : public QueryTest {
 protected:
  // Posts recorded under that spelling, so many on each of the days before today.
  void met(const std::string& spelling, const std::string& source,
           const std::vector<std::pair<int, int>>& days_ago_and_posts) {
    Transaction transaction(store_.database());
    const NameId tag = names::intern(transaction, NameKind::tag, spelling);
    const NameId number = names::intern(transaction, NameKind::source, source);
    TagUse use;
    for (const auto& [days_ago, posts] : days_ago_and_posts) {
      for (int i = 0; i < posts; ++i) use.see(sample_now() - days_ago * 24h, true);
    }
    tags::put_use(transaction, tag, number, use);
    store_.database().commit(transaction);
  }
  void watch(const std::string& exact, const std::string& folded, Duration ago) {
    Transaction transaction(store_.database());
    const NameId tag = names::intern(transaction, NameKind::tag, exact);
    tags::put_watched_since(transaction, tag, sample_now() - ago);
    store_.database().commit(transaction);
    watched_.push_back({exact, folded, {"repair"}});
  }
  JsonNode tag(const std::string& exact, const std::string& folded) {
    const auto found = TagQuery(store_.database(), watched_, sample_now()).tag(exact, folded);
    return found ? parse_json(*found).value_or(JsonNode()) : JsonNode();
  }
  JsonNode list() {
    return parse_json(TagQuery(store_.database(), watched_, sample_now()).list())
        .value_or(JsonNode());
  }

  std::vector<WatchedTag> watched_;
};

TEST_F(QueryTagsTest, CountsPostsADayOverAWeekOrSinceItIsWatched) {
  watch("mending", "mending", 30 * 24h);
  watch("young", "young", 24h);
  watch("silent", "silent", 30 * 24h);
  met("mending", "garden", {{20, 50}, {7, 9}, {6, 3}, {1, 4}, {0, 7}});
  met("young", "garden", {{1, 2}, {0, 4}});
  EXPECT_EQ(tag("mending", "mending")["posts_per_day"].real(), 2.0) << "14 in 7 days";
  EXPECT_EQ(tag("mending", "mending")["posts_total"].integer(), 73);
  EXPECT_EQ(tag("young", "young")["posts_per_day"].real(), 3.0) << "6 in 2 days";
  EXPECT_EQ(tag("silent", "silent")["posts_per_day"].real(), 0.0);
  EXPECT_TRUE(tag("silent", "silent")["last_seen_at"].is_null());
  EXPECT_THAT(texts(list(), "tag"), ElementsAre("mending", "young", "silent"));
}

TEST_F(QueryTagsTest, MergesSpellingsAndSaysHow) {
  watch("flickschön", "flickschon", 24h);
  met("flickschön", "birds", {{0, 1}});
  met("flickschon", "garden", {{1, 3}, {0, 2}});
  met("flickschon", "meadow", {{1, 1}});
  const JsonNode found = tag("flickschön", "flickschon");
  EXPECT_EQ(found["posts_total"].integer(), 7);
  const JsonNode::Array& spellings = found["spellings"].array();
  ASSERT_EQ(spellings.size(), 2u);
  EXPECT_EQ(spellings[0]["spelling"].text(), "flickschon");
  EXPECT_EQ(spellings[0]["match"].text(), "folded");
  EXPECT_EQ(spellings[0]["posts_total"].integer(), 6);
  EXPECT_EQ(spellings[1]["match"].text(), "exact");
  const JsonNode::Array& sources = found["sources"].array();
  ASSERT_EQ(sources.size(), 3u);
  EXPECT_EQ(sources[0]["source"].text(), "birds");
  EXPECT_EQ(sources[1]["posts_total"].integer(), 5);
  const JsonNode::Array& days = found["days"].array();
  ASSERT_EQ(days.size(), 2u);
  EXPECT_EQ(days[0]["day"].text(), "2026-11-21");
  EXPECT_EQ(days[0]["posts"].integer(), 4);
}

TEST_F(QueryTagsTest, HintsAtTagsThatNobodySeemsToUse) {
  watch("fresh", "fresh", 6 * 24h);
  watch("never", "never", 8 * 24h);
  watch("faded", "faded", 30 * 24h);
  watch("alive", "alive", 30 * 24h);
  met("faded", "garden", {{9, 2}});
  met("alive", "garden", {{6, 1}});
  EXPECT_TRUE(tag("fresh", "fresh")["hint"].is_null());
  EXPECT_THAT(*tag("never", "never")["hint"].text(), testing::StartsWith("never seen in 7 days"));
  EXPECT_EQ(tag("faded", "faded")["hint"].text(), "not seen for 7 days");
  EXPECT_TRUE(tag("alive", "alive")["hint"].is_null());
}

TEST_F(QueryTagsTest, KnowsATagThatWasWatchedOnceAndNoneThatNeverWas) {
  met("former", "garden", {{40, 2}});
  EXPECT_EQ(tag("former", "former")["posts_total"].integer(), 2);
  EXPECT_TRUE(tag("former", "former")["posts_per_day"].is_null());
  EXPECT_TRUE(tag("unheard", "unheard").is_null());
}

TEST(TagUse, KeepsAMonthOfDays) {
  TagUse use;
  for (int day = 0; day < 100; ++day) use.see(sample_now() + day * 24h, true);
  EXPECT_EQ(use.posts, 100);
  EXPECT_EQ(use.days.size(), 31u);
  EXPECT_EQ(use.days.back().day, TagUse::day_of(sample_now() + 99 * 24h));
  use.see(sample_now(), true);  // the clock went back a long way
  EXPECT_EQ(use.posts, 101);
  EXPECT_EQ(use.days.size(), 31u);
  EXPECT_EQ(use.last_seen_at, sample_now() + 99 * 24h);
}

}  // namespace
}  // namespace tagscout
