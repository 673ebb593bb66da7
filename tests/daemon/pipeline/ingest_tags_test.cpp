// The books of watched tags.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/name_store.h"
#include "storage/tag_store.h"
#include "tests/daemon/pipeline/ingest_world.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;

std::optional<TagUse> use(IngestWorld& world, const std::string& tag, const std::string& source) {
  const auto number = names::find(world.database(), NameKind::tag, tag);
  const auto by = names::find(world.database(), NameKind::source, source);
  if (!number || !by) return std::nullopt;
  return tags::use(world.database(), *number, *by);
}

TEST(IngestTags, CountAPostOnceByWhoeverShowedItFirst) {
  IngestWorld world;
  world.step({post("ada", 1), post("ada", 2)});
  world.later(1h, {post("ada", 1)});
  world.now += 1h;
  world.step({post("ada", 1).copied()}, "two.test");
  world.later(1h, {post("ada", 1).reread()});
  EXPECT_EQ(use(world, "slowfashion", "one.test")->posts, 2);
  EXPECT_EQ(use(world, "slowfashion", "one.test")->last_seen_at, noon + 1h) << "not the re-read";
  EXPECT_EQ(use(world, "slowfashion", "two.test")->posts, 0);
  EXPECT_EQ(use(world, "slowfashion", "two.test")->last_seen_at, noon + 2h) << "it knows the tag";
}

TEST(IngestTags, CountByDayAndSurviveARestart) {
  IngestWorld world;
  world.step({post("ada", 1)});
  world.restart();
  world.later(24h, {post("ada", 2), post("ada", 3)});
  const TagUse found = use(world, "slowfashion", "one.test").value();
  ASSERT_EQ(found.days.size(), 2u);
  EXPECT_EQ(found.days[0], (TagUse::Day{TagUse::day_of(noon), 1}));
  EXPECT_EQ(found.days[1], (TagUse::Day{TagUse::day_of(noon) + 1, 2}));
}

TEST(IngestTags, AWindowThatIsLostTakesItsCountsAlong) {
  IngestWorld world;
  world.step({post("ada", 1)});
  world.see({post("ada", 2)});
  world.restart();
  world.step({post("ada", 2)});
  EXPECT_EQ(use(world, "slowfashion", "one.test")->posts, 2);
}

TEST(IngestTags, KeepBooksOfWatchedTagsAlone) {
  IngestWorld world;
  world.step({post("ada", 1).tags({"slowfashion", "cats"})});
  EXPECT_TRUE(use(world, "slowfashion", "one.test").has_value());
  EXPECT_FALSE(use(world, "cats", "one.test").has_value());
}

TEST(IngestTags, RememberSinceWhenATagIsWatched) {
  IngestWorld world;
  const auto since = [&](const std::string& tag) {
    const auto number = names::find(world.database(), NameKind::tag, tag);
    return number ? tags::watched_since(world.database(), *number) : std::nullopt;
  };
  world.clock_right = false;
  world.step({});
  EXPECT_FALSE(since("slowfashion").has_value()) << "whose time is that?";
  world.clock_right = true;
  world.later(1h, {});
  EXPECT_EQ(since("slowfashion"), noon + 1h);
  world.restart();
  world.later(24h, {});
  EXPECT_EQ(since("slowfashion"), noon + 1h);
}

}  // namespace
}  // namespace tagscout
