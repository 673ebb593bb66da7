#include "crawlers/rate_limit.h"

#include <gtest/gtest.h>

#include "crawlers/http_time.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;

const Time now = *parse_time("2026-11-22T12:00:00Z");  // 1795348800

HttpResponse with(std::vector<std::pair<std::string, std::string>> headers) {
  HttpResponse response;
  response.headers = std::move(headers);
  return response;
}

TEST(HttpDate, ReadsItsThreeForms) {
  const Time expected = *parse_time("1994-11-06T08:49:37Z");
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), expected);
  EXPECT_EQ(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT"), expected);
  EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994"), expected);
  EXPECT_EQ(parse_http_date("Sun, 22 Nov 2026 12:00:00 GMT"), now);
  EXPECT_EQ(parse_http_date("Sunday, 22-Nov-26 12:00:00 GMT"), now);
}

TEST(HttpDate, RefusesEverythingElse) {
  const char* const bad[] = {"",
                             "0",
                             "soon",
                             "Sun, 06 Nov 1994 08:49:37",
                             "Sun, 06 Nov 1994 08:49:37 PST",
                             "Sun, 31 Feb 1994 08:49:37 GMT",
                             "Sun, 06 Foo 1994 08:49:37 GMT",
                             "Sun, 06 Nov 1994 24:49:37 GMT",
                             "Sun, 06 Nov 1994 08:60:37 GMT",
                             "Sun, 06 Nov 1994 8:49:37 GMT",
                             "Sun, 06 Nov 123456 08:49:37 GMT",
                             "Sun, -6 Nov 1994 08:49:37 GMT",
                             "Sun, 06 Nov 99999999999999 08:49:37 GMT"};
  for (const char* const text : bad) EXPECT_FALSE(parse_http_date(text)) << text;
}

struct Case {
  const char* what;
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<int64_t> remaining;
  std::optional<Duration> reset_in;
  std::optional<Duration> retry_in;
};

const Case dialects[] = {
    {"nothing", {}, {}, {}, {}},
    {"ISO 8601 with six digits",
     {{"X-RateLimit-Limit", "300"},
      {"X-RateLimit-Remaining", "298"},
      {"X-RateLimit-Reset", "2026-11-22T12:05:00.250000Z"}},
     298,
     300s + 250ms,
     {}},
    {"ISO 8601, other spelling",
     {{"X-Ratelimit-Remaining", "0"}, {"X-Ratelimit-Reset", "2026-11-22T12:04:10.000Z"}},
     0,
     250s,
     {}},
    {"epoch seconds",
     {{"RateLimit-Limit", "3000"},
      {"RateLimit-Remaining", "2999"},
      {"RateLimit-Reset", "1795349100"},
      {"RateLimit-Policy", "3000;w=300"}},
     2999,
     300s,
     {}},
    {"epoch seconds, hyphens",
     {{"x-rate-limit-limit", "15"},
      {"x-rate-limit-remaining", "0"},
      {"x-rate-limit-reset", "1795349700"}},
     0,
     900s,
     {}},
    {"epoch milliseconds",
     {{"X-RateLimit-Remaining", "1"}, {"X-RateLimit-Reset", "1795348801500"}},
     1,
     1500ms,
     {}},
    {"seconds from now, decimal",
     {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "1.500"}},
     0,
     1500ms,
     {}},
    {"floats",
     {{"X-Ratelimit-Used", "1"}, {"X-Ratelimit-Remaining", "599.0"}, {"X-Ratelimit-Reset", "431"}},
     599,
     431s,
     {}},
    {"express: epoch seconds under X-RateLimit",
     {{"X-RateLimit-Limit", "50"},
      {"X-RateLimit-Remaining", "0"},
      {"X-RateLimit-Reset", "1795348810"},
      {"Retry-After", "10"}},
     0,
     10s,
     10s},
    {"an emptying bucket: the next request is taken at -Reset, before it is empty",
     {{"X-RateLimit-Remaining", "0"},
      {"X-RateLimit-Clear", "90.250"},
      {"X-RateLimit-Reset", "1.500"},
      {"Retry-After", "2"}},
     0,
     1500ms,
     2s},
    {"only -Clear",
     {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Clear", "1.750"}},
     0,
     1750ms,
     {}},
    {"a policy tells the window where no reset is named",
     {{"RateLimit-Remaining", "0"}, {"RateLimit-Policy", "3000;w=300"}},
     0,
     300s,
     {}},
    {"a policy alone says nothing of now", {{"RateLimit-Policy", "3000;w=300"}}, {}, {}, {}},
    {"in small letters",
     {{"x-ratelimit-remaining", "4"}, {"x-ratelimit-reset", "60"}, {"retry-after", "5"}},
     4,
     60s,
     5s},
    {"in capitals",
     {{"X-RATELIMIT-REMAINING", "4"}, {"RATELIMIT-RESET", "60"}, {"RETRY-AFTER", "5"}},
     4,
     60s,
     5s},
    {"repeated headers, the more pessimistic",
     {{"X-RateLimit-Remaining", "40"},
      {"X-RateLimit-Remaining", "2"},
      {"X-RateLimit-Reset", "5"},
      {"X-RateLimit-Reset", "2026-11-22T12:01:00.000Z"},
      {"Retry-After", "3"},
      {"Retry-After", "Sun, 22 Nov 2026 12:00:09 GMT"}},
     2,
     60s,
     9s},
    {"a list", {{"RateLimit-Remaining", "7, 300;w=60"}}, 7, {}, {}},
    {"a list of two servers", {{"RateLimit-Remaining", "300;w=60, 7"}}, 7, {}, {}},
    {"a reset in the past",
     {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "2026-11-22T11:59:00.000000Z"}},
     0,
     0s,
     {}},
    {"an offset instead of Z", {{"X-RateLimit-Reset", "2026-11-22T14:02:00+02:00"}}, {}, 120s, {}},
    {"Retry-After in seconds", {{"Retry-After", "30"}}, {}, {}, 30s},
    {"Retry-After as a date", {{"Retry-After", "Sun, 22 Nov 2026 12:00:45 GMT"}}, {}, {}, 45s},
    {"Retry-After in the past", {{"Retry-After", "Sun, 22 Nov 2026 11:00:00 GMT"}}, {}, {}, 0s},
    {"Retry-After below zero", {{"Retry-After", "-5"}}, {}, {}, 0s},
    {"Retry-After beyond all bounds", {{"Retry-After", "99999999999999"}}, {}, {}, 24h},
    {"Retry-After in a thousand years",
     {{"Retry-After", "Sun, 22 Nov 3026 12:00:45 GMT"}},
     {},
     {},
     24h},
    {"nonsense",
     {{"Retry-After", "soon"}, {"X-RateLimit-Remaining", "many"}, {"X-RateLimit-Reset", "NaN"}},
     {},
     {},
     {}},
    {"infinite", {{"Retry-After", "inf"}, {"X-RateLimit-Reset", "1e999"}}, {}, {}, {}},
    {"cut off", {{"Retry-After", "5x"}, {"X-RateLimit-Reset", "2026-11-22T12:"}}, {}, {}, {}},
    {"below zero", {{"X-RateLimit-Remaining", "-3"}, {"X-RateLimit-Reset", "-3"}}, 0, 0s, {}},
    {"two dialects, the more pessimistic",
     {{"X-RateLimit-Remaining", "200"},
      {"X-RateLimit-Reset", "2026-11-22T12:00:10Z"},
      {"RateLimit-Remaining", "3"},
      {"RateLimit-Reset", "20"}},
     3,
     20s,
     {}},
    {"the server's clock runs an hour ahead",
     {{"Date", "Sun, 22 Nov 2026 13:00:00 GMT"},
      {"X-RateLimit-Reset", "2026-11-22T13:05:00.000000Z"},
      {"Retry-After", "Sun, 22 Nov 2026 13:00:07 GMT"}},
     {},
     300s,
     7s},
    {"the server's clock is years behind",
     {{"Date", "Tue, 22 Nov 2016 12:00:00 GMT"}, {"RateLimit-Reset", "1479816060"}},
     {},
     60s,
     {}},
    {"a cache kept the answer for 30 s",
     {{"Date", "Sun, 22 Nov 2026 11:59:30 GMT"},
      {"Age", "30"},
      {"X-RateLimit-Reset", "2026-11-22T12:00:05Z"}},
     {},
     5s,
     {}},
};

