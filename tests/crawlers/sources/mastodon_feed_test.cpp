#include "crawlers/sources/mastodon_feed.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/crawlers/sources/mastodon_samples.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;

const Time noon = at("2026-11-22T12:00:00Z");
const MastodonFeedOptions day_and_more{.lookback = 24h, .sweep = 6h, .catch_up = 72h};

// A row whose post bears the id itself, so that batches can be read in tests.
MastodonStatus row(const std::string& id, Time created_at) {
  PostSighting post;
  post.id = PostId(id);
  post.created_at = created_at;
  return {.id = id, .created_at = created_at, .event = post};
}

MastodonStatus snowflake_row(Time time) { return row(snowflake_id(time), time); }

// Newest first, as servers answer.
MastodonPage page_of(std::vector<MastodonStatus> rows) {
  MastodonPage page;
  page.rows = std::move(rows);
  return page;
}

std::vector<std::string> ids(const Batch& batch) {
  std::vector<std::string> ids;
  for (const Event& event : batch.events) ids.push_back(std::get<PostSighting>(event).id.text());
  return ids;
}

// Drives a feed page by page.
class Driver {
 public:
  explicit Driver(MastodonFeed feed) : feed_(std::move(feed)) {
    moment_.now = noon;
    moment_.clock_right = true;
  }
  MastodonMoment& moment() { return moment_; }
  MastodonFeed& feed() { return feed_; }
  // The query of the next page; what it leads to is in batch().
  std::string ask() {
    batch_ = {};
    feed_.begin(moment_, batch_);
    return feed_.query();
  }
  const Batch& take(MastodonPage page) {
    feed_.take(std::move(page), moment_, batch_);
    return batch_;
  }
  const Batch& step(MastodonPage page) {
    ask();
    return take(std::move(page));
  }
  const Batch& batch() const { return batch_; }

 private:
  MastodonFeed feed_;
  MastodonMoment moment_;
  Batch batch_;
};

Driver fresh() { return Driver(MastodonFeed("knit", nullptr, day_and_more)); }

Driver resumed(const std::string& value, Time position) {
  const FeedCursor cursor{.feed = "knit", .value = value, .position = position};
  return Driver(MastodonFeed("knit", &cursor, day_and_more));
}

TEST(MastodonFeed, OrdersIdsByValueWhereTheyAreNumbersAndByBytesElsewhere) {
  struct Case {
    std::string less;
    std::string more;
  };
  const std::vector<Case> cases = {
      {"9", "10"},
      {"99999999999999999", "100000000000000000"},
      {"109", "110"},
      {"01M82CBYPZEPRBK5H0Z0YHJ8WE", "01M82CBZ6S8T398MEX43VKJJ8Z"},
      {"9zzzzzzzzz", "Aaaaaaaaaaa"},
      {"0192f5b0-0000", "0192f5b1-0000"},
      {"", "1"},
  };
  for (const Case& each : cases) {
    EXPECT_TRUE(status_id_less(each.less, each.more)) << each.less;
    EXPECT_FALSE(status_id_less(each.more, each.less)) << each.less;
    EXPECT_FALSE(status_id_less(each.less, each.less)) << each.less;
  }
}

TEST(MastodonFeed, ReadsTimesFromSnowflakes) {
  EXPECT_EQ(snowflake_time("103270115826048975"), at("2019-12-08T03:48:33.849Z"));
  EXPECT_EQ(snowflake_id(at("2019-12-08T03:48:33.849Z")), "103270115826008064");
  EXPECT_EQ(snowflake_id(Time(-1s)), "0");
  for (const char* const id : {"", "12345", "01M82CBYPZEPRBK5H0Z0YHJ8WE", "1032701158260489751234",
                               "-10327011582604897", "103270115826048975x"}) {
    EXPECT_EQ(snowflake_time(id), std::nullopt) << id;
  }
}

TEST(MastodonFeed, TellsSnowflakesFromOtherNumbers) {
  EXPECT_TRUE(has_snowflake_ids(page_of({snowflake_row(noon)})));
  // Pushed late: one post is old, the others say what the ids say.
  EXPECT_TRUE(has_snowflake_ids(
      page_of({row(snowflake_id(noon), noon - 1000h), snowflake_row(noon - 1h)})));
  EXPECT_FALSE(has_snowflake_ids(page_of({})));
  EXPECT_FALSE(has_snowflake_ids(page_of({row("20261122", noon)})));
  EXPECT_FALSE(has_snowflake_ids(page_of({row("987654321098765432", noon)})));
  EXPECT_FALSE(has_snowflake_ids(page_of({snowflake_row(noon), row("01M82CBYPZ", noon)})));
}

