#include "crawlers/fetcher.h"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "tests/support/fake_clock.h"
#include "tests/support/fake_http.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

const std::string page = "https://a.test/api/v1/timelines/tag/x?limit=40";

class Counter final : public RequestObserver {
 public:
  void requested(std::string_view source, std::string_view outcome, Duration) override {
    lines.push_back(std::string(source) + ' ' + std::string(outcome));
  }
  std::vector<std::string> lines;
};

class FetcherTest : public testing::Test {
 protected:
  FetcherOptions options() {
    FetcherOptions result;
    result.allow_private.add("127.0.0.1:8080");
    return result;
  }
  void make(FetcherOptions with) {
    fetcher.emplace(http, clock, chance, std::move(with), &counter);
  }

  Result<HttpResponse> get(const std::string& url) {
    if (!fetcher) make(options());
    std::optional<Result<HttpResponse>> result;
    asio::co_spawn(context, fetcher->get(HttpRequest(url), "src"),
                   [&](const std::exception_ptr& error, Result<HttpResponse> value) {
                     if (!error) result.emplace(std::move(value));
                   });
    clock.run(context);
    return result.value();
  }
  Result<HttpResponse> get_answered(HttpResponse response) {
    FakeHttp fresh;
    http = fresh;
    http.answer(page, std::move(response));
    fetcher.reset();
    return get(page);
  }

  asio::io_context context;
  FakeClock clock;
  FakeHttp http;
  Chance chance{1};
  Counter counter;
  std::optional<Fetcher> fetcher;
};

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

TEST_F(FetcherTest, KeepsTheGapBetweenRequestsToOneHost) {
  http.answer(page, FakeHttp::json("[]"));
  ASSERT_TRUE(get(page));
  const Duration first = clock.steady();
  ASSERT_TRUE(get(page));
  EXPECT_EQ(clock.steady() - first, 3s);
}

TEST_F(FetcherTest, SendsOneRequestAtATimeToAHostInOrderOfAsking) {
  FakeHttp slow(clock, 10s);
  slow.otherwise([](const HttpRequest&) { return FakeHttp::json("[]"); });
  FetcherOptions with = options();
  with.respect_robots = false;
  Fetcher fetch(slow, clock, chance, with, nullptr);
  std::vector<std::string> wanted;
  for (int i = 0; i < 5; ++i) {
    wanted.push_back("http://127.0.0.1:8080/" + std::to_string(i));
    asio::co_spawn(context, fetch.get(HttpRequest(wanted.back()), "src"), asio::detached);
  }
  const Duration start = clock.steady();
  clock.run(context);
  EXPECT_EQ(slow.in_flight_max(), 1);
  EXPECT_EQ(slow.urls(), wanted);
  EXPECT_EQ(clock.steady() - start, 5 * 10s + 4 * 3s);
}

TEST_F(FetcherTest, AsksDifferentHostsAtTheSameTime) {
  FakeHttp slow(clock, 10s);
  Fetcher fetch(slow, clock, chance, options(), nullptr);
  for (const char* const host : {"https://a.test/", "https://b.test/", "https://c.test/"}) {
    asio::co_spawn(context, fetch.get(HttpRequest(host), "src"), asio::detached);
  }
  clock.run(context);
  EXPECT_EQ(slow.in_flight_max(), 3);
}

TEST_F(FetcherTest, ACancelledRequestFreesItsHost) {
  FakeHttp slow(clock, 10s);
  slow.otherwise([](const HttpRequest&) { return FakeHttp::json("[]"); });
  Fetcher fetch(slow, clock, chance, options(), nullptr);
  asio::cancellation_signal stop;
  std::exception_ptr thrown;
  bool second = false;
  asio::co_spawn(context, fetch.get(HttpRequest("https://a.test/1"), "src"),
                 asio::bind_cancellation_slot(
                     stop.slot(), [&](std::exception_ptr error, const Result<HttpResponse>&) {
                       thrown = std::move(error);
                     }));
  asio::co_spawn(context, fetch.get(HttpRequest("https://a.test/2"), "src"),
                 [&](const std::exception_ptr&, const Result<HttpResponse>& result) {
                   second = result.has_value();
                 });
  clock.advance(context, 1s);
  stop.emit(asio::cancellation_type::terminal);
  clock.run(context);
  EXPECT_TRUE(thrown);
  EXPECT_TRUE(second);
}