TEST(RateLimit, ReadsEveryDialect) {
  for (const Case& c : dialects) {
    const RateLimit limit = read_rate_limit(with(c.headers), now);
    EXPECT_EQ(limit.remaining, c.remaining) << c.what;
    EXPECT_EQ(limit.reset_in, c.reset_in) << c.what;
    EXPECT_EQ(limit.retry_in, c.retry_in) << c.what;
  }
}

TEST(RateLimit, ReadsTheSmallestLimit) {
  EXPECT_EQ(
      read_rate_limit(with({{"X-RateLimit-Limit", "300"}, {"RateLimit-Limit", "100, 9;w=1"}}), now)
          .limit,
      100);
}

TEST(RateLimit, ReadsTheLimitOfAPolicy) {
  EXPECT_EQ(read_rate_limit(with({{"RateLimit-Policy", "3000;w=300"}}), now).limit, 3000);
}

TEST(RateLimit, WaitsForTheLaterOfBothTimes) {
  EXPECT_EQ(RateLimit().wait(), std::nullopt);
  RateLimit limit;
  limit.retry_in = 5s;
  EXPECT_EQ(limit.wait(), 5s);
  limit.reset_in = 60s;
  EXPECT_EQ(limit.wait(), 60s);
  limit.retry_in = 90s;
  EXPECT_EQ(limit.wait(), 90s);
}

TEST(Pitfall35, EveryFormOfRetryAfterAndResetIsUnderstood) {
  const std::pair<const char*, const char*> same[] = {
      {"Retry-After", "120"},
      {"Retry-After", "Sun, 22 Nov 2026 12:02:00 GMT"},
      {"X-RateLimit-Reset", "2026-11-22T12:02:00.000000Z"},
      {"X-RateLimit-Reset", "1795348920"},
      {"X-RateLimit-Reset", "1795348920000"},
      {"X-RateLimit-Reset", "120.0"},
  };
  for (const auto& [name, value] : same) {
    EXPECT_EQ(read_rate_limit(with({{name, value}}), now).wait(), 120s) << name << ": " << value;
  }
}

TEST(ServerTime, IsTheDateMovedOnByTheAge) {
  EXPECT_EQ(server_time(with({})), std::nullopt);
  EXPECT_EQ(server_time(with({{"date", "nonsense"}})), std::nullopt);
  EXPECT_EQ(server_time(with({{"date", "Sun, 22 Nov 2026 12:00:00 GMT"}})), now);
  EXPECT_EQ(server_time(with({{"Date", "Sun, 22 Nov 2026 11:59:00 GMT"}, {"Age", "60"}})), now);
}

}  // namespace
}  // namespace tagscout
