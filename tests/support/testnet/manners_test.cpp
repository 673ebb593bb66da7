#include "tests/support/testnet/manners.h"

#include <gtest/gtest.h>

#include <functional>

namespace tagscout::testnet {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Time start = time_from_us(1'763'900'000'000'000);

class PlainSite final : public Site {
 public:
  SiteReply answer(const SiteRequest& request, Time now) override {
    (void)now;
    return request.target == "/robots.txt" ? robots : reply;
  }
  SiteReply robots{.headers = {}, .body = "User-agent: *\nDisallow: /api/\n"};
  SiteReply reply;
};

class MannersTest : public testing::Test {
 protected:
  void ask(const std::string& target, milliseconds at) {
    manners.answer({"GET", target, "a/1"}, start + at);
  }
  const Behaviour& seen() const { return manners.behaviour(); }

  PlainSite site;
  Manners manners{site, milliseconds(100)};
};

TEST_F(MannersTest, RobotsComeFirstAndAreObeyed) {
  ask("/a", milliseconds(0));
  EXPECT_EQ(seen().before_robots, 1u);
  site.robots.status = 503;
  ask("/robots.txt", milliseconds(200));
  ask("/a", milliseconds(400));
  EXPECT_EQ(seen().before_robots, 2u) << "an error says nothing";
  site.robots.status = 200;
  ask("/robots.txt", milliseconds(600));
  ask("/a", milliseconds(800));
  EXPECT_EQ(seen().before_robots, 2u);
  EXPECT_EQ(seen().against_robots, 0u);
  ask("/api/v1/x", milliseconds(1'000));
  EXPECT_EQ(seen().against_robots, 1u);
}

TEST_F(MannersTest, GapsAreMeasuredFromTheAnswer) {
  ask("/robots.txt", milliseconds(0));
  ask("/a", milliseconds(100));
  EXPECT_EQ(seen().gaps_short, 0u);
  ask("/a", milliseconds(199));
  EXPECT_EQ(seen().gaps_short, 1u);
}

TEST_F(MannersTest, NothingIsAskedBeforeTheResetOfARefusal) {
  ask("/robots.txt", milliseconds(0));
  site.reply.status = 429;
  site.reply.headers = {{"X-RateLimit-Reset", format_time(start + seconds(3))}};
  ask("/a", seconds(1));
  site.reply = {};
  ask("/a", milliseconds(2'999));
  EXPECT_EQ(seen().before_reset, 1u);
  ask("/a", seconds(3));
  EXPECT_EQ(seen().before_reset, 1u);
  EXPECT_EQ(seen().refused, 1u);
  site.reply.status = 429;
  site.reply.headers = {{"Retry-After", "5"}};
  ask("/a", seconds(4));
  ask("/a", milliseconds(8'500));
  EXPECT_EQ(seen().before_reset, 2u);
}

TEST_F(MannersTest, NothingIsAskedWhenNothingIsLeft) {
  ask("/robots.txt", milliseconds(0));
  site.reply.headers = {{"RateLimit-Remaining", "0"},
                        {"RateLimit-Reset", std::to_string(to_us(start + seconds(9)) / 1'000'000)}};
  ask("/a", seconds(1));
  ask("/a", seconds(8));
  EXPECT_EQ(seen().above_limit, 1u);
  EXPECT_EQ(seen().spent, 2u);
  site.reply.headers[0].second = "7";
  ask("/a", seconds(9));
  ask("/a", seconds(10));
  EXPECT_EQ(seen().above_limit, 1u);
}

TEST_F(MannersTest, CountsWhoAsksAndHowManyAtOnce) {
  ask("/robots.txt", milliseconds(0));
  manners.answer({"GET", "/a", "b/2"}, start + seconds(1));
  EXPECT_EQ(seen().agents, (std::set<std::string>{"a/1", "b/2"}));
  manners.in_flight(1);
  manners.in_flight(2);
  manners.in_flight(1);
  EXPECT_EQ(seen().in_flight_max, 2);
  EXPECT_EQ(seen().requests, 2u);
}

}  // namespace
}  // namespace tagscout::testnet