TEST_F(FetcherTest, AHostThatRestsLongIsAnErrorAtOnceAndIsNotAsked) {
  http.answer(page, FakeHttp::status(429, "{}", {{"Retry-After", "3600"}}));
  ASSERT_FALSE(get(page));
  const size_t asked = http.requests().size();
  const Duration before = clock.steady();
  const auto again = get(page);
  EXPECT_EQ(again.error().kind, ErrorKind::rate_limited);
  EXPECT_EQ(again.error().until, clock.now() + 3600s);
  EXPECT_EQ(clock.steady(), before);
  EXPECT_EQ(http.requests().size(), asked);
}

TEST_F(FetcherTest, TellsTheBudgetAsLastAnnounced) {
  EXPECT_FALSE((make(options()), fetcher->budget("https://a.test")).remaining);
  http.answer(page,
              FakeHttp::json("[]", {{"RateLimit-Remaining", "7"}, {"RateLimit-Reset", "60"}}));
  http.answer(page, FakeHttp::json("[]"));
  ASSERT_TRUE(get(page));
  EXPECT_EQ(fetcher->budget("https://a.test").remaining, 7);
  EXPECT_EQ(fetcher->budget("https://a.test").reset_at, clock.now() + 60s);
  ASSERT_TRUE(get(page));
  EXPECT_EQ(fetcher->budget("https://a.test").remaining, 7);
  EXPECT_FALSE(fetcher->budget("https://b.test").remaining);
}

TEST_F(FetcherTest, ReportsEveryRequestThatWasSent) {
  http.answer(page, FakeHttp::json("[]"));
  http.answer(page, FakeHttp::status(503, "<html>"));
  http.answer(page, Error(ErrorKind::protocol, "not HTTP"));
  for (int i = 0; i < 3; ++i) (void)get(page);
  EXPECT_EQ(counter.lines,
            (std::vector<std::string>{"src ok", "src ok", "src transient", "src protocol"}));
}

TEST_F(FetcherTest, RobotsAreAskedFirstAndOnceADay) {
  http.answer("https://a.test/robots.txt",
              FakeHttp::status(200, "User-agent: *\nDisallow: /private"));
  http.answer(page, FakeHttp::json("[]"));
  ASSERT_TRUE(get(page));
  ASSERT_TRUE(get(page));
  ASSERT_EQ(http.requests().size(), 3u);
  EXPECT_EQ(http.requests()[0].url, "https://a.test/robots.txt");
  EXPECT_TRUE(http.requests()[0].token.empty());
  const auto refused = get("https://a.test/private/x?y=z");
  EXPECT_EQ(refused.error().kind, ErrorKind::forbidden);
  EXPECT_EQ(refused.error().detail, "robots.txt of a.test disallows /private/x");
  EXPECT_EQ(refused.error().status, 0);
  EXPECT_EQ(http.requests().size(), 3u);
  clock.pass(24h);
  ASSERT_TRUE(get(page));
  EXPECT_EQ(http.requests().size(), 5u);
}

TEST_F(FetcherTest, RobotsOfAPrivateHostAreAskedToo) {
  http.answer("http://127.0.0.1:8080/robots.txt",
              FakeHttp::status(200, "User-agent: tagscout\nDisallow: /"));
  EXPECT_EQ(get("http://127.0.0.1:8080/x").error().kind, ErrorKind::forbidden);
}

