#include <gtest/gtest.h>

#include <set>

#include "tests/crawlers/sources/mastodon_samples.h"
#include "tests/crawlers/sources/mastodon_source_fixture.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;

using MastodonSourceTest = MastodonSourceFixture;
using Pitfall01 = MastodonSourceTest;
using Pitfall03 = MastodonSourceTest;
using Pitfall05 = MastodonSourceTest;
using Pitfall16 = MastodonSourceTest;

TEST_F(MastodonSourceTest, TellsOnceWhichFeedsItReads) {
  setup.tags = {"knit", "linen"};
  const std::unique_ptr<MastodonSource> source = make();
  EXPECT_EQ(next(*source).value().feeds, (std::vector<std::string>{"knit", "linen"}));
  EXPECT_FALSE(next(*source).value().feeds.has_value());
}

TEST_F(Pitfall01, PagesForwardWithoutGapsOldestFirstUntilAPageIsEmpty) {
  std::vector<std::string> want;
  for (int i = 0; i < 95; ++i) {
    const Time time = noon - 10h + i * 1min;
    server.add("knit", snowflake_id(time), time);
    want.push_back("ap:https://home.example/users/ada/statuses/" + snowflake_id(time));
  }
  remember("knit", snowflake_id(noon - 11h));
  const auto source = make();
  const std::vector<Batch> batches = drain(*source);
  EXPECT_EQ(ids(batches), want);
  EXPECT_EQ(batches.size(), 4u);
  for (const std::string& url : timeline_urls()) {
    EXPECT_TRUE(url_parameter(url, "min_id")) << url;
    EXPECT_FALSE(url_parameter(url, "since_id")) << url;
    EXPECT_EQ(url_parameter(url, "limit"), "40");
  }
}

TEST_F(Pitfall01, NewPostsBetweenTwoPagesAreNotMissed) {
  std::set<std::string> want;
  const auto add = [&](Time time) {
    server.add("knit", snowflake_id(time), time);
    want.insert("ap:https://home.example/users/ada/statuses/" + snowflake_id(time));
  };
  for (int i = 0; i < 60; ++i) add(noon - 2h + i * 1s);
  remember("knit", snowflake_id(noon - 3h));
  const auto source = make();
  std::vector<Batch> batches{next(*source).value()};
  for (int i = 0; i < 60; ++i) add(noon - 1h + i * 1s);
  for (const Batch& batch : drain(*source)) batches.push_back(batch);
  const std::vector<std::string> got = ids(batches);
  EXPECT_EQ(std::set<std::string>(got.begin(), got.end()), want);
  EXPECT_EQ(got.size(), want.size());
}

TEST_F(Pitfall03, UrlsAreBuiltByHandAndLinksNeverFollowed) {
  for (int i = 0; i < 50; ++i) {
    server.add("knit", snowflake_id(noon - 1h + i * 1s), noon - 1h + i * 1s);
  }
  bench.http.answer(home_server + "/api/v2/instance", dated_json(R"({"domain":"home.example",
    "configuration":{"timelines_access":{"hashtag_feeds":
      {"local":"public","remote":"authenticated"}}}})"));
  remember("knit", snowflake_id(noon - 2h));
  const auto source = make();
  EXPECT_EQ(ids(drain(*source)).size(), 50u);
  for (const std::string& url : timeline_urls()) {
    EXPECT_TRUE(url.starts_with(home_server)) << url;
    EXPECT_EQ(url_parameter(url, "local"), "true") << url;
  }
}

TEST_F(Pitfall05, AnEmptyOrUnknownTagIsNoErrorAndTheSamePostFromElsewhereIsTheSamePost) {
  setup.tags = {"knit", "unknown"};
  const std::string uri = "https://away.example/users/bruno/statuses/9";
  server.add("knit", snowflake_id(noon - 1h), noon - 1h, uri);
  bench.http.answer(home_server + "/api/v1/timelines/tag/unknown?limit=40",
                    FakeHttp::status(404, R"({"error":"tag was not found"})"));
  const auto source = make();
  const std::vector<Batch> batches = drain(*source);
  EXPECT_TRUE(batches.back().caught_up);
  EXPECT_EQ(ids(batches), std::vector<std::string>{"ap:" + uri});
  TimelineServer other("https://away.example");
  other.add("knit", "5", noon - 1h, uri);
  bench.http.otherwise([&](const HttpRequest& request) { return other.answer(request); });
  setup.section.url = "https://away.example";
  setup.cursors.clear();
  const auto elsewhere = make();
  EXPECT_EQ(ids(drain(*elsewhere)), std::vector<std::string>{"ap:" + uri});
}

