#include "crawlers/answer_cache.h"

#include <gtest/gtest.h>

#include "tests/crawlers/fetcher_fixture.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;

const std::string about = "https://a.test/api/v2/instance";

HttpResponse tagged(const std::string& body) {
  return FakeHttp::json(body, {{"ETag", "W/\"1\""},
                               {"Last-Modified", "Sun, 22 Nov 2026 10:00:00 GMT"},
                               {"Age", "3600"},
                               {"X-RateLimit-Remaining", "7"}});
}
HttpResponse unchanged(FakeHttp::Headers headers) {
  return FakeHttp::status(304, "", std::move(headers));
}

TEST_F(FetcherTest, WhatIsUnchangedIsNotSentAgain) {
  http.answer(about, tagged("{\"a\":1}"));
  http.answer(about, unchanged({{"x-ratelimit-remaining", "5"}, {"X-RateLimit-Reset", "60"}}));
  ASSERT_TRUE(get(about));
  const auto second = get(about);
  ASSERT_TRUE(second) << second.error().detail;
  EXPECT_EQ(second->status, 200);
  EXPECT_EQ(second->body, "{\"a\":1}");
  EXPECT_EQ(http.requests().back().etag, "W/\"1\"");
  EXPECT_EQ(http.requests().back().modified, "Sun, 22 Nov 2026 10:00:00 GMT");
  EXPECT_EQ(fetcher->budget("https://a.test").remaining, 5) << "the budget is of today";
  EXPECT_FALSE(from_stale_cache(*second)) << "the server itself says that it holds";
}

TEST_F(FetcherTest, ACopyThatACacheConfirmsLongAfterIsStale) {
  http.answer(about, tagged("{}"));
  http.answer(about, unchanged({{"Age", "7200"}}));
  ASSERT_TRUE(get(about));
  const auto second = get(about);
  ASSERT_TRUE(second);
  EXPECT_TRUE(from_stale_cache(*second));
}

TEST_F(FetcherTest, RobotsAreAskedForConditionally) {
  const std::string robots = "https://a.test/robots.txt";
  http.answer(robots, FakeHttp::status(200, "User-agent: *\nDisallow: /private",
                                       {{"ETag", "\"r\""}, {"Content-Type", "text/plain"}}));
  http.answer(robots, unchanged({}));
  http.answer(page, FakeHttp::json("[]"));
  ASSERT_TRUE(get(page));
  clock.pass(25h);
  ASSERT_TRUE(get(page));
  EXPECT_EQ(http.requests()[2].etag, "\"r\"");
  EXPECT_EQ(get("https://a.test/private").error().kind, ErrorKind::forbidden)
      << "the rules hold on";
}

TEST_F(FetcherTest, A304ToRobotsThatNobodyAskedForAllowsNothing) {
  http.answer("https://a.test/robots.txt", unchanged({}));
  http.answer(page, FakeHttp::json("[]"));
  EXPECT_FALSE(get(page));
  EXPECT_TRUE(http.urls().empty());
}

TEST_F(FetcherTest, TheDateOfACopyIsNotTheServersClock) {
  HttpResponse old = tagged("{}");
  old.headers.emplace_back("Date", "Sun, 22 Nov 2015 10:00:00 GMT");
  AnswerCache cache;
  cache.complete(HttpRequest(about), old);
  HttpRequest request(about);
  cache.prepare(request);
  HttpResponse response = unchanged({});
  cache.complete(request, response);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("Date"), "");
  EXPECT_EQ(response.header("Age"), "");
}

TEST(AnswerCache, A304ThatNobodyAskedForIsNoAnswer) {
  AnswerCache cache;
  HttpResponse response = unchanged({});
  cache.complete(HttpRequest(about), response);
  EXPECT_EQ(response.status, 304);
}

TEST(AnswerCache, WhatIsSentAnewReplacesTheCopy) {
  AnswerCache cache;
  HttpResponse first = tagged("[1]");
  cache.complete(HttpRequest(about), first);
  HttpRequest request(about);
  cache.prepare(request);
  HttpResponse second = FakeHttp::json("[2]", {{"ETag", "\"2\""}});
  cache.complete(request, second);
  EXPECT_EQ(second.body, "[2]");
  HttpRequest third(about);
  cache.prepare(third);
  EXPECT_EQ(third.etag, "\"2\"");
  EXPECT_EQ(third.modified, "");
  HttpResponse plain = FakeHttp::json("[3]");
  cache.complete(third, plain);
  EXPECT_EQ(cache.size(), 0u) << "a server that names it no more";
}

TEST(AnswerCache, KeepsNothingOfRequestsWithATokenNorWhatIsLarge) {
  AnswerCache cache;
  HttpResponse response = tagged("[]");
  cache.complete(HttpRequest(about, "token"), response);
  EXPECT_EQ(cache.size(), 0u);
  HttpResponse large = tagged(std::string(AnswerCache::body_bytes_max + 1, ' '));
  cache.complete(HttpRequest(about), large);
  EXPECT_EQ(cache.size(), 0u);
  cache.complete(HttpRequest(about), response);
  HttpRequest with_token(about, "token");
  cache.prepare(with_token);
  EXPECT_EQ(with_token.etag, "");
}

TEST(AnswerCache, IsBoundedAndForgetsWhatWasUsedLongestAgo) {
  AnswerCache cache;
  const auto url = [](size_t i) { return "https://a.test/" + std::to_string(i); };
  for (size_t i = 0; i < AnswerCache::copies_max + 10; ++i) {
    HttpResponse response = tagged("[]");
    cache.complete(HttpRequest(url(i)), response);
  }
  EXPECT_EQ(cache.size(), AnswerCache::copies_max);
  HttpRequest gone(url(9));
  HttpRequest kept(url(10));
  cache.prepare(gone);
  cache.prepare(kept);
  EXPECT_EQ(gone.etag, "");
  EXPECT_NE(kept.etag, "");
}

}  // namespace
}  // namespace tagscout
