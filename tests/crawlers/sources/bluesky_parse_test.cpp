#include "crawlers/sources/bluesky_parse.h"

#include <gtest/gtest.h>

#include "crawlers/sources/bluesky_ids.h"
#include "tests/crawlers/sources/bluesky_samples.h"

namespace tagscout {
namespace {

AppViewMoment moment() {
  return {
      .now = parse_time("2026-11-22T12:00:00Z").value(), .stale = false, .bridges = {"brid.gy"}};
}

AccountSighting profile_of(const JsonFields& changes, const AppViewMoment& when = moment()) {
  return parse_profile(sample_profile(anna, changes), when).value();
}

OptOuts wishes_of(const std::string& labels) { return profile_of({{"labels", labels}}).opt_outs; }

OptOuts only(OptOut bit) {
  OptOuts set;
  set.set(bit);
  return set;
}

TEST(BlueskyParse, ReadsAProfile) {
  AccountSighting want;
  want.id = AccountId("bluesky:" + anna);
  want.handle = "anna.example";
  want.display_name = "Anna";
  want.url = "https://bsky.app/profile/" + anna;
  want.counts = {.followers = 10345, .following = 120, .posts = 980};
  want.provenance = Provenance::origin;
  EXPECT_EQ(profile_of({}), want);
}

TEST(BlueskyParse, KnowsWhatItIsNotTold) {
  const AccountSighting bare =
      parse_profile(json_object({{"did", json_string(anna)}, {"handle", "\"handle.invalid\""}}),
                    moment())
          .value();
  EXPECT_EQ(bare.handle, "");
  EXPECT_EQ(bare.counts, Counts());
  EXPECT_EQ(bare.bot, std::nullopt);
  EXPECT_EQ(bare.discoverable, std::nullopt);
  EXPECT_EQ(profile_of({{"followersCount", "-1"}}).counts.followers, std::nullopt);
  EXPECT_EQ(profile_of({{"followersCount", "3000000000"}}).counts.followers, 3'000'000'000);
}

TEST(BlueskyParse, AnAnswerFromAStaleCacheIsForeign) {
  AppViewMoment stale = moment();
  stale.stale = true;
  EXPECT_EQ(profile_of({}, stale).provenance, Provenance::foreign);
  const auto posts = parse_posts(R"({"posts":[)" + sample_post_view(anna, "3m") + "]}", stale);
  EXPECT_EQ(posts->at(post_uri(anna, "3m"))->provenance, Provenance::foreign);
}

TEST(Pitfall22, AZeroIsHandedOverAsAZero) {
  // What a sudden 0 means, only the readings before it can tell.
  EXPECT_EQ(profile_of({{"followersCount", "0"}}).counts.followers, 0);
  EXPECT_EQ(profile_of({{"followersCount", ""}}).counts.followers, std::nullopt);
}

TEST(BlueskyParse, OfLabelsTheNewestDecides) {
  struct Case {
    std::string labels;
    OptOuts want;
  };
  const std::string wish = "!no-unauthenticated";
  const JsonFields later{{"cts", "\"2026-06-01T00:00:00Z\""}};
  const JsonFields taken_back{{"cts", "\"2026-06-01T00:00:00Z\""}, {"neg", "true"}};
  const JsonFields elsewhere{
      {"src", json_string(bela)}, {"neg", "true"}, {"cts", "\"2026-06-01T00:00:00Z\""}};
  const std::vector<Case> cases = {
      {"[]", {}},
      {"null", {}},
      {json_array({sample_label(wish)}), only(OptOut::no_unauth)},
      {json_array({sample_label("!hide")}), only(OptOut::label_hide)},
      {json_array({sample_label("!takedown")}), only(OptOut::label_hide)},
      {json_array({sample_label("spam"), sample_label("porn")}), {}},
      {json_array({sample_label(wish), sample_label(wish, taken_back)}), {}},
      {json_array({sample_label(wish, taken_back), sample_label(wish)}), {}},
      {json_array({sample_label(wish, {{"neg", "true"}}), sample_label(wish, later)}),
       only(OptOut::no_unauth)},
      {json_array({sample_label(wish), sample_label(wish, elsewhere)}), only(OptOut::no_unauth)},
      {json_array({sample_label(wish), sample_label("!hide", taken_back)}),
       only(OptOut::no_unauth)},
      {json_array({sample_label(wish, {{"exp", "\"2026-11-22T11:59:59Z\""}})}), {}},
      {json_array({sample_label(wish, {{"exp", "\"2026-11-22T12:00:01Z\""}})}),
       only(OptOut::no_unauth)},
      {json_array({sample_label(wish, {{"neg", "true"}}), sample_label(wish)}),
       only(OptOut::no_unauth)},
      {json_array({sample_label(wish, {{"cts", "\"who knows\""}})}), only(OptOut::no_unauth)},
  };
  for (const Case& each : cases) EXPECT_EQ(wishes_of(each.labels), each.want) << each.labels;
}

TEST(BlueskyParse, ReadsBotsBridgesAndBios) {
  EXPECT_EQ(profile_of({{"labels", json_array({sample_label("bot")})}}).bot, true);
  EXPECT_TRUE(profile_of({{"handle", "\"ada.home.example.ap.brid.gy\""}}).bridged);
  EXPECT_FALSE(profile_of({{"handle", "\"notbrid.gy\""}}).bridged);
  EXPECT_EQ(profile_of({{"description", "\"I sew. #NoBot\""}}).opt_outs, only(OptOut::nobot_tag));
}

TEST(BlueskyParse, FindsRowsByNameNotByPlace) {
  const auto rows = parse_profiles(
      R"({"profiles":[)" + sample_profile(bela) + "," + sample_profile(anna) + "]}", moment());
  EXPECT_EQ(rows->size(), 2u);
  EXPECT_EQ(rows->at(anna)->id.native(), anna);
  EXPECT_EQ(rows->at(bela)->id.native(), bela);
  EXPECT_FALSE(rows->contains(carl));
}

TEST(BlueskyParse, ABadRowCostsTheOthersNothing) {
  const std::vector<JsonFields> broken = {{{"handle", ""}},
                                          {{"handle", "7"}},
                                          {{"followersCount", "9007199254740992"}},
                                          {{"labels", "{}"}},
                                          {{"labels", "[{}]"}}};
  for (const JsonFields& changes : broken) {
    const auto rows = parse_profiles(
        R"({"profiles":[)" + sample_profile(anna, changes) + "," + sample_profile(bela) + "]}",
        moment());
    ASSERT_TRUE(rows) << json_object(changes);
    EXPECT_FALSE(rows->at(anna)) << json_object(changes);
    EXPECT_TRUE(rows->at(bela));
  }
}

TEST(BlueskyParse, ReadsAPostAgain) {
  const auto rows =
      parse_posts(R"({"posts":[)" + sample_post_view(anna, "3mpost000001") + "]}", moment());
  PostSighting want;
  want.id = PostId("bluesky:" + post_uri(anna, "3mpost000001"));
  want.author.id = AccountId("bluesky:" + anna);
  want.author.handle = "anna.example";
  want.author.bare = true;
  want.url = "https://bsky.app/profile/" + anna + "/post/3mpost000001";
  want.created_at = parse_time("2026-11-22T11:58:59.500Z").value();
  want.language = "en";
  want.counts = Engagement{.likes = 3, .reposts = 2, .replies = 1, .quotes = 4, .views = {}};
  want.provenance = Provenance::origin;
  want.reread = true;
  EXPECT_EQ(rows->at(post_uri(anna, "3mpost000001")).value(), want);
}

TEST(BlueskyParse, CountsThatAreNotThereAreUnknown) {
  const auto rows = parse_posts(
      R"({"posts":[)" + sample_post_view(anna, "3m", {{"likeCount", ""}, {"quoteCount", "null"}}) +
          "]}",
      moment());
  EXPECT_EQ(rows->at(post_uri(anna, "3m"))->counts,
            (Engagement{.likes = {}, .reposts = 2, .replies = 1, .quotes = {}, .views = {}}));
}

TEST(Pitfall21, AnAuthorWhoDoesNotWantToBeShownIsHandedOverAsSuch) {
  const std::string author =
      json_object({{"did", json_string(anna)},
                   {"handle", "\"anna.example\""},
                   {"labels", json_array({sample_label("!no-unauthenticated")})}});
  const auto rows = parse_posts(
      R"({"posts":[)" + sample_post_view(anna, "3m", {{"author", author}}) + "]}", moment());
  const AccountSighting& seen = rows->at(post_uri(anna, "3m"))->author;
  EXPECT_TRUE(seen.opt_outs.has(OptOut::no_unauth));
  EXPECT_FALSE(seen.bare);
  EXPECT_EQ(seen.provenance, Provenance::origin);
  EXPECT_EQ(seen.counts, Counts());
}

TEST(BlueskyParse, APostOfSomebodyElseIsNotThePost) {
  const std::string author = json_object({{"did", json_string(bela)}, {"handle", "\"b.example\""}});
  const std::vector<JsonFields> broken = {
      {{"author", author}},
      {{"author", ""}},
      {{"record", ""}},
      {{"record", sample_record("[]", {{"createdAt", "\"soon\""}})}},
      {{"likeCount", "1e20"}},
      {{"uri", json_string("at://" + anna + "/app.bsky.feed.repost/3m")}},
      {{"uri", json_string("at://anna.example/app.bsky.feed.post/3m")}}};
  for (const JsonFields& changes : broken) {
    const auto rows =
        parse_posts(R"({"posts":[)" + sample_post_view(anna, "3m", changes) + "]}", moment());
    ASSERT_EQ(rows->size(), 1u) << json_object(changes);
    EXPECT_FALSE(rows->begin()->second) << json_object(changes);
  }
}

TEST(BlueskyParse, RefusesAnswersThatAreSomethingElse) {
  for (const char* const body : {"", "{}", "[]", "null", R"({"posts":{},"profiles":{}})",
                                 R"({"error":"InvalidRequest","message":"x"})", "<html>", "{\"p"}) {
    EXPECT_FALSE(parse_profiles(body, moment())) << body;
    EXPECT_FALSE(parse_profile(body, moment())) << body;
    EXPECT_FALSE(parse_posts(body, moment())) << body;
  }
  EXPECT_TRUE(parse_posts(R"({"posts":[]})", moment())->empty());
}

TEST(BlueskyParse, ErrorsAreWhatTheirBodyNames) {
  struct Case {
    ErrorKind kind;
    std::string body;
    ErrorKind want;
    std::optional<GoneReason> gone;
  };
  const auto bad = ErrorKind::bad_request;
  const auto not_found = ErrorKind::not_found;
  const std::vector<Case> cases = {
      {bad, R"({"error":"InvalidRequest","message":"Profile not found"})", not_found, {}},
      {bad, R"({"error":"InvalidRequest","message":"Actor not found: x.example"})", not_found, {}},
      {bad, R"({"error":"NotFound","message":"Post not found: at://x"})", not_found, {}},
      {bad, R"({"error":"InvalidRequest","message":"array too big"})", bad, {}},
      {bad, R"({"error":"AccountDeactivated","message":"Account is deactivated"})", not_found,
       GoneReason::deactivated},
      {bad, R"({"error":"AccountTakedown","message":"Account has been suspended"})", not_found,
       GoneReason::suspended},
      {bad, R"({"error":"ExpiredToken","message":"Token has expired"})", ErrorKind::auth, {}},
      {bad, R"({"error":"BlockedByActor","message":"x"})", ErrorKind::forbidden, {}},
      {ErrorKind::transient, R"({"error":"MethodNotImplemented","message":"x"})", bad, {}},
      {ErrorKind::rate_limited, R"({"error":"RateLimitExceeded"})", ErrorKind::rate_limited, {}},
      {ErrorKind::transient, R"({"error":"InternalServerError"})", ErrorKind::transient, {}},
      {bad, R"({"error":"SomethingNew","message":"Profile not found"})", bad, {}},
      {ErrorKind::forbidden,
       "<html>Request forbidden by administrative rules.</html>",
       ErrorKind::forbidden,
       {}},
      {bad, "", bad, {}},
      {bad, "[]", bad, {}},
      {bad, R"({"error":{"code":1}})", bad, {}},
  };
  for (const Case& each : cases) {
    Error error(each.kind, "detail");
    error.body = each.body;
    EXPECT_EQ(xrpc_error(error).kind, each.want) << each.body;
    EXPECT_EQ(xrpc_gone_reason(error), each.gone) << each.body;
  }
}

TEST(BlueskyIds, FollowTheNetworksGrammar) {
  for (const char* const did :
       {"did:plc:abc", "did:web:dora.example", "did:web:a%3A80", "did:a:_"}) {
    EXPECT_TRUE(is_did(did)) << did;
  }
  for (const char* const did :
       {"", "did", "did:", "did:plc", "did:plc:", "did::x", "DID:plc:x", "did:PLC:x", "did:plc:a b",
        "did:plc:a/b", "did:plc:a:", "did:plc:é", "did:plc:x%", "anna.example"}) {
    EXPECT_FALSE(is_did(did)) << did;
  }
  EXPECT_FALSE(is_did("did:plc:" + std::string(3000, 'x')));
  for (const char* const key : {"3m", "self", "a.b_c~d:e-f"})
    EXPECT_TRUE(is_record_key(key)) << key;
  for (const char* const key : {"", ".", "..", "a/b", "a b", "a?b", "é"}) {
    EXPECT_FALSE(is_record_key(key)) << key;
  }
  EXPECT_FALSE(is_record_key(std::string(513, 'x')));
  EXPECT_EQ(parse_post_address(post_uri(anna, "3m"))->record_key, "3m");
  for (const std::string& uri :
       {std::string("at://"), "at://" + anna, "at://" + anna + "/app.bsky.feed.post",
        "at://" + anna + "/app.bsky.feed.post/", "at://" + anna + "/app.bsky.feed.like/3m",
        "at://" + anna + "/app.bsky.feed.post/3m/4",
        "https://" + anna + "/app.bsky.feed.post/3m"}) {
    EXPECT_FALSE(parse_post_address(uri)) << uri;
  }
}

}  // namespace
}  // namespace tagscout
