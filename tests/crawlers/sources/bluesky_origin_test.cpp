#include "crawlers/sources/bluesky_origin.h"

#include <gtest/gtest.h>

#include "tests/crawlers/source_bench.h"
#include "tests/crawlers/sources/bluesky_samples.h"

namespace tagscout {
namespace {

const std::string xrpc = "https://view.example/xrpc/";

std::string actor(const std::string& did) {
  std::string text = did;
  for (size_t at = text.find(':'); at != std::string::npos; at = text.find(':')) {
    text.replace(at, 1, "%3A");
  }
  return text;
}

AccountTarget account(const std::string& did) {
  return AccountTarget(AccountId("bluesky:" + did), "", "");
}

PostTarget post(const std::string& did, const std::string& record_key) {
  return PostTarget(PostId("bluesky:" + post_uri(did, record_key)), AccountId("bluesky:" + did));
}

class BlueskyOriginTest : public testing::Test {
 protected:
  void SetUp() override {
    section.name = "sky";
    section.appview = "https://view.example";
  }

  Result<Batch> read(std::vector<AccountTarget> targets) {
    BlueskyOrigin origin({section}, bench.tools());
    return bench.run(origin.read_accounts("bluesky", std::move(targets)));
  }
  Result<Batch> read(std::vector<PostTarget> targets) {
    BlueskyOrigin origin({section}, bench.tools());
    return bench.run(origin.read_posts("bluesky", std::move(targets)));
  }
  void answer_profiles(const std::string& profiles) {
    bench.http.otherwise([=](const HttpRequest& request) -> Result<HttpResponse> {
      if (request.url.find("getProfiles") == std::string::npos) {
        return FakeHttp::status(400, R"({"error":"InvalidRequest","message":"Profile not found"})");
      }
      return dated_json(R"({"profiles":)" + profiles + "}");
    });
  }
  void answer_profile(const std::string& did, HttpResponse response) {
    bench.http.answer(xrpc + "app.bsky.actor.getProfile?actor=" + actor(did), std::move(response));
  }