TEST(MastodonFeed, WalksForwardFromItsCursorUntilAPageIsEmpty) {
  Driver feed = resumed("100;1700000000000000", noon - 1h);
  feed.moment().now = noon;
  EXPECT_EQ(feed.ask(), "limit=40&min_id=100");
  const Batch& first = feed.take(page_of({row("102", noon - 30min), row("101", noon - 40min)}));
  EXPECT_EQ(ids(first), (std::vector<std::string>{"101", "102"}));
  EXPECT_EQ(first.cursors,
            (std::vector<FeedCursor>{{"knit", "102;1700000000000000k", noon - 30min}}));
  EXPECT_FALSE(feed.feed().idle());
  // One row where forty were asked for is not the end.
  EXPECT_EQ(feed.ask(), "limit=40&min_id=102");
  feed.take(page_of({row("103", noon - 1min)}));
  EXPECT_FALSE(feed.feed().idle());
  EXPECT_EQ(feed.ask(), "limit=40&min_id=103");
  feed.moment().clock_right = true;
  const Batch& last = feed.take(page_of({}));
  EXPECT_EQ(last.cursors.at(0).value, "103;1700000000000000k");
  EXPECT_EQ(last.cursors.at(0).position, noon);
}

TEST(MastodonFeed, PositionNeverClaimsTheFuture) {
  Driver feed = resumed("100;0", noon - 1h);
  const Batch& batch = feed.step(page_of({row("101", noon + 1000h)}));
  EXPECT_EQ(batch.cursors.at(0).position, noon);
  EXPECT_EQ(feed.step(page_of({row("102", noon - 1000h)})).cursors.at(0).position, noon);
}

TEST(MastodonFeed, AnEmptyPageFromAStaleCacheProvesNothing) {
  Driver feed = resumed("100;0", noon - 1h);
  feed.moment().stale = true;
  EXPECT_EQ(feed.step(page_of({})).cursors.at(0).position, noon - 1h);
}

TEST(MastodonFeed, StartsAtLookbackWhereIdsCarryTimes) {
  Driver feed = fresh();
  feed.moment().snowflakes = true;
  EXPECT_EQ(feed.ask(), "limit=40&min_id=" + snowflake_id(noon - 24h));
  const Batch& batch = feed.take(page_of({snowflake_row(noon - 23h)}));
  EXPECT_EQ(batch.cursors.at(0).position, noon - 23h);
}

TEST(MastodonFeed, LearnsFromTheFirstPageThatIdsCarryTimes) {
  Driver feed = fresh();
  EXPECT_EQ(feed.ask(), "limit=40");
  feed.moment().snowflakes = true;
  const Batch& batch = feed.take(page_of({snowflake_row(noon - 1h), snowflake_row(noon - 2h)}));
  EXPECT_TRUE(batch.events.empty());
  EXPECT_TRUE(batch.cursors.empty());
  EXPECT_EQ(feed.ask(), "limit=40&min_id=" + snowflake_id(noon - 24h));
}

TEST(MastodonFeed, TakesAFirstPageThatReachesLookbackAsItIs) {
  Driver feed = fresh();
  feed.ask();
  feed.moment().snowflakes = true;
  const Batch& batch = feed.take(page_of({snowflake_row(noon - 1h), snowflake_row(noon - 25h)}));
  EXPECT_EQ(ids(batch), std::vector<std::string>{snowflake_id(noon - 1h)});
  EXPECT_EQ(batch.cursors.at(0).value,
            snowflake_id(noon - 1h) + ";" + std::to_string(to_us(noon)) + "k");
  EXPECT_EQ(feed.ask(), "limit=40&min_id=" + snowflake_id(noon - 1h));
}