TEST_F(FetcherTest, RobotsCanBeSwitchedOff) {
  http.answer("https://a.test/robots.txt", FakeHttp::status(200, "User-agent: *\nDisallow: /"));
  http.answer(page, FakeHttp::json("[]"));
  FetcherOptions with = options();
  with.respect_robots = false;
  make(with);
  EXPECT_TRUE(get(page));
  EXPECT_EQ(http.requests().size(), 1u);
}

TEST_F(FetcherTest, RobotsThatAreNotThereAllow) {
  for (const int status : {400, 401, 403, 404, 410}) {
    FakeHttp fresh;
    http = fresh;
    fetcher.reset();
    http.answer("https://a.test/robots.txt", FakeHttp::status(status, "no"));
    http.answer(page, FakeHttp::json("[]"));
    EXPECT_TRUE(get(page)) << status;
  }
}

TEST_F(FetcherTest, RobotsThatFailAreWaitedFor) {
  const Result<HttpResponse> failures[] = {
      FakeHttp::status(503, "<html>"), FakeHttp::status(500, ""), FakeHttp::status(429, "{}"),
      Error(ErrorKind::transient, "cannot reach https://a.test")};
  for (const auto& failure : failures) {
    FakeHttp fresh;
    http = fresh;
    fetcher.reset();
    http.answer("https://a.test/robots.txt", failure);
    http.answer("https://a.test/robots.txt", FakeHttp::status(404, ""));
    http.answer(page, FakeHttp::json("[]"));
    const auto first = get(page);
    ASSERT_FALSE(first);
    ASSERT_TRUE(first.error().until);
    EXPECT_GT(*first.error().until, clock.now());
    EXPECT_FALSE(get(page)) << "too early";
    EXPECT_EQ(http.requests().size(), 1u);
    clock.pass(*first.error().until - clock.now());
    EXPECT_TRUE(get(page));
  }
}

TEST_F(FetcherTest, AnOldCopyOfRobotsHoldsWhileTheServerFails) {
  http.answer("https://a.test/robots.txt",
              FakeHttp::status(200, "User-agent: *\nDisallow: /private"));
  http.answer("https://a.test/robots.txt", FakeHttp::status(503, "<html>"));
  http.answer(page, FakeHttp::json("[]"));
  ASSERT_TRUE(get(page));
  clock.pass(25h);
  EXPECT_TRUE(get(page));
  EXPECT_EQ(get("https://a.test/private").error().kind, ErrorKind::forbidden);
}

TEST_F(FetcherTest, TheClockIsRightWhileAServerAgrees) {
  make(options());
  EXPECT_FALSE(fetcher->clock_right()) << "nobody has said so";
  http.answer(page, FakeHttp::json("[]", {{"Date", "Sun, 22 Nov 2026 12:30:00 GMT"}}));
  ASSERT_TRUE(get(page));
  EXPECT_TRUE(fetcher->clock_right());
  clock.pass(61min);
  EXPECT_FALSE(fetcher->clock_right()) << "too long ago";
}

TEST_F(FetcherTest, TheClockIsWrongWhenItStepsOrNoServerAgrees) {
  make(options());
  fetcher->note_server_time(clock.now() - 2h);
  EXPECT_FALSE(fetcher->clock_right());
  fetcher->note_server_time(clock.now() + 59min);
  EXPECT_TRUE(fetcher->clock_right());
  fetcher->note_server_time(clock.now() + 24h);
  EXPECT_TRUE(fetcher->clock_right()) << "one server that is wrong does not outweigh another";
  const Time before = clock.now();
  for (const Duration step : {Duration(10 * 365 * 24h), Duration(-2h)}) {
    clock.set_now(before + step);
    EXPECT_FALSE(fetcher->clock_right()) << "our clock stepped";
  }
  clock.set_now(before);
  EXPECT_TRUE(fetcher->clock_right());
  fetcher->note_server_time(time_from_us(std::numeric_limits<int64_t>::max()));
  fetcher->note_server_time(time_from_us(std::numeric_limits<int64_t>::min()));
  EXPECT_TRUE(fetcher->clock_right());
}

}  // namespace
}  // namespace tagscout
