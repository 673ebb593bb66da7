#include "crawlers/http_redirect.h"

#include <gtest/gtest.h>

#include "tests/crawlers/http_fixture.h"

namespace tagscout {
namespace {

TEST_F(HttpTest, FollowsRedirects) {
  server.answer("/a", http_answer(301, "", {{"Location", "/b?x=y"}}));
  server.answer("/b?x=y", http_answer(302, "", {{"Location", "c"}}));
  server.answer("/c", http_answer(307, "", {{"Location", server.origin() + "/d"}}));
  server.answer("/d", http_answer(308, "", {{"Location", "//" + server.host_port() + "/e"}}));
  server.answer("/e", http_answer(303, "", {{"Location", "/f#part"}}));
  server.answer("/f", http_answer(200, "[]"));
  const auto response = get("/a", "secret");
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->url, server.origin() + "/f");
  EXPECT_EQ(server.connections(), 1);
  for (const std::string& request : server.requests()) {
    EXPECT_NE(request.find("Authorization: Bearer secret"), std::string::npos) << request;
  }
}

TEST_F(HttpTest, FollowsNoMoreThanFiveRedirects) {
  server.answer("/loop", http_answer(302, "", {{"Location", "/loop"}}));
  const auto response = get("/loop");
  EXPECT_EQ(response.error().kind, ErrorKind::forbidden);
  EXPECT_EQ(response.error().status, 302);
  EXPECT_EQ(server.requests().size(), 6u);
}

TEST_F(HttpTest, DropsTheTokenWhenTheOriginChanges) {
  LoopbackServer other(context);
  options.allow_private.add(other.host_port());
  server.answer("/a", http_answer(302, "", {{"Location", other.origin() + "/b"}}));
  other.answer("/b", http_answer(302, "", {{"Location", server.origin() + "/c"}}));
  server.answer("/c", http_answer(200, "[]"));
  ASSERT_TRUE(get("/a", "secret"));
  EXPECT_NE(server.requests().at(0).find("secret"), std::string::npos);
  EXPECT_EQ(other.requests().at(0).find("secret"), std::string::npos);
  EXPECT_EQ(server.requests().at(1).find("secret"), std::string::npos) << "not even back home";
}

TEST_F(HttpTest, FollowsNoRedirectToAnAddressThatMayNotBeReached) {
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
    EXPECT_EQ(kind_of("/" + std::to_string(target.size())), ErrorKind::forbidden) << target;
  }
  EXPECT_EQ(other.connections(), 0);
}

TEST_F(HttpTest, ARedirectWithoutAPlaceIsAnAnswer) {
  server.answer("/x", http_answer(302, "moved"));
  EXPECT_EQ(get("/x")->status, 302);
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