TEST(MastodonFeed, WalksBackWhereIdsTellNothingAndSetsTheCursorWhenDone) {
  Driver feed = fresh();
  EXPECT_EQ(feed.ask(), "limit=40");
  const Batch& first = feed.take(page_of({row("f", noon - 1h), row("e", noon - 2h)}));
  EXPECT_EQ(ids(first), (std::vector<std::string>{"e", "f"}));
  EXPECT_TRUE(first.cursors.empty());
  EXPECT_EQ(feed.ask(), "limit=40&max_id=e");
  // An old post among new ones, as when it was pushed late, is left out and does not end the walk.
  const Batch& second = feed.take(page_of({row("d", noon - 90h), row("c", noon - 20h)}));
  EXPECT_EQ(ids(second), std::vector<std::string>{"c"});
  EXPECT_TRUE(second.cursors.empty());
  EXPECT_EQ(feed.ask(), "limit=40&max_id=c");
  const Batch& last = feed.take(page_of({row("b", noon - 25h), row("a", noon - 26h)}));
  EXPECT_TRUE(last.events.empty());
  EXPECT_EQ(last.cursors,
            (std::vector<FeedCursor>{{"knit", "f;" + std::to_string(to_us(noon)) + "k", noon}}));
  EXPECT_EQ(feed.ask(), "limit=40&min_id=f");
}

TEST(MastodonFeed, ATagWithoutPostsIsAskedForAgainFromTheHead) {
  Driver feed = fresh();
  const Batch batch = feed.step(page_of({}));
  EXPECT_TRUE(feed.feed().idle());
  EXPECT_EQ(batch.cursors.at(0).value, ";" + std::to_string(to_us(noon)));
  feed.feed().wake();
  EXPECT_EQ(feed.ask(), "limit=40");
  Driver again = resumed(batch.cursors.at(0).value, noon);
  EXPECT_EQ(again.ask(), "limit=40");
}

TEST(MastodonFeed, APageThatDoesNotAdvanceEndsTheWalkBack) {
  Driver feed = fresh();
  feed.step(page_of({row("f", noon), row("e", noon)}));
  const Batch& again = feed.step(page_of({row("f", noon), row("e", noon)}));
  EXPECT_EQ(again.cursors.size(), 1u);
  EXPECT_EQ(feed.ask(), "limit=40&min_id=f");
}

TEST(MastodonFeed, AWalkWithoutEndIsGivenUp) {
  Driver feed = fresh();
  int pages = 0;
  bool gap = false;
  for (int id = 999'999; !gap && pages < 10'000; --id, ++pages) {
    gap = feed.step(page_of({row("z" + std::to_string(id), noon)})).dropped.contains("gap");
  }
  EXPECT_EQ(pages, 500);
  EXPECT_EQ(feed.ask(), "limit=40&min_id=z999999");
}

TEST(MastodonFeed, AServerThatIgnoresTheCursorIsNotAskedForever) {
  Driver feed = resumed("105;0", noon - 1h);
  feed.moment().now = noon;
  // It answers its first page, whatever it is asked for.
  feed.step(page_of({row("105", noon), row("104", noon)}));
  EXPECT_FALSE(feed.feed().idle());  // a sweep is due
  Driver swept = resumed("105;" + std::to_string(to_us(noon)), noon - 1h);
  swept.step(page_of({row("105", noon), row("104", noon)}));
  EXPECT_TRUE(swept.feed().idle());
}

TEST(MastodonFeed, StartsAgainWhereOtherSoftwareAnswersAtItsAddress) {
  Driver feed = resumed("115591412121600000;" + std::to_string(to_us(noon)), noon - 1h);
  const Batch& batch = feed.step(page_of({row("01M82CBZ6S", noon - 1h)}));
  EXPECT_EQ(batch.dropped.at("gap"), 1);
  ASSERT_EQ(batch.notes.size(), 1u);
  EXPECT_TRUE(batch.cursors.empty());
  EXPECT_EQ(feed.ask(), "limit=40");
  feed.take(page_of({row("01M82CBZ6S", noon - 1h), row("01M82AAAAA", noon - 25h)}));
  feed.step(page_of({}));
  EXPECT_EQ(feed.ask(), "limit=40&min_id=01M82CBZ6S");
}