  SourceBench bench;
  SourceSection section;
};

TEST_F(BlueskyOriginTest, AsksForManyAtOnceAndFindsThemByDid) {
  answer_profiles(
      json_array({sample_profile(bela, {{"followersCount", "7"}}), sample_profile(anna)}));
  const Batch batch = read({account(anna), account(bela)}).value();
  EXPECT_EQ(bench.http.urls(),
            std::vector<std::string>{xrpc + "app.bsky.actor.getProfiles?actors=" + actor(anna) +
                                     "&actors=" + actor(bela)});
  EXPECT_EQ(batch.source, "sky");
  EXPECT_TRUE(batch.clock_right);
  const auto sightings = events_of<AccountSighting>(batch);
  ASSERT_EQ(sightings.size(), 2u);
  EXPECT_EQ(sightings[0].counts.followers, 10345);
  EXPECT_EQ(sightings[1].counts.followers, 7);
}

TEST_F(BlueskyOriginTest, AsksSinglyWhyOneIsMissing) {
  struct Case {
    HttpResponse answer;
    Event want;
  };
  const AccountId id("bluesky:" + carl);
  const std::vector<Case> cases = {
      {FakeHttp::status(400, R"({"error":"AccountDeactivated","message":"x"})"),
       AccountGone{id, GoneReason::deactivated}},
      {FakeHttp::status(400, R"({"error":"AccountTakedown","message":"x"})"),
       AccountGone{id, GoneReason::suspended}},
      {FakeHttp::status(400, R"({"error":"InvalidRequest","message":"Profile not found"})"),
       AccountMissing{id}},
      {dated_json(sample_profile(bela)),
       AccountUnreadable{id, "the AppView answers for another account", false}},
  };
  for (const Case& each : cases) {
    bench.http = FakeHttp();
    answer_profiles(json_array({sample_profile(anna)}));
    answer_profile(carl, each.answer);
    const Batch batch = read({account(carl), account(anna)}).value();
    ASSERT_EQ(batch.events.size(), 2u);
    EXPECT_EQ(batch.events[0], each.want) << each.answer.body;
    EXPECT_TRUE(std::holds_alternative<AccountSighting>(batch.events[1]));
  }
  answer_profile(bela, dated_json(sample_profile(bela)));
  EXPECT_EQ(events_of<AccountSighting>(read({account(bela)}).value()).size(), 1u);
}

TEST_F(BlueskyOriginTest, AFailureHalfwayLeavesTheRestUnread) {
  answer_profiles(json_array({sample_profile(anna)}));
  answer_profile(bela, FakeHttp::status(503, "<html>"));
  const Batch batch = read({account(bela), account(anna), account(carl)}).value();
  ASSERT_EQ(batch.events.size(), 3u);
  EXPECT_TRUE(std::holds_alternative<AccountUnreadable>(batch.events[0]));
  EXPECT_TRUE(std::holds_alternative<AccountSighting>(batch.events[1]));
  EXPECT_TRUE(std::holds_alternative<AccountUnreadable>(batch.events[2]));
  EXPECT_EQ(bench.http.urls().size(), 2u);
}

TEST_F(BlueskyOriginTest, ARowThatCannotBeReadIsUnreadable) {
  answer_profiles(json_array({sample_profile(anna, {{"followersCount", "\"many\""}})}));
  const Batch batch = read({account(anna)}).value();
  EXPECT_EQ(batch.events.at(0), Event(AccountUnreadable{AccountId("bluesky:" + anna),
                                                        "$.profiles[0].followersCount: is not a "
                                                        "count",
                                                        false}));
}

TEST_F(BlueskyOriginTest, ReadsPostsAndNamesThoseThatAreMissing) {
  bench.http.answer(
      xrpc + "app.bsky.feed.getPosts?uris=at%3A%2F%2F" + actor(anna) +
          "%2Fapp.bsky.feed.post%2F3m&uris=at%3A%2F%2F" + actor(bela) +
          "%2Fapp.bsky.feed.post%2F3n&uris=at%3A%2F%2F" + actor(carl) +
          "%2Fapp.bsky.feed.post%2F3o",
      dated_json(R"({"posts":[)" + sample_post_view(carl, "3o", {{"likeCount", "[]"}}) + "," +
                 sample_post_view(anna, "3m") + "]}"));
  const Batch batch = read({post(anna, "3m"), post(bela, "3n"), post(carl, "3o")}).value();
  ASSERT_EQ(batch.events.size(), 3u);
  EXPECT_EQ(std::get<PostSighting>(batch.events[0]).counts->likes, 3);
  EXPECT_EQ(std::get<PostSighting>(batch.events[0]).tags, std::nullopt);
  EXPECT_EQ(batch.events[1], Event(PostMissing{PostId("bluesky:" + post_uri(bela, "3n")),
                                               AccountId("bluesky:" + bela)}));
  EXPECT_TRUE(std::holds_alternative<PostUnreadable>(batch.events[2]));
}

TEST_F(BlueskyOriginTest, FailuresOfTheAppViewAreErrors) {
  struct Case {
    HttpResponse answer;
    ErrorKind want;
  };
  const std::vector<Case> cases = {
      {FakeHttp::status(503, "<html>"), ErrorKind::transient},
      {FakeHttp::status(403, "<html>forbidden</html>"), ErrorKind::forbidden},
      {FakeHttp::status(429, R"({"error":"RateLimitExceeded","message":"x"})",
                        {{"Retry-After", "30"}}),
       ErrorKind::rate_limited},
      {FakeHttp::status(400, R"({"error":"ExpiredToken","message":"x"})"), ErrorKind::auth},
      {FakeHttp::json("{\"profiles\":["), ErrorKind::protocol},
      {FakeHttp::json("{}"), ErrorKind::protocol},
  };
  for (const Case& each : cases) {
    SourceBench other;
    other.http.otherwise([&](const HttpRequest&) { return each.answer; });
    BlueskyOrigin origin({section}, other.tools());
    std::vector<AccountTarget> accounts{account(anna)};
    std::vector<PostTarget> posts{post(anna, "3m")};
    EXPECT_EQ(other.run(origin.read_accounts("bluesky", accounts)).error().kind, each.want)
        << each.answer.body;
    EXPECT_EQ(other.run(origin.read_posts("bluesky", posts)).error().kind, each.want)
        << each.answer.body;
  }
}

TEST_F(BlueskyOriginTest, WithoutASourceThereIsNobodyToAsk) {
  BlueskyOrigin origin({}, bench.tools());
  std::vector<AccountTarget> accounts{account(anna)};
  EXPECT_EQ(bench.run(origin.read_accounts("bluesky", accounts)).error().kind,
            ErrorKind::forbidden);
  EXPECT_TRUE(bench.http.requests().empty());
}

}  // namespace
}  // namespace tagscout
