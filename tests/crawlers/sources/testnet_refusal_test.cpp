// How servers say no, against the simulated network: pitfalls 4, 6 and 35.
#include <gtest/gtest.h>

#include "tests/crawlers/sources/testnet_bench.h"

namespace tagscout::testnet {
namespace {

using namespace std::chrono_literals;

struct Refusal {
  const char* software;
  const char* spell;  // on the instance
  int status;         // of the first refused page
};

TEST(Pitfall04Testnet, EveryWayOfAskingForAUserIsTheSameRefusal) {
  for (const Refusal& one : {Refusal{"mastodon-4.2", "closed:0:0-100", 422},
                             Refusal{"gotosocial", "", 401}, Refusal{"pixelfed", "", 403}}) {
    Options options = quiet_options({one.software});
    if (*one.spell != '\0') options.spells = {*parse_spell(one.spell)};
    TestnetBench bench(options);
    const std::string page = bench.host(0) + "/api/v1/timelines/tag/slowfashion?limit=40";
    const Result<HttpResponse> raw = bench.run(bench.web.get(HttpRequest(page)));
    EXPECT_EQ(raw->status, one.status) << one.software;
    const Result<HttpResponse> fetched = bench.run(bench.fetcher.get(HttpRequest(page), "source"));
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().kind, ErrorKind::auth) << one.software;
    TestnetReader reader(bench, bench.instance(0, {"slowfashion"}));
    const Result<Batch> batch = reader.next();
    ASSERT_FALSE(batch);
    EXPECT_EQ(batch.error().kind, ErrorKind::auth) << one.software;
    EXPECT_EQ(reader.setup().cursors.size(), 0u);
  }
}

TEST(Pitfall04Testnet, AFeedThatIsClosedForAWhileLosesNothing) {
  Options options = quiet_options({"mastodon-4.2"});
  options.spells = {*parse_spell("closed:0:100-200")};
  TestnetBench bench(options);
  TestnetReader reader(bench, bench.instance(0, {"slowfashion"}));
  reader.drain();
  bench.pass(150s);
  EXPECT_EQ(reader.next().error().kind, ErrorKind::auth);
  bench.pass(10min);
  reader.drain();
  EXPECT_EQ(reader.ids(), bench.arrived(0, {"slowfashion"}));
}

// Reads a page at a time from a server that throttles paging and does not say so.
Behaviour read_throttled(Rules rules, Duration& took, size_t& pages) {
  Options options = quiet_options({"mastodon"});
  options.page_max = 1;
  options.history_posts = 3'000;
  options.limit = 100'000;
  options.paging_limit = 300;
  options.paging_hidden = true;
  options.limit_period = 15min;
  TestnetBench bench(options, rules);
  TestnetReader reader(bench, bench.instance(0, {"slowfashion"}));
  const Time begun = bench.clock.now();
  for (int page = 0; page < 400; ++page) {
    const Result<Batch> batch = reader.next();
    // A host that rests for long is an error for the runner, not a request.
    const bool rests = !batch && batch.error().until && *batch.error().until > bench.clock.now();
    if (rests) bench.pass(*batch.error().until - bench.clock.now());
  }
  took = bench.clock.now() - begun;
  pages = bench.web.requests("min_id=").size();
  return bench.manners[0]->behaviour();
}

TEST(Pitfall06Testnet, TheHiddenThrottleOfPagingIsNeverReached) {
  Duration took{};
  size_t pages = 0;
  EXPECT_EQ(read_throttled(Rules::public_hosts, took, pages).refused, 0u);
  EXPECT_GT(took, 15min);
  EXPECT_GT(pages, 300u);
  // Whoever goes by what is announced alone runs into it.
  EXPECT_GT(read_throttled(Rules::private_hosts, took, pages).refused, 0u);
}

TEST(Pitfall06Testnet, A429WithoutRetryAfterIsWaitedOutToItsReset) {
  Options options = quiet_options({"mastodon"});
  options.limit = 12;
  options.limit_period = 100s;
  options.page_max = 5;
  TestnetBench bench(options);
  TestnetReader reader(bench, bench.instance(0, {"slowfashion"}));
  reader.drain();
  EXPECT_EQ(reader.ids(), bench.arrived(0, {"slowfashion"}));
  const Behaviour& behaviour = bench.manners[0]->behaviour();
  EXPECT_GT(behaviour.spent, 0u);
  EXPECT_EQ(behaviour.above_limit, 0u);
  EXPECT_EQ(behaviour.refused, 0u);
}

// Every form in which a server says when it may be asked again.
class Pitfall35Testnet : public testing::TestWithParam<std::string> {};

TEST_P(Pitfall35Testnet, NobodyIsAskedBeforeTheTimeThatItNamed) {
  TestnetBench bench(quiet_options({GetParam()}));
  TestnetReader reader(bench, bench.instance(0, {"slowfashion"}, access_token));
  reader.drain();
  bench.pass(10s);
  const Time refused = bench.clock.now();
  bench.world.faults().add(*parse_spell("storm:0:0-5"), refused);
  for (int tries = 0; tries < 8 && bench.clock.now() < refused + 5s; ++tries) {
    const Result<Batch> batch = reader.next();
    if (batch) continue;
    EXPECT_EQ(batch.error().kind, ErrorKind::rate_limited);
    EXPECT_TRUE(batch.error().until);
  }
  const Behaviour& behaviour = bench.manners[0]->behaviour();
  EXPECT_GT(behaviour.refused, 0u);
  EXPECT_EQ(behaviour.before_reset, 0u);
  EXPECT_LE(behaviour.refused, 3u);
  bench.pass(10min);
  reader.drain();
  EXPECT_EQ(reader.ids(), bench.arrived(0, {"slowfashion"}));
}

INSTANTIATE_TEST_SUITE_P(Software, Pitfall35Testnet,
                         testing::Values("mastodon", "gotosocial", "pixelfed"));

TEST(Pitfall35AppViewTestnet, TheAppViewsSecondsAreWaitedFor) {
  Options options = quiet_options({"mastodon"});
  options.bluesky_share = 1;
  options.spells = {*parse_spell("storm:appview:10-15")};
  TestnetBench bench(options);
  const std::unique_ptr<Origin> origin = bench.origin(bench.jetstream({"slowfashion"}));
  const auto read = [&] {
    std::vector<AccountTarget> targets = {
        AccountTarget(AccountId(Network::bluesky, bench.world.accounts()[0].did), "", "")};
    return bench.run(origin->read_accounts("bluesky", std::move(targets)));
  };
  EXPECT_TRUE(read());
  bench.pass(11s);
  const Result<Batch> refused = read();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::rate_limited);
  EXPECT_TRUE(refused.error().until);
  while (bench.clock.now() < bench.world.start() + 17s) {
    if (read()) break;
  }
  EXPECT_TRUE(read());
  EXPECT_EQ(bench.manners[1]->behaviour().before_reset, 0u);
  EXPECT_GT(bench.manners[1]->behaviour().refused, 1u);
}

}  // namespace
}  // namespace tagscout::testnet