TEST(MastodonFeed, FurtherBehindThanCatchUpItJumpsAndSaysSo) {
  const std::string value = "100;" + std::to_string(to_us(noon - 80h));
  Driver behind = resumed(value, noon - 73h);
  behind.moment().snowflakes = true;
  EXPECT_EQ(behind.ask(), "limit=40&min_id=" + snowflake_id(noon - 24h));
  EXPECT_EQ(behind.batch().dropped.at("gap"), 1);
  EXPECT_EQ(behind.batch().notes,
            std::vector<std::string>{"#knit: last read at 2026-11-19T11:00:00.000Z, further back "
                                     "than catch_up: going on at 2026-11-21T12:00:00.000Z"});
  Driver within = resumed(value, noon - 72h);
  EXPECT_EQ(within.ask(), "limit=40&min_id=100");
  EXPECT_TRUE(within.batch().notes.empty());
}

TEST(MastodonFeed, WithAClockThatNobodyConfirmsItDoesNotJump) {
  Driver feed = resumed("100;0", noon - 5000h);
  feed.moment().clock_right = false;
  EXPECT_EQ(feed.ask(), "limit=40&min_id=100");
  EXPECT_EQ(feed.take(page_of({})).cursors.at(0).position, noon - 5000h);
  Driver new_tag = fresh();
  new_tag.moment().clock_right = false;
  new_tag.moment().snowflakes = true;
  EXPECT_EQ(new_tag.ask(), "limit=40");
}

TEST(MastodonFeed, SweepsBehindTheCursorInTurnWithForwardPages) {
  Driver feed = resumed(snowflake_id(noon - 1h) + ";" + std::to_string(to_us(noon - 6h)), noon);
  feed.moment().snowflakes = true;
  feed.step(page_of({}));
  EXPECT_FALSE(feed.feed().idle());
  EXPECT_EQ(feed.ask(), "limit=40");
  // A post that the server fetched late stands behind the cursor.
  const Batch& swept = feed.take(page_of({snowflake_row(noon - 1h), snowflake_row(noon - 3h)}));
  EXPECT_EQ(swept.events.size(), 2u);
  EXPECT_TRUE(swept.cursors.empty());
  EXPECT_EQ(feed.ask(), "limit=40&min_id=" + snowflake_id(noon - 1h));
  feed.take(page_of({}));
  EXPECT_FALSE(feed.feed().idle());
  EXPECT_EQ(feed.ask(), "limit=40&max_id=" + snowflake_id(noon - 3h));
  const Batch& done = feed.take(page_of({snowflake_row(noon - 25h)}));
  EXPECT_TRUE(done.events.empty());
  EXPECT_EQ(done.cursors.at(0).value,
            snowflake_id(noon - 1h) + ";" + std::to_string(to_us(noon)) + "k");
  feed.step(page_of({}));
  EXPECT_TRUE(feed.feed().idle());
}

TEST(MastodonFeed, DoesNotSweepBeforeItsTimeNorWhereItIsTurnedOff) {
  const std::string value = "100;" + std::to_string(to_us(noon - 5h));
  Driver early = resumed(value, noon);
  early.step(page_of({}));
  EXPECT_TRUE(early.feed().idle());
  const FeedCursor cursor{.feed = "knit", .value = "100;0", .position = noon};
  Driver off(MastodonFeed("knit", &cursor, {.lookback = 24h, .sweep = 0h, .catch_up = 72h}));
  off.step(page_of({}));
  EXPECT_TRUE(off.feed().idle());
}

TEST(MastodonFeed, KeepsIdsWhateverTheyLookLike) {
  for (const std::string id : {"AbC-dEf_9", "a b&c=d", "0192f5b0-7d3e-7000-8000-000000000000"}) {
    Driver feed = resumed(id + ";0", noon);
    const std::string value = feed.step(page_of({})).cursors.at(0).value;
    Driver again = resumed(value, noon);
    EXPECT_EQ(again.ask(), feed.feed().query());
  }
  EXPECT_EQ(resumed("a b&c;0", noon).ask(), "limit=40&min_id=a%20b%26c");
  EXPECT_EQ(resumed("no-time-at-all", noon).ask(), "limit=40&min_id=no-time-at-all");
}

TEST(MastodonFeed, CountsWhatThePageDropped) {
  Driver feed = resumed("100;0", noon);
  MastodonPage page = page_of({{.id = "101", .created_at = {}, .event = {}}});
  page.dropped["protocol"] = 2;
  const Batch& batch = feed.step(std::move(page));
  EXPECT_EQ(batch.dropped.at("protocol"), 2);
  EXPECT_TRUE(batch.events.empty());
  EXPECT_EQ(batch.cursors.at(0).value, "101;0k");
}

}  // namespace
}  // namespace tagscout
