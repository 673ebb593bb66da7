#include "crawlers/sources/bluesky_stream.h"

#include <gtest/gtest.h>

#include "tests/crawlers/sources/bluesky_samples.h"

namespace tagscout {
namespace {

std::vector<Event> read(const std::string& frame) {
  JetstreamReader reader(WatchedTags({"slowfashion", "über"}));
  std::vector<Event> events;
  const Result<int64_t> time_us = reader.read(frame, events);
  EXPECT_TRUE(time_us) << frame << " " << time_us.error().detail;
  EXPECT_EQ(*time_us, stream_us);
  return events;
}

PostSighting read_post(const std::string& frame) {
  const std::vector<Event> events = read(frame);
  EXPECT_EQ(events.size(), 1u) << frame;
  return std::get<PostSighting>(events.at(0));
}

std::string frame_with(const std::string& kind, const std::string& content) {
  return json_object({{"did", json_string(carl)},
                      {"time_us", std::to_string(stream_us)},
                      {"kind", json_string(kind)},
                      {kind, content}});
}

const AccountId carl_id("bluesky:" + carl);

TEST(JetstreamReader, ReadsANewPostWithAWatchedTag) {
  PostSighting want;
  want.id = PostId("bluesky:" + post_uri(anna, "3mpost000001"));
  want.author.id = AccountId("bluesky:" + anna);
  want.author.bare = true;
  want.url = "https://bsky.app/profile/" + anna + "/post/3mpost000001";
  want.created_at = parse_time("2026-11-22T11:58:59.500Z").value();
  want.language = "en";
  want.tags = std::vector<std::string>{"slowfashion"};
  want.provenance = Provenance::origin;
  want.rev = "3mrev0000000001";
  EXPECT_EQ(read_post(post_frame("SlowFashion")), want);
}

TEST(JetstreamReader, DropsNewPostsWithoutAWatchedTag) {
  const std::string text_only = sample_record("", {{"text", "\"#slowfashion\""}});
  for (const std::string& frame :
       {post_frame("fastfashion"), post_frame("slow"), commit_frame({{"record", text_only}}),
        commit_frame({{"record", sample_record("[]", {{"tags", "[]"}})}}),
        // Bluesky folds nothing.
        post_frame("uber"),
        commit_frame({{"collection", "\"app.bsky.feed.like\""}, {"record", "{}"}}),
        commit_frame({{"operation", "\"purge\""}, {"record", "{}"}})}) {
    EXPECT_TRUE(read(frame).empty()) << frame;
  }
}

TEST(JetstreamReader, ReadsTagsOfTheTextAndBesideIt) {
  const std::string record =
      sample_record(json_array({tag_facet("Knit"),
                                R"({"features":[{"$type":"app.bsky.richtext.facet#link",)"
                                R"("uri":"https://x.example"},{"$type":"a#b","tag":7}]})",
                                tag_facet("KNIT")}),
                    {{"tags", R"(["two words","ＳlowFashion","","#knit"])"}});
  EXPECT_EQ(read_post(commit_frame({{"record", record}})).tags,
            (std::vector<std::string>{"knit", "two words", "slowfashion"}));
}

TEST(Pitfall26, DoubleHashesOfFacetsAreTagsAndCashtagsStayApart) {
  EXPECT_EQ(read_post(post_frame("#slowfashion")).tags, std::vector<std::string>{"slowfashion"});
  EXPECT_EQ(read_post(post_frame("＃SlowFashion")).tags, std::vector<std::string>{"slowfashion"});
  EXPECT_TRUE(read(post_frame("$slowfashion")).empty());
}

TEST(Pitfall25, ADeclaredTimeIsHandedOverAsDeclared) {
  for (const char* const time : {"1970-01-01T00:00:00Z", "2999-01-01T00:00:00.000Z"}) {
    const std::string record =
        sample_record(json_array({tag_facet("slowfashion")}), {{"createdAt", json_string(time)}});
    EXPECT_EQ(read_post(commit_frame({{"record", record}})).created_at, parse_time(time));
  }
}

TEST(Pitfall24, TheSameEventOfTwoHostsIsTheSame) {
  const std::string other = post_frame("slowfashion", {{"cursor", "17"}});
  EXPECT_EQ(read(post_frame("slowfashion")), read(other));
}

TEST(JetstreamReader, HandsOverEveryChangeAndDeletionOfAPost) {
  const std::string record = sample_record(json_array({tag_facet("other")}));
  const PostSighting changed =
      read_post(commit_frame({{"operation", "\"update\""}, {"record", record}}));
  EXPECT_EQ(changed.tags, std::vector<std::string>{"other"});
  EXPECT_EQ(changed.rev, "3mrev0000000001");
  EXPECT_EQ(read(commit_frame({{"operation", "\"delete\""}, {"cid", ""}})),
            std::vector<Event>(1, PostDeleted{PostId("bluesky:" + post_uri(anna, "3mpost000001")),
                                              AccountId("bluesky:" + anna), "3mrev0000000001"}));
}

TEST(JetstreamReader, ReadsFollowsAsHints) {
  const JsonFields follow{{"collection", "\"app.bsky.graph.follow\""},
                          {"record", json_object({{"subject", json_string(carl)}})}};
  EXPECT_EQ(read(commit_frame(follow)), std::vector<Event>(1, FollowHint{carl_id, 1}));
  // Whom somebody no longer follows is not said.
  EXPECT_TRUE(
      read(commit_frame({{"collection", "\"app.bsky.graph.follow\""}, {"operation", "\"delete\""}}))
          .empty());
}

TEST(JetstreamReader, ReadsTheStateOfAccounts) {
  struct Case {
    std::string account;
    Event want;
  };
  const std::vector<Case> cases = {
      {R"({"active":true})", AccountActive{carl_id}},
      {R"({"active":true,"time":"2026-11-22T10:00:00.011Z"})",
       AccountActive{carl_id, parse_time("2026-11-22T10:00:00.011Z").value()}},
      {R"({"active":false,"time":"2026-11-22T10:00:00.011Z"})",
       AccountGone{carl_id, GoneReason::deactivated,
                   parse_time("2026-11-22T10:00:00.011Z").value()}},
      {R"({"active":false,"time":"yesterday"})", AccountGone{carl_id, GoneReason::deactivated}},
      {R"({"active":true,"status":"deleted"})", AccountActive{carl_id}},
      {R"({"active":false,"status":"deleted"})", AccountGone{carl_id, GoneReason::deleted}},
      {R"({"active":false,"status":"deactivated"})", AccountGone{carl_id, GoneReason::deactivated}},
      {R"({"active":false,"status":"suspended"})", AccountGone{carl_id, GoneReason::suspended}},
      {R"({"active":false,"status":"takendown"})", AccountGone{carl_id, GoneReason::suspended}},
      {R"({"active":false,"status":"throttled"})", AccountGone{carl_id, GoneReason::deactivated}},
      {R"({"active":false})", AccountGone{carl_id, GoneReason::deactivated}},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(read(frame_with("account", each.account)), std::vector<Event>{each.want})
        << each.account;
  }
}

TEST(Pitfall36, ANewHandleIsTheSameAccounts) {
  EXPECT_EQ(read(frame_with("identity", R"({"handle":"carl.example","seq":9})")),
            std::vector<Event>(1, HandleChanged{carl_id, "carl.example"}));
  EXPECT_TRUE(read(frame_with("identity", R"({"seq":9})")).empty());
  EXPECT_TRUE(read(frame_with("identity", R"({"handle":"handle.invalid"})")).empty());
}

TEST(JetstreamReader, IgnoresWhatItDoesNotKnow) {
  EXPECT_TRUE(read(frame_with("sync", "{}")).empty());
  EXPECT_TRUE(read(frame_with("weather", "[1]")).empty());
  JetstreamReader reader{WatchedTags()};
  std::vector<Event> events;
  EXPECT_EQ(reader.read(R"({"kind":"info"})", events).value(), 0);
}

TEST(JetstreamReader, RefusesFramesThatItCannotReadAndHandsOverNothingOfThem) {
  const std::string tagged = json_array({tag_facet("slowfashion")});
  const std::vector<std::string> bad = {
      "",
      "{}",
      "[]",
      "null",
      "not json",
      R"({"kind":7})",
      R"({"kind":"commit"})",
      R"({"kind":"commit","time_us":1})",
      commit_frame({}, {{"time_us", ""}}),
      commit_frame({}, {{"time_us", "\"now\""}}),
      commit_frame({}, {{"time_us", "0"}}),
      commit_frame({}, {{"time_us", "-5"}}),
      commit_frame({}, {{"commit", "[]"}}),
      commit_frame({{"collection", ""}}),
      commit_frame({{"operation", ""}}),
      post_frame("slowfashion", {{"did", "\"anna\""}}),
      post_frame("slowfashion", {{"did", ""}}),
      commit_frame({{"record", sample_record(tagged)}, {"rkey", "\"a/b\""}}),
      commit_frame({{"record", sample_record(tagged)}, {"rkey", ""}}),
      commit_frame({{"record", sample_record(tagged)}, {"rev", ""}}),
      commit_frame({{"record", sample_record(tagged, {{"createdAt", ""}})}}),
      commit_frame({{"record", sample_record(tagged, {{"createdAt", "\"soon\""}})}}),
      commit_frame({{"record", sample_record(tagged, {{"langs", "\"en\""}})}}),
      commit_frame({{"record", sample_record("{}")}}),
      commit_frame({{"record", sample_record(R"([{"features":{}}])")}}),
      commit_frame({{"record", sample_record("[]", {{"tags", "[1]"}})}}),
      commit_frame({{"record", "[]"}}),
      commit_frame({{"operation", "\"update\""}}),
      commit_frame({{"collection", "\"app.bsky.graph.follow\""}, {"record", "{}"}}),
      commit_frame(
          {{"collection", "\"app.bsky.graph.follow\""}, {"record", R"({"subject":"carl"})"}}),
      frame_with("account", "{}"),
      frame_with("account", R"({"active":"no"})"),
      frame_with("identity", "[]"),
      frame_with("identity", "null"),
  };
  JetstreamReader reader(WatchedTags({"slowfashion"}));
  for (const std::string& frame : bad) {
    std::vector<Event> events{AccountActive{}};
    const Result<int64_t> time_us = reader.read(frame, events);
    ASSERT_FALSE(time_us) << frame;
    EXPECT_EQ(time_us.error().kind, ErrorKind::protocol);
    EXPECT_EQ(events, std::vector<Event>{AccountActive{}}) << frame;
  }
}

TEST(JetstreamReader, SurvivesAFrameWithVeryManyTags) {
  std::string tags = "[\"slowfashion\"";
  for (int i = 0; i < 20'000; ++i) tags += ",\"t" + std::to_string(i) + "\"";
  const std::string record = sample_record("", {{"tags", tags + "]"}});
  EXPECT_EQ(read_post(commit_frame({{"record", record}})).tags->size(), post_tags_max);
}

}  // namespace
}  // namespace tagscout