TEST_F(Pitfall16, IdsOfAnyKindArePagedAsTheServerOrdersThem) {
  struct Case {
    const char* kind;
    std::string (*id)(int i);
  };
  const std::vector<Case> cases = {
      {"numbers", [](int i) { return std::to_string(95 + i); }},
      {"ulid", [](int i) { return "01M82CBYPZEPRBK5H0Z0YHJ" + std::to_string(100 + i); }},
      {"flake",
       [](int i) {
         return "AqZ9xKfLm0" + std::string(1, static_cast<char>('A' + i / 26)) +
                std::string(1, static_cast<char>('a' + i % 26));
       }},
  };
  for (const Case& each : cases) {
    server = TimelineServer();
    setup.cursors.clear();
    for (int i = 0; i < 95; ++i) server.add("knit", each.id(i), noon - 2h + i * 1min);
    const auto source = make();
    std::vector<std::string> got = ids(drain(*source));
    EXPECT_EQ(got.size(), 95u) << each.kind;
    std::sort(got.begin(), got.end());
    EXPECT_EQ(std::unique(got.begin(), got.end()), got.end()) << each.kind;
    // What comes later is read forward from the newest.
    for (int i = 95; i < 100; ++i) server.add("knit", each.id(i), noon);
    EXPECT_EQ(ids(drain(*source)).size(), 5u) << each.kind;
  }
}

TEST_F(MastodonSourceTest, ATagWithoutCursorStartsAtLookback) {
  for (int hours = 1; hours <= 48; ++hours) {
    server.add("knit", snowflake_id(noon - hours * 1h), noon - hours * 1h);
  }
  const auto source = make();
  EXPECT_EQ(ids(drain(*source)).size(), 24u);
  EXPECT_EQ(timeline_urls().at(0), home_server + "/api/v1/timelines/tag/knit?limit=40");
}

TEST_F(MastodonSourceTest, ReadsItsTagsInTurnAndRestsWhenAllCameUpEmpty) {
  setup.tags = {"a", "b", "c"};
  for (const std::string tag : {"a", "b", "c"}) {
    remember(tag, snowflake_id(noon - 3h));
    server.add(tag, snowflake_id(noon - 2h), noon - 2h);
  }
  const auto source = make();
  const std::vector<Batch> batches = drain(*source);
  EXPECT_EQ(batches.size(), 6u);
  std::set<std::string> first_three;
  for (size_t i = 0; i < 3; ++i) first_three.insert(batches[i].cursors.at(0).feed);
  EXPECT_EQ(first_three.size(), 3u);
  for (size_t i = 0; i + 1 < batches.size(); ++i) EXPECT_FALSE(batches[i].caught_up) << i;
  EXPECT_TRUE(batches.back().caught_up);
  // The next round asks every tag again.
  EXPECT_EQ(drain(*source).size(), 3u);
}

TEST_F(MastodonSourceTest, ResumesFromTheCursorItGave) {
  for (int i = 0; i < 100; ++i) {
    server.add("knit", snowflake_id(noon - 5h + i * 1min), noon - 5h + i * 1min);
  }
  std::set<std::string> got;
  for (int run = 0; run < 50; ++run) {
    const auto source = make();
    for (int page = 0; page < 2; ++page) {
      const Batch batch = next(*source).value();
      for (const FeedCursor& cursor : batch.cursors) setup.cursors[cursor.feed] = cursor;
      for (const std::string& id : ids({batch})) got.insert(id);
    }
  }
  EXPECT_EQ(got.size(), 100u);
}

TEST_F(MastodonSourceTest, SendsItsToken) {
  setup.section.token = "secret";
  const auto source = make();
  drain(*source);
  for (const HttpRequest& request : bench.http.requests()) {
    const bool is_public = request.url.find("/.well-known/") != std::string::npos;
    EXPECT_EQ(request.token, is_public ? "" : "secret") << request.url;
  }
}

TEST_F(MastodonSourceTest, SpeaksTheDialectThatItsServerNames) {
  introduce_as(bench.http, "pixelfed", "0.12.4");
  const Error closed = next(*make()).error();
  EXPECT_EQ(closed.kind, ErrorKind::auth);
  EXPECT_NE(closed.detail.find("pixelfed shows its tag timelines to users only"),
            std::string::npos);
  EXPECT_TRUE(timeline_urls().empty()) << "nothing was asked in vain";
  setup.section.token = "secret";
  const auto source = make();
  drain(*source);
  for (const std::string& url : timeline_urls()) {
    EXPECT_EQ(url_parameter(url, "only_media"), "false") << url;
  }
}

