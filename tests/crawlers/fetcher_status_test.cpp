#include "tests/crawlers/fetcher_fixture.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;

using FetcherStatus = FetcherTest;
using Pitfall04 = FetcherTest;
using Pitfall06Answer = FetcherTest;
using Pitfall15 = FetcherTest;
using Pitfall20 = FetcherTest;
using Pitfall35Answer = FetcherTest;

TEST_F(FetcherStatus, BecomesTheKindOfFailureItIs) {
  struct Case {
    int status;
    const char* body;
    ErrorKind kind;
  };
  const Case cases[] = {
      {400, R"({"error":"bad"})", ErrorKind::bad_request},
      {401, R"({"error":"Unauthorized: token not supplied"})", ErrorKind::auth},
      {403, "<html>", ErrorKind::forbidden},
      {403, R"({"error":"This action is outside the authorized scopes"})", ErrorKind::auth},
      {404, R"({"error":"Record not found"})", ErrorKind::not_found},
      {405, "not so", ErrorKind::bad_request},
      {406, "{}", ErrorKind::bad_request},
      {408, "", ErrorKind::transient},
      {410, "{}", ErrorKind::not_found},
      {418, R"({"error":"I'm a teapot"})", ErrorKind::bad_request},
      {422, R"({"error":"Validation failed"})", ErrorKind::bad_request},
      {422, R"({"error":"This method requires an authenticated user"})", ErrorKind::auth},
      {425, "", ErrorKind::transient},
      {429, "{}", ErrorKind::rate_limited},
      {451, "", ErrorKind::bad_request},
      {500, "{}", ErrorKind::transient},
      {502, "<html>", ErrorKind::transient},
      {503, "<html>", ErrorKind::transient},
      {599, "", ErrorKind::transient},
      {304, "", ErrorKind::protocol},
      {101, "", ErrorKind::protocol},
      {600, "", ErrorKind::protocol},
  };
  for (const Case& c : cases) {
    const auto answer = get_answered(FakeHttp::status(c.status, c.body));
    ASSERT_FALSE(answer) << c.status;
    EXPECT_EQ(answer.error().kind, c.kind) << c.status << ' ' << c.body;
    EXPECT_EQ(answer.error().status, c.status);
    EXPECT_EQ(answer.error().body, c.body);
    EXPECT_FALSE(answer.error().until) << c.status;
    EXPECT_EQ(answer.error().detail,
              "https://a.test/api/v1/timelines/tag/x answered " + std::to_string(c.status));
  }
}

TEST_F(FetcherStatus, SucceedsForJsonOfAnyName) {
  for (const char* const type :
       {"application/json", "application/json; charset=utf-8", "Application/JSON",
        "application/jrd+json", "application/activity+json;x=y"}) {
    EXPECT_TRUE(get_answered(FakeHttp::status(200, "[]", {{"content-type", type}}))) << type;
  }
}

TEST_F(FetcherStatus, ABodyOfAnotherTypeIsTransient) {
  for (const char* const type : {"text/html", "text/plain", "application/jsonp", "json",
                                 "text/html; x=application/json", "application/xml"}) {
    const auto answer =
        get_answered(FakeHttp::status(200, "<html>please wait", {{"Content-Type", type}}));
    ASSERT_FALSE(answer) << type;
    EXPECT_EQ(answer.error().kind, ErrorKind::transient) << type;
    EXPECT_EQ(answer.error().status, 200);
    EXPECT_EQ(answer.error().body, "<html>please wait");
    EXPECT_NE(answer.error().detail.find("instead of JSON"), std::string::npos);
  }
}

TEST_F(FetcherStatus, KeepsTheStartOfTheBodyOnly) {
  const auto answer = get_answered(FakeHttp::status(500, std::string(100000, 'x')));
  EXPECT_EQ(answer.error().body.size(), 4096u);
}

TEST_F(FetcherStatus, FailuresOfHttpPassThrough) {
  http.answer(page, Error(ErrorKind::protocol, "not HTTP"));
  EXPECT_EQ(get(page).error().detail, "not HTTP");
  EXPECT_EQ(get("nonsense").error().kind, ErrorKind::bad_request);
}

TEST_F(Pitfall04, AuthRequiredShowsAs401Or403Or422) {
  const std::string want = R"({"error":"This method requires an authenticated user"})";
  for (const int status : {401, 403, 422}) {
    const auto answer = get_answered(FakeHttp::status(status, want));
    EXPECT_EQ(answer.error().kind, ErrorKind::auth) << status;
    EXPECT_EQ(answer.error().status, status);
  }
  EXPECT_EQ(get_answered(FakeHttp::status(403, R"({"error":"no"})")).error().kind,
            ErrorKind::forbidden);
  EXPECT_EQ(get_answered(FakeHttp::status(422, R"({"error":"no"})")).error().kind,
            ErrorKind::bad_request);
}

TEST_F(Pitfall06Answer, ARefusalWithoutRetryAfterWaitsForItsReset) {
  http.answer(page, FakeHttp::status(429, R"({"error":"Too many requests"})",
                                     {{"X-RateLimit-Limit", "300"},
                                      {"X-RateLimit-Remaining", "0"},
                                      {"X-RateLimit-Reset", "2026-11-22T12:01:30.000000Z"}}));
  http.answer(page, FakeHttp::json("[]"));
  const auto refused = get(page);
  EXPECT_EQ(refused.error().kind, ErrorKind::rate_limited);
  EXPECT_EQ(refused.error().until, parse_time("2026-11-22T12:01:30Z"));
  EXPECT_TRUE(get(page));
  EXPECT_EQ(clock.now(), *parse_time("2026-11-22T12:01:30Z"));
}

TEST_F(Pitfall15, AnAnswerFromAStaleCacheIsKnown) {
  struct Case {
    FakeHttp::Headers headers;
    bool stale;
  };
  const Case cases[] = {
      {{}, false},
      {{{"Age", "0"}}, false},
      {{{"Age", "15"}}, false},
      {{{"Age", "60"}}, false},
      {{{"age", "61"}}, true},
      {{{"Age", "86400"}}, true},
      {{{"Age", "99999999999999999999999"}}, true},
      {{{"Age", "-5"}}, false},
      {{{"Age", "old"}}, false},
      {{{"Warning", "110 - \"Response is Stale\""}}, true},
      {{{"Warning", "199 - \"Miscellaneous\""}}, false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(from_stale_cache(FakeHttp::json("[]", c.headers)), c.stale);
  }
}

TEST_F(Pitfall15, AStaleAnswerTeachesNothingAboutBudgetsAndClocks) {
  http.answer(page, FakeHttp::json("[]", {{"Age", "3600"},
                                          {"Date", "Sun, 22 Nov 2026 12:00:00 GMT"},
                                          {"RateLimit-Remaining", "0"},
                                          {"RateLimit-Reset", "1000"}}));
  ASSERT_TRUE(get(page));
  EXPECT_FALSE(fetcher->clock_right());
  EXPECT_FALSE(fetcher->budget("https://a.test").remaining);
  ASSERT_TRUE(get(page));
}

TEST_F(Pitfall20, ARefusalWithHtmlIsForbiddenAndKeepsItsBody) {
  const auto answer = get_answered(FakeHttp::status(403, "<html><h1>Forbidden</h1></html>"));
  EXPECT_EQ(answer.error().kind, ErrorKind::forbidden);
  EXPECT_EQ(answer.error().body, "<html><h1>Forbidden</h1></html>");
}

TEST_F(Pitfall35Answer, NamedTimesOfEveryFormAreObeyed) {
  const FakeHttp::Headers forms[] = {
      {{"Retry-After", "90"}},
      {{"Retry-After", "Sun, 22 Nov 2026 12:01:30 GMT"}},
      {{"X-RateLimit-Reset", "2026-11-22T12:01:30.000000Z"}},
      {{"RateLimit-Reset", "1795348890"}},
      {{"X-RateLimit-Reset", "90.000"}},
      {{"Date", "Sun, 22 Nov 2026 14:00:00 GMT"}, {"RateLimit-Reset", "1795356090"}},
  };
  for (const auto& headers : forms) {
    clock.set_now(*parse_time("2026-11-22T12:00:00Z"));
    const auto refused = get_answered(FakeHttp::status(429, "{}", headers));
    EXPECT_EQ(refused.error().until, parse_time("2026-11-22T12:01:30Z")) << headers[0].second;
  }
  const auto busy = get_answered(FakeHttp::status(503, "<html>", {{"Retry-After", "30"}}));
  EXPECT_EQ(busy.error().kind, ErrorKind::transient);
  EXPECT_EQ(busy.error().until, clock.now() + 30s);
}

}  // namespace
}  // namespace tagscout
