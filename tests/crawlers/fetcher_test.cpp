#include "crawlers/fetcher.h"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <limits>
#include <map>

#include "crawlers/url.h"
#include "tests/crawlers/fetcher_fixture.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

TEST_F(FetcherTest, KeepsTheGapBetweenRequestsToOneHost) {
  http.answer(page, FakeHttp::json("[]"));
  ASSERT_TRUE(get(page));
  const Duration first = clock.steady();
  ASSERT_TRUE(get(page));
  EXPECT_EQ(clock.steady() - first, 3s);
}

TEST_F(FetcherTest, WaitsOutAGapHoweverLong) {
  FetcherOptions with = options();
  with.respect_robots = false;
  with.host_gaps["https://a.test"] = 1h;
  make(with);
  http.answer(page, FakeHttp::json("[]"));
  ASSERT_TRUE(get(page));
  const Duration first = clock.steady();
  ASSERT_TRUE(get(page));
  EXPECT_EQ(clock.steady() - first, 1h);
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

TEST_F(FetcherTest, NothingIsAskedBeforeTheBudgetIsRenewed) {
  http.answer(page, FakeHttp::json("[]", {{"X-RateLimit-Limit", "300"},
                                          {"X-RateLimit-Remaining", "0"},
                                          {"X-RateLimit-Reset", "2026-11-22T12:05:00.000000Z"}}));
  http.answer(page, FakeHttp::json("[]"));
  clock.set_now(*parse_time("2026-11-22T12:00:00Z"));
  ASSERT_TRUE(get(page));
  const size_t asked = http.requests().size();
  const auto early = get("https://a.test/api/v1/statuses/1");
  EXPECT_EQ(early.error().kind, ErrorKind::rate_limited);
  EXPECT_EQ(early.error().until, *parse_time("2026-11-22T12:05:00Z"));
  clock.pass(early.error().until.value() - clock.now() - 1s);
  ASSERT_TRUE(get(page)) << "a short rest is waited out";
  EXPECT_EQ(clock.now(), *parse_time("2026-11-22T12:05:00Z"));
  EXPECT_EQ(http.requests().size(), asked + 1);
}

TEST_F(FetcherTest, AnyRefusalThatNamesATimeHoldsTheHost) {
  for (const int status : {403, 418, 429, 503}) {
    FakeHttp fresh;
    http = fresh;
    http.answer(page, FakeHttp::status(status, "<html>", {{"Retry-After", "900"}}));
    FetcherOptions with = options();
    with.respect_robots = false;
    make(with);
    ASSERT_FALSE(get(page));
    const auto again = get(page);
    EXPECT_EQ(again.error().kind, ErrorKind::rate_limited) << status;
    EXPECT_EQ(http.requests().size(), 1u) << status;
  }
}

// Asks over and over until it is refused for long or time is up; counts what was sent.
asio::awaitable<void> ask_on(Fetcher& fetch, Clock& clock, std::string url, Time end) {
  while (clock.now() < end) {
    HttpRequest request(url);
    const Result<HttpResponse> answer = co_await fetch.get(std::move(request), "src");
    const Time again = answer ? clock.now() : answer.error().until.value_or(clock.now() + 1s);
    co_await clock.sleep(again - clock.now());
  }
}

TEST_F(FetcherTest, AStormOf429OnOneHostLeavesTheRateOfOthersAsItIs) {
  const auto asked_within_an_hour = [&](bool storm) {
    FakeHttp slow(clock, 500ms);
    slow.otherwise([&](const HttpRequest& request) -> Result<HttpResponse> {
      if (!storm || !request.url.starts_with("https://stormy.test")) return FakeHttp::json("[]");
      return FakeHttp::status(429, "{}", {{"Retry-After", "30"}, {"X-RateLimit-Remaining", "0"}});
    });
    FetcherOptions with = options();
    with.respect_robots = false;
    Fetcher fetch(slow, clock, chance, with, nullptr);
    const Time end = clock.now() + 1h;
    for (const char* const host : {"stormy", "b", "c"}) {
      for (const char* const path : {"/x", "/y"}) {
        const std::string url = "https://" + std::string(host) + ".test" + path;
        asio::co_spawn(context, ask_on(fetch, clock, url, end), asio::detached);
      }
    }
    clock.run(context);
    std::map<std::string, size_t> counts;
    for (const std::string& url : slow.urls()) ++counts[parse_url(url)->host];
    return counts;
  };
  auto calm = asked_within_an_hour(false);
  auto stormy = asked_within_an_hour(true);
  EXPECT_EQ(stormy["b.test"], calm["b.test"]);
  EXPECT_EQ(stormy["c.test"], calm["c.test"]);
  EXPECT_GE(calm["b.test"], 1000u) << "3.5 s each";
  EXPECT_LE(stormy["stormy.test"], 3600u / 30 + 2);
  EXPECT_GE(stormy["stormy.test"], 50u) << "it is asked again";
}

TEST_F(FetcherTest, ReportsWhatItKnowsOfAHost) {
  make(options());
  EXPECT_EQ(fetcher->report("https://a.test").robots, "not asked yet");
  http.answer("https://a.test/robots.txt", FakeHttp::status(200, "User-agent: *\nDisallow: /no"));
  http.answer(page, FakeHttp::json("[]", {{"X-RateLimit-Limit", "300"},
                                          {"X-RateLimit-Remaining", "7"},
                                          {"X-RateLimit-Reset", "60"}}));
  ASSERT_TRUE(get(page));
  const Time asked = clock.now();
  ASSERT_FALSE(get("https://a.test/no"));
  const HostReport report = fetcher->report("https://a.test");
  EXPECT_EQ(report.host, "https://a.test");
  EXPECT_EQ(report.budget.limit, 300);
  EXPECT_EQ(report.budget.remaining, 7);
  EXPECT_EQ(report.budget.reset_at, asked + 60s);
  EXPECT_EQ(report.gap, 3s);
  ASSERT_EQ(report.local.size(), 2u);
  EXPECT_EQ(report.local[0].used, 1) << "robots.txt is no request to the API";
  EXPECT_EQ(report.robots, "read");
  EXPECT_EQ(report.robots_until, asked - 3s + 24h);
  EXPECT_EQ(report.not_before, asked + 3s);
  EXPECT_EQ(report.last_refusal, "robots.txt of a.test disallows /no");
  EXPECT_EQ(report.last_refusal_at, asked);
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
