#include "crawlers/http_redirect.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include "tests/crawlers/fetcher_fixture.h"
#include "tests/crawlers/http_fixture.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;

// Fetcher over the real Http, robots.txt left out.
class RedirectTest : public HttpTest {
 protected:
  RedirectTest() { server.answer("/robots.txt", http_answer(404, "")); }

  Result<HttpResponse> fetch(const std::string& target, const std::string& token = {}) {
    http = make_http(context.get_executor(), options, clock);
    FetcherOptions with;
    with.gap = 0s;
    with.allow_private = options.allow_private;
    with.respect_robots = false;
    fetcher.emplace(*http, clock, chance, std::move(with), nullptr);
    return run_to_end(context, fetcher->get(HttpRequest(server.origin() + target, token), "src"));
  }

  Chance chance{1};
  std::optional<Fetcher> fetcher;
};

std::string json_answer(const std::string& body) {
  return http_answer(200, body, {{"Content-Type", "application/json"}});
}

TEST_F(RedirectTest, FollowsRedirects) {
  server.answer("/a", http_answer(301, "", {{"Location", "/b?x=y"}}));
  server.answer("/b?x=y", http_answer(302, "", {{"Location", "c"}}));
  server.answer("/c", http_answer(307, "", {{"Location", server.origin() + "/d"}}));
  server.answer("/d", http_answer(308, "", {{"Location", "//" + server.host_port() + "/e"}}));
  server.answer("/e", http_answer(303, "", {{"Location", "/f#part"}}));
  server.answer("/f", json_answer("[]"));
  const auto response = fetch("/a", "secret");
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->url, server.origin() + "/f");
  EXPECT_EQ(server.connections(), 1);
  for (const std::string& request : server.requests()) {
    EXPECT_NE(request.find("Authorization: Bearer secret"), std::string::npos) << request;
  }
}

TEST_F(RedirectTest, FollowsNoMoreThanFive) {
  server.answer("/loop", http_answer(302, "", {{"Location", "/loop"}}));
  const auto response = fetch("/loop");
  EXPECT_EQ(response.error().kind, ErrorKind::forbidden);
  EXPECT_EQ(response.error().status, 302);
  EXPECT_EQ(server.requests().size(), 6u);
}

TEST_F(RedirectTest, DropsTheTokenWhenTheOriginChanges) {
  LoopbackServer other(context);
  options.allow_private.add(other.host_port());
  server.answer("/a", http_answer(302, "", {{"Location", other.origin() + "/b"}}));
  other.answer("/b", http_answer(302, "", {{"Location", server.origin() + "/c"}}));
  server.answer("/c", json_answer("[]"));
  ASSERT_TRUE(fetch("/a", "secret"));
  EXPECT_NE(server.requests().at(0).find("secret"), std::string::npos);
  EXPECT_EQ(other.requests().at(0).find("secret"), std::string::npos);
  EXPECT_EQ(server.requests().at(1).find("secret"), std::string::npos) << "not even back home";
}

TEST_F(RedirectTest, LeadsToNoAddressThatMayNotBeReached) {
  LoopbackServer other(context);
  const std::string targets[] = {"http://" + other.host_port() + "/",
                                 "https://" + other.host_port() + "/",
                                 "http://169.254.169.254/latest/meta-data",
                                 "https://[::1]/",
                                 "https://[::ffff:127.0.0.1]/",
                                 "https://127.1/",
                                 "https://2130706433/",
                                 "https://0x7f000001/",
                                 "https://0/",
                                 "file:///etc/passwd",
                                 "https://user@" + server.host_port() + "/"};
  for (const std::string& target : targets) {
    server.answer("/" + std::to_string(target.size()),
                  http_answer(302, "", {{"Location", target}}));
    const auto response = fetch("/" + std::to_string(target.size()));
    EXPECT_EQ(response.error().kind, ErrorKind::forbidden) << target;
  }
  EXPECT_EQ(other.connections(), 0);
}

TEST_F(HttpTest, ARedirectIsAnAnswer) {
  server.answer("/x", http_answer(302, "moved"));
  server.answer("/y", http_answer(302, "moved", {{"Location", "/z"}}));
  EXPECT_EQ(get("/x")->status, 302);
  EXPECT_EQ(get("/y")->status, 302);
  EXPECT_EQ(server.requests().size(), 2u);
}

HttpResponse to(const std::string& place) {
  return FakeHttp::status(302, "", {{"Location", place}});
}

TEST_F(FetcherTest, ARedirectTakesTheTurnAndTheRulesOfTheHostItLeadsTo) {
  const std::string there = "https://b.test/api/v1/x";
  http.answer(page, to(there));
  http.answer(there, FakeHttp::json("[]"));
  ASSERT_TRUE(get(page));
  std::vector<std::string> asked;
  for (const HttpRequest& request : http.requests()) asked.push_back(request.url);
  EXPECT_EQ(asked, (std::vector<std::string>{"https://a.test/robots.txt", page,
                                             "https://b.test/robots.txt", there}));
  const Duration before = clock.steady();
  ASSERT_TRUE(get(there));
  EXPECT_EQ(clock.steady() - before, 3s) << "the gap counts from the redirected request";
}

TEST_F(FetcherTest, ARedirectToWhatRobotsDisallowIsNotFollowed) {
  http.answer(page, to("https://b.test/private"));
  http.answer("https://b.test/robots.txt", FakeHttp::status(200, "User-agent: *\nDisallow: /p"));
  const auto response = get(page);
  EXPECT_EQ(response.error().kind, ErrorKind::forbidden);
  EXPECT_EQ(response.error().detail, "robots.txt of b.test disallows /private");
  EXPECT_EQ(http.urls(), std::vector<std::string>{page});
}

