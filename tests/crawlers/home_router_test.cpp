#include "crawlers/home_router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/crawlers/source_bench.h"

namespace tagscout {
namespace {

using testing::ElementsAre;

// Remembers which hosts it was asked about.
class DeafOrigin final : public Origin {
 public:
  DeafOrigin(size_t at_once, std::vector<std::string>& asked) : at_once_(at_once), asked_(asked) {}
  size_t accounts_max(const std::string&, const std::vector<AccountTarget>&) const override {
    return at_once_;
  }
  size_t posts_max(const std::string&, const std::vector<PostTarget>&) const override {
    return at_once_;
  }
  boost::asio::awaitable<Result<Batch>> read_accounts(std::string host,
                                                      std::vector<AccountTarget>) override {
    asked_.push_back("accounts " + host);
    co_return Batch();
  }
  boost::asio::awaitable<Result<Batch>> read_posts(std::string host,
                                                   std::vector<PostTarget>) override {
    asked_.push_back("posts " + host);
    co_return Batch();
  }

 private:
  size_t at_once_;
  std::vector<std::string>& asked_;
};

class HomeRouterTest : public testing::Test {
 protected:
  HomeRouterTest() {
    std::vector<HomeRouter::Speaker> speakers;
    speakers.push_back({{}, std::make_unique<DeafOrigin>(20, others_)});
    speakers.push_back({{"peertube"}, std::make_unique<DeafOrigin>(100, tubes_)});
    router_ = std::make_unique<HomeRouter>(std::move(speakers), bench_.tools());
  }
  void introduce(const std::string& host, const std::string& software) {
    bench_.http.answer(host + "/.well-known/nodeinfo",
                       dated_json(R"({"links":[{"rel":"http://nodeinfo.diaspora.software/ns/)"
                                  R"(schema/2.0","href":")" +
                                  host + R"(/n"}]})"));
    bench_.http.answer(host + "/n", dated_json(R"({"software":{"name":")" + software + R"("}})"));
  }
  Result<Batch> read_accounts(const std::string& host) {
    std::vector<AccountTarget> targets{AccountTarget(AccountId("ap:" + host + "/x"), "", "")};
    return bench_.run(router_->read_accounts(host, std::move(targets)));
  }
  Result<Batch> read_posts(const std::string& host) {
    std::vector<PostTarget> targets{
        PostTarget(PostId("ap:" + host + "/p"), AccountId("ap:" + host + "/x"))};
    return bench_.run(router_->read_posts(host, std::move(targets)));
  }

  SourceBench bench_;
  std::vector<std::string> others_;
  std::vector<std::string> tubes_;
  std::unique_ptr<HomeRouter> router_;
};

TEST_F(HomeRouterTest, AsksWhoeverSpeaksTheLanguageOfTheHome) {
  introduce("https://tube.example", "PeerTube");
  introduce("https://home.example", "mastodon");
  EXPECT_TRUE(read_accounts("https://tube.example"));
  EXPECT_TRUE(read_posts("https://home.example"));
  EXPECT_TRUE(read_posts("https://silent.example"));
  EXPECT_THAT(tubes_, ElementsAre("accounts https://tube.example"));
  EXPECT_THAT(others_, ElementsAre("posts https://home.example", "posts https://silent.example"));
  const std::vector<PostTarget> none;
  EXPECT_EQ(router_->posts_max("https://tube.example", none), 100u);
  EXPECT_EQ(router_->posts_max("https://home.example", none), 20u);
}

TEST_F(HomeRouterTest, AHomeThatCannotBeAskedIsAnError) {
  bench_.http.answer("https://down.example/.well-known/nodeinfo",
                     Error(ErrorKind::transient, "connection refused"));
  EXPECT_EQ(read_accounts("https://down.example").error().kind, ErrorKind::transient);
  EXPECT_TRUE(others_.empty());
}

TEST_F(HomeRouterTest, ThereIsOneForNetworksOfSeveralKindsOfServers) {
  const auto origins = make_origins({}, bench_.tools());
  EXPECT_TRUE(dynamic_cast<HomeRouter*>(origins.at(Network::activitypub).get()));
  EXPECT_FALSE(dynamic_cast<HomeRouter*>(origins.at(Network::bluesky).get()));
}

}  // namespace
}  // namespace tagscout
