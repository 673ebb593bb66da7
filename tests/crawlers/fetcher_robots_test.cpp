#include "tests/crawlers/fetcher_fixture.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;

using FetcherRobots = FetcherTest;

TEST_F(FetcherRobots, RobotsAreAskedFirstAndOnceADay) {
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

TEST_F(FetcherRobots, RobotsOfAPrivateHostAreAskedToo) {
  http.answer("http://127.0.0.1:8080/robots.txt",
              FakeHttp::status(200, "User-agent: tagscout\nDisallow: /"));
  EXPECT_EQ(get("http://127.0.0.1:8080/x").error().kind, ErrorKind::forbidden);
}

TEST_F(FetcherRobots, RobotsCanBeSwitchedOff) {
  http.answer("https://a.test/robots.txt", FakeHttp::status(200, "User-agent: *\nDisallow: /"));
  http.answer(page, FakeHttp::json("[]"));
  FetcherOptions with = options();
  with.respect_robots = false;
  make(with);
  EXPECT_TRUE(get(page));
  EXPECT_EQ(http.requests().size(), 1u);
}

TEST_F(FetcherRobots, RobotsThatAreNotThereAllow) {
  for (const int status : {400, 401, 403, 404, 410}) {
    FakeHttp fresh;
    http = fresh;
    fetcher.reset();
    http.answer("https://a.test/robots.txt", FakeHttp::status(status, "no"));
    http.answer(page, FakeHttp::json("[]"));
    EXPECT_TRUE(get(page)) << status;
  }
}

TEST_F(FetcherRobots, RobotsThatFailAreWaitedFor) {
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

TEST_F(FetcherRobots, AnOldCopyOfRobotsHoldsWhileTheServerFails) {
  http.answer("https://a.test/robots.txt",
              FakeHttp::status(200, "User-agent: *\nDisallow: /private"));
  http.answer("https://a.test/robots.txt", FakeHttp::status(503, "<html>"));
  http.answer(page, FakeHttp::json("[]"));
  ASSERT_TRUE(get(page));
  clock.pass(25h);
  EXPECT_TRUE(get(page));
  EXPECT_EQ(get("https://a.test/private").error().kind, ErrorKind::forbidden);
}

}  // namespace
}  // namespace tagscout