TEST_F(FetcherTest, ARedirectToAHostThatMayNotBeAskedIsRefusedAndCounted) {
  FetcherOptions with = options();
  with.may_lead_to = [](const std::string& server) { return server == "https://c.test"; };
  make(with);
  http.answer(page, to("https://b.test/api/v1/x"));
  const std::string why =
      "redirect of https://a.test/api/v1/timelines/tag/x not followed: https://b.test is a host "
      "that may not be asked";
  const auto response = get(page);
  EXPECT_EQ(response.error().kind, ErrorKind::forbidden);
  EXPECT_EQ(response.error().status, 302);
  EXPECT_EQ(response.error().detail, why);
  EXPECT_EQ(http.urls(), std::vector<std::string>{page}) << "not even its robots.txt";
  EXPECT_EQ(counter.lines, (std::vector<std::string>{"src ok", "src forbidden"}));
  EXPECT_EQ(fetcher->report("https://a.test").last_refusal, why);
}

TEST_F(FetcherTest, TheHostsThatMayBeAskedAreNotSearchedForWhatStaysOnAHost) {
  FetcherOptions with = options();
  with.may_lead_to = [](const std::string& server) { return server == "https://c.test"; };
  make(with);
  http.answer(page, to("/elsewhere"));
  http.answer("https://a.test/elsewhere", to("https://c.test/x"));
  http.answer("https://c.test/x", FakeHttp::json("[]"));
  EXPECT_TRUE(get(page));
}

TEST_F(FetcherTest, RobotsThatAreKeptWhereNobodyMayAskAreNotRead) {
  FetcherOptions with = options();
  with.may_lead_to = [](const std::string&) { return false; };
  make(with);
  http.answer("https://a.test/robots.txt", to("https://b.test/robots.txt"));
  EXPECT_FALSE(get(page));
  EXPECT_EQ(http.requests().size(), 1u);
}

TEST_F(FetcherTest, ARedirectToAHostThatRestsIsNotFollowed) {
  const std::string there = "https://b.test/api/v1/x";
  http.answer(there, FakeHttp::status(429, "{}", {{"Retry-After", "3600"}}));
  ASSERT_FALSE(get(there));
  http.answer(page, to(there));
  const size_t asked = http.requests().size();
  const auto response = get(page);
  EXPECT_EQ(response.error().kind, ErrorKind::rate_limited);
  EXPECT_EQ(response.error().until, fetcher->report("https://b.test").not_before);
  EXPECT_EQ(http.requests().size(), asked + 2) << "a's robots.txt and the page";
}

TEST_F(FetcherTest, ARedirectWithinAHostKeepsTheGap) {
  FetcherOptions with = options();
  with.respect_robots = false;
  make(with);
  http.answer(page, to("/elsewhere"));
  http.answer("https://a.test/elsewhere", FakeHttp::json("[]"));
  const Duration before = clock.steady();
  ASSERT_TRUE(get(page));
  EXPECT_EQ(clock.steady() - before, 3s);
}

TEST_F(FetcherTest, HostsThatLeadToEachOtherDoNotWaitForEachOther) {
  FakeHttp slow(clock, 1s);
  slow.otherwise([](const HttpRequest& request) -> Result<HttpResponse> {
    const bool robots = request.url.ends_with("/robots.txt");
    const bool a = request.url.starts_with("https://a.test");
    // The rules of each host are kept by the other, and so are its pages.
    if (robots && request.url.find("/of/") == std::string::npos) {
      return to(a ? "https://b.test/of/a/robots.txt" : "https://a.test/of/b/robots.txt");
    }
    if (robots) return FakeHttp::status(200, "User-agent: *\nDisallow: /never");
    if (request.url.ends_with("/there")) return FakeHttp::json("[]");
    return to(a ? "https://b.test/there" : "https://a.test/there");
  });
  Fetcher fetch(slow, clock, chance, options(), nullptr);
  int good = 0;
  for (const char* const url : {"https://a.test/x", "https://b.test/x", "https://a.test/y"}) {
    boost::asio::co_spawn(context, fetch.get(HttpRequest(url), "src"),
                          [&](const std::exception_ptr&, const Result<HttpResponse>& result) {
                            good += result ? 1 : 0;
                          });
  }
  clock.run(context);
  EXPECT_EQ(good, 3);
  EXPECT_LE(slow.in_flight_max(), 2) << "one for each host";
}

TEST_F(FetcherTest, RobotsThatAreKeptElsewhereAreRead) {
  http.answer("https://a.test/robots.txt", to("https://www.a.test/robots.txt"));
  http.answer("https://www.a.test/robots.txt",
              FakeHttp::status(200, "User-agent: *\nDisallow: /api/"));
  EXPECT_EQ(get(page).error().detail, "robots.txt of a.test disallows /api/v1/timelines/tag/x");
}

TEST(Redirected, NeverLeadsFromHttpsToHttp) {
  HttpResponse response;
  response.status = 302;
  response.url = "https://a.test/x";
  response.headers = {{"Location", "http://a.test/y"}};
  const auto next = redirected(HttpRequest("https://a.test/x"), response);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->error().kind, ErrorKind::forbidden);
  EXPECT_EQ(next->error().status, 302);
  EXPECT_EQ(next->error().detail,
            "redirect of https://a.test/x not followed: from https to http://a.test");
}

TEST(Redirected, MayLeadFromHttpToHttps) {
  HttpResponse response;
  response.status = 301;
  response.headers = {{"Location", "https://a.test/y"}};
  const auto next = redirected(HttpRequest("http://a.test/x", "t"), response);
  EXPECT_EQ(next->value().url, "https://a.test/y");
  EXPECT_EQ(next->value().token, "") << "another origin";
}

}  // namespace
}  // namespace tagscout
