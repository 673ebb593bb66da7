#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crawlers/sources/mastodon_origin.h"
#include "tests/crawlers/source_bench.h"
#include "tests/crawlers/sources/mastodon_samples.h"

namespace tagscout {
namespace {

using testing::ElementsAre;

const std::string finger_url =
    home_server + "/.well-known/webfinger?resource=acct%3Aada%40home.example";
const std::string self_link =
    R"({"rel":"self","type":"application/activity+json","href":"https://home.example/users/ada"})";

std::string links(const std::vector<std::string>& each) {
  return R"({"subject":"acct:ada@home.example","links":)" + json_array(each) + "}";
}

std::string found(const std::string& body) {
  const Result<AccountId> id = parse_webfinger(body);
  return id ? id->text() : "error";
}

TEST(WebFinger, NamesTheActorInItsSelfLink) {
  const std::string want = "ap:https://home.example/users/ada";
  EXPECT_EQ(found(links({self_link})), want);
  EXPECT_EQ(found(links({R"({"rel":"http://webfinger.net/rel/profile-page","type":"text/html",)"
                         R"("href":"https://home.example/@ada"})",
                         self_link})),
            want);
  EXPECT_EQ(found(links({R"({"rel":"self","type":"application/ld+json; )"
                         R"(profile=\"https://www.w3.org/ns/activitystreams\"",)"
                         R"("href":"https://home.example/users/ada"})"})),
            want);
  EXPECT_EQ(found(links({R"({"rel":"self","type":"text/html","href":"https://home.example/a"})"})),
            "");
  EXPECT_EQ(found(links({R"({"rel":"me","type":"application/activity+json",)"
                         R"("href":"https://home.example/a"})"})),
            "");
  EXPECT_EQ(found(links({})), "");
  EXPECT_EQ(found("{}"), "");
  for (const std::string& bad :
       {std::string(), std::string("[]"), std::string("{\"links\":1}"),
        links({R"({"rel":"self","type":"application/activity+json","href":"acct:ada@x"})"})}) {
    EXPECT_EQ(found(bad), "error") << bad;
  }
}

class WebFingerTest : public testing::Test {
 protected:
  Result<AccountId> resolve(const std::string& handle) {
    MastodonOrigin origin(sections, bench.tools());
    return bench.run(origin.resolve(handle));
  }
  SourceBench bench;
  std::vector<SourceSection> sections;
};

TEST_F(WebFingerTest, IsAskedOfTheDomainOfTheHandle) {
  bench.http.answer(finger_url,
                    FakeHttp::json(links({self_link}), {{"Content-Type", "application/jrd+json"}}));
  EXPECT_EQ(resolve("ada@home.example")->text(), "ap:https://home.example/users/ada");
  EXPECT_THAT(bench.http.urls(), ElementsAre(finger_url));
  EXPECT_NE(bench.http.requests().back().accept.find("application/jrd+json"), std::string::npos);
  EXPECT_EQ(bench.http.requests().back().token, "");
}

TEST_F(WebFingerTest, KnowsNobodyWhereTheDomainSaysSo) {
  for (const int status : {404, 410, 400}) {
    SourceBench other;
    other.http.otherwise([&](const HttpRequest&) { return FakeHttp::status(status, "{}"); });
    MastodonOrigin origin({}, other.tools());
    const Result<AccountId> id = other.run(origin.resolve("ada@home.example"));
    ASSERT_TRUE(id) << status;
    EXPECT_TRUE(id->empty());
  }
}

TEST_F(WebFingerTest, MayBeAnsweredLater) {
  bench.http.otherwise([](const HttpRequest&) { return FakeHttp::status(503, "<html>"); });
  EXPECT_EQ(resolve("ada@home.example").error().kind, ErrorKind::transient);
}

TEST_F(WebFingerTest, GoesTheWayThatASourceOfThatAddressIsConfigured) {
  SourceSection section;
  section.name = "local";
  section.url = "http://127.0.0.1:3001";
  sections.push_back(section);
  resolve("ada@127.0.0.1:3001").value();
  EXPECT_THAT(bench.http.urls(), ElementsAre("http://127.0.0.1:3001/.well-known/webfinger?resource="
                                             "acct%3Aada%40127.0.0.1%3A3001"));
}

}  // namespace
}  // namespace tagscout