TEST_F(MastodonSourceTest, AnOldServersOwnPeopleNeedNotBeLookedUp) {
  introduce_as(bench.http, "mastodon", "3.5.19");
  bench.http.otherwise([this](const HttpRequest& request) {
    Result<HttpResponse> answer = server.answer(request);
    const std::string uri = json_string(home_server + "/users/ada");
    const size_t at = answer->body.find(uri);
    if (at != std::string::npos) answer->body.replace(at, uri.size(), "null");
    return answer;
  });
  server.add("knit", snowflake_id(noon - 1h), noon - 1h);
  const auto source = make();
  size_t seen = 0;
  for (const Batch& batch : drain(*source)) {
    for (const PostSighting& post : events_of<PostSighting>(batch)) {
      EXPECT_EQ(post.author.id, AccountId("ap:" + home_server + "/users/ada"));
      EXPECT_EQ(post.author.provenance, Provenance::origin);
      ++seen;
    }
  }
  EXPECT_EQ(seen, 1u);
}

TEST_F(MastodonSourceTest, ATagThatTheServerRefusesDoesNotStopTheOthers) {
  setup.tags = {"bad!", "knit"};
  server.add("knit", snowflake_id(noon - 1h), noon - 1h);
  bench.http.answer(home_server + "/api/v1/timelines/tag/bad%21?limit=40",
                    FakeHttp::status(400, R"({"error":"not a valid hashtag"})"));
  const auto source = make();
  const std::vector<Batch> batches = drain(*source);
  EXPECT_EQ(ids(batches).size(), 1u);
  size_t notes = 0;
  for (const Batch& batch : batches) notes += batch.notes.size();
  EXPECT_EQ(notes, 1u);
  setup.tags = {"bad!"};
  const auto hopeless = make();
  EXPECT_EQ(next(*hopeless).error().kind, ErrorKind::bad_request);
}

TEST_F(MastodonSourceTest, RefusalsAndFailuresAreErrors) {
  struct Case {
    int status;
    std::string body;
    ErrorKind want;
  };
  const std::vector<Case> cases = {
      {401, R"({"error":"The access token is invalid"})", ErrorKind::auth},
      {422, R"({"error":"This method requires an authenticated user"})", ErrorKind::auth},
      {429, R"({"error":"Too many requests"})", ErrorKind::rate_limited},
      {503, "<html>down</html>", ErrorKind::transient},
      {200, "<html>hello</html>", ErrorKind::transient},
      {200, "{\"error\":\"no\"}", ErrorKind::protocol},
      {200, "[{\"id\":\"1\"", ErrorKind::protocol},
  };
  for (const Case& each : cases) {
    SourceBench other;
    other.http.otherwise([&](const HttpRequest& request) -> Result<HttpResponse> {
      if (request.url.find("instance") != std::string::npos) return dated_json("{}");
      return FakeHttp::status(each.status, each.body);
    });
    MastodonSource source(setup, other.tools());
    const Result<Batch> batch = other.run(source.next());
    ASSERT_FALSE(batch) << each.body;
    EXPECT_EQ(batch.error().kind, each.want) << each.body;
  }
}

TEST_F(MastodonSourceTest, WithoutADescriptionHandlesBearTheHost) {
  server.add("knit", snowflake_id(noon - 1h), noon - 1h);
  bench.http.answer(home_server + "/api/v2/instance", FakeHttp::status(404, "{}"));
  const auto source = make();
  const std::vector<Batch> batches = drain(*source);
  EXPECT_EQ(batches.at(0).notes.size(), 1u);
  size_t posts = 0;
  for (const Batch& batch : batches) {
    for (const PostSighting& post : events_of<PostSighting>(batch)) {
      EXPECT_EQ(post.author.handle, "ada@home.example");
      ++posts;
    }
  }
  EXPECT_EQ(posts, 1u);
  SourceBench down;
  down.http.otherwise([](const HttpRequest&) { return FakeHttp::status(503, "<html>"); });
  MastodonSource unreachable(setup, down.tools());
  EXPECT_EQ(down.run(unreachable.next()).error().kind, ErrorKind::transient);
}

TEST_F(MastodonSourceTest, AStalePageIsForeign) {
  remember("knit", "1");
  HttpResponse cached = dated_json(json_array({sample_status()}));
  cached.headers.emplace_back("Age", "61");
  bench.http.answer(home_server + "/api/v1/timelines/tag/knit?limit=40&min_id=1", cached);
  const auto source = make();
  const Batch batch = next(*source).value();
  EXPECT_EQ(events_of<PostSighting>(batch).at(0).provenance, Provenance::foreign);
  EXPECT_EQ(events_of<PostSighting>(batch).at(0).author.provenance, Provenance::foreign);
}

TEST_F(MastodonSourceTest, WithoutTagsItRestsAtOnce) {
  setup.tags = {};
  const auto source = make();
  EXPECT_TRUE(next(*source)->caught_up);
  EXPECT_TRUE(timeline_urls().empty());
}

}  // namespace
}  // namespace tagscout
