// What was observed on real servers (GoToSocial for the most part), against the simulated network.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/crawlers/sources/testnet_bench.h"

namespace tagscout::testnet {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> two_tags = {"handsewn", "slowfashion"};

class Observed : public testing::Test {
 protected:
  explicit Observed(Options options = quiet_options({"gotosocial", "mastodon"}))
      : bench(std::move(options)) {}

  HttpResponse raw(const std::string& path, const std::string& token = access_token) {
    return bench.run(bench.web.get(HttpRequest(bench.host(0) + path, token))).value();
  }
  TestnetReader reader(std::vector<std::string> tags, std::string token = access_token) {
    return {bench, bench.instance(0, std::move(tags), std::move(token))};
  }

  TestnetBench bench;
};

TEST_F(Observed, AServerThatWantsAUserAgentGetsOneWithEveryRequest) {
  EXPECT_EQ(MastodonSite(bench.world, 0).answer({"GET", "/robots.txt"}, bench.clock.now()).status,
            418);
  TestnetReader one = reader(two_tags);
  one.drain();
  EXPECT_EQ(bench.manners[0]->behaviour().agents.count(""), 0u);
  EXPECT_EQ(bench.manners[0]->behaviour().agents.size(), 1u);
}

TEST_F(Observed, WithoutATokenItIsNotAskedForItsFeedsAndWithAWrongOneItRefuses) {
  TestnetReader none = reader(two_tags, "");
  EXPECT_EQ(none.next().error().kind, ErrorKind::auth);
  EXPECT_TRUE(bench.web.requests("/timelines/").empty());
  TestnetReader wrong = reader(two_tags, "stale");
  EXPECT_EQ(wrong.next().error().kind, ErrorKind::auth);
  EXPECT_EQ(bench.web.requests("/timelines/").back().status, 401);
}

TEST_F(Observed, LimitsAreClampedAndPagingGoesOnUntilNothingComes) {
  const auto rows = [&](const std::string& limit) {
    const std::string body = raw("/api/v1/timelines/tag/slowfashion?limit=" + limit).body;
    size_t count = 0;
    for (size_t at = body.find("\"visibility\""); at != body.npos;
         at = body.find("\"visibility\"", at + 1)) {
      ++count;
    }
    return count;
  };
  EXPECT_EQ(rows("1000"), 40u);
  EXPECT_EQ(rows("0"), 1u);
  EXPECT_EQ(raw("/api/v1/timelines/tag/slowfashion?limit=abc").status, 400);
  TestnetReader one = reader({"slowfashion"});
  one.drain();
  EXPECT_EQ(one.ids(), bench.arrived(0, {"slowfashion"}));
  EXPECT_GT(one.ids().size(), 40u);
}

TEST_F(Observed, AMalformedCursorAnswersPageOneAndIsNoEndlessLoop) {
  SourceSetup setup = bench.instance(0, {"slowfashion"}, access_token);
  setup.cursors["slowfashion"] = {"slowfashion", "notanid;1", bench.clock.now() - 1h};
  TestnetReader one(bench, setup);
  one.drain();
  EXPECT_EQ(one.ids(), bench.arrived(0, {"slowfashion"}));
  EXPECT_LT(bench.web.requests("/timelines/").size(), 20u);
  EXPECT_EQ(one.dropped("gap"), 1);
}

TEST_F(Observed, ACursorFromMastodonIsNoEndlessSilence) {
  // The address ran Mastodon before: as bytes, its numbers are above all ids of today.
  SourceSetup setup = bench.instance(0, {"slowfashion"}, access_token);
  const std::string old = std::to_string(snowflake(bench.clock.now() - 2h, 1));
  setup.cursors["slowfashion"] = {"slowfashion", old + ";1", bench.clock.now() - 100h};
  TestnetReader one(bench, setup);
  one.drain();
  EXPECT_EQ(one.ids(), bench.arrived(0, {"slowfashion"}));
}

TEST_F(Observed, LinksAreAbsoluteAndMissingOnEmptyPagesAndNobodyFollowsThem) {
  EXPECT_TRUE(raw("/api/v1/timelines/tag/slowfashion?limit=2")
                  .header("Link")
                  .starts_with("<https://loom.example/"));
  const std::string last = write_id(IdStyle::ulid, snowflake(bench.clock.now() + 1h, 1));
  EXPECT_TRUE(raw("/api/v1/timelines/tag/slowfashion?min_id=" + last).header("Link").empty());
  TestnetReader one = reader({"slowfashion"});
  one.drain();
  EXPECT_EQ(one.ids(), bench.arrived(0, {"slowfashion"}));
}

TEST_F(Observed, AnUnknownTagIs404AndReadAsEmptyUntilSomebodyUsesIt) {
  EXPECT_EQ(raw("/api/v1/timelines/tag/basketweaving?limit=40").status, 404);
  TestnetReader one = reader({"basketweaving"});
  one.drain();
  bench.pass(2min);
  one.drain();
  EXPECT_TRUE(one.errors().empty());
  EXPECT_TRUE(one.ids().empty());
}

TEST_F(Observed, BudgetsAreIsoTimesInHeadersOfAnyCase) {
  const HttpResponse page = raw("/api/v1/timelines/tag/slowfashion?limit=2");
  EXPECT_EQ(page.header("X-RateLimit-Reset").size(),
            std::string("2026-11-22T19:41:10.000Z").size());
  TestnetReader one = reader({"slowfashion"});
  one.drain();
  const HostBudget budget = bench.fetcher.budget(bench.host(0));
  EXPECT_EQ(budget.limit, 1'000'000);
  ASSERT_TRUE(budget.reset_at);
  const auto left = *budget.reset_at - bench.clock.now();
  EXPECT_GT(left, 0s);
  EXPECT_LE(left, 5min);
}

TEST_F(Observed, IdsAreUlidsOfPostsAndAccountsAlike) {
  TestnetReader one = reader({"slowfashion"});
  one.drain();
  const std::string id = one.setup().cursors.at("slowfashion").value;
  EXPECT_EQ(id.find(';'), 26u);
  for (const PostSighting& post : one.posts()) {
    const bool home = post.author.provenance == Provenance::origin;
    EXPECT_EQ(post.author.home_id.size(), home ? 26u : 0u);
  }
}

TEST_F(Observed, ThereAreNoBatchesThereSoThatPostsAreReadOneByOne) {
  TestnetReader one = reader({"slowfashion"});
  one.drain();
  const auto origin = bench.origin(one.setup());
  std::vector<PostTarget> targets;
  for (const PostSighting& post : one.posts()) {
    if (post.provenance == Provenance::origin) targets.emplace_back(post.id, post.author.id);
  }
  ASSERT_GT(targets.size(), 3u);
  const Batch first = bench.run(origin->read_posts(bench.host(0), {targets[0]})).value();
  EXPECT_EQ(origin->posts_max(bench.host(0), targets), 1u);
  EXPECT_EQ(std::get<PostSighting>(first.events.at(0)).id, targets[0].id);
  EXPECT_EQ(raw("/api/v1/statuses?id[]=1").status, 405);
}

class ObservedLively : public Observed {
 protected:
  ObservedLively() : Observed(lively()) {}
  static Options lively() {
    Options options = quiet_options({"gotosocial", "mastodon"});
    options.plain = false;
    options.stream_changes = true;
    options.posts_per_second = 1;
    options.history_posts = 100;
    return options;
  }
};

TEST_F(ObservedLively, AnEditedPostStaysInItsOldFeedAndIsHandedOverWithItsNewTags) {
  bench.pass(9min);
  TestnetReader one = reader({"slowfashion"});
  one.drain();
  size_t strangers = 0;
  for (const PostSighting& post : one.posts()) {
    ASSERT_TRUE(post.tags);
    EXPECT_TRUE(post.queried_tag.empty());
    const bool bears = std::count(post.tags->begin(), post.tags->end(), "slowfashion") > 0;
    if (bears) continue;
    ++strangers;
    EXPECT_LE(bench.post(post.id)->edited_at, bench.clock.now());
  }
  EXPECT_GT(strangers, 0u);
}

TEST_F(ObservedLively, ASilentHashtagStreamIsNoSilenceAndOnlyDeletionsComeOverIt) {
  TestnetReader one = reader(two_tags);
  one.drain();
  one.read_for(9min);
  EXPECT_EQ(bench.web.requests("/api/v1/streaming").front().status, 101);
  EXPECT_GT(one.events<PostDeleted>().size(), 0u);
  EXPECT_EQ(one.dropped("protocol"), 0);
  const size_t polls = bench.web.requests("/timelines/").size();
  EXPECT_GT(polls, 12u);
  bench.pass(2min);
  one.read_for(2min);
  // All that still stands was found, by polling alone.
  for (const Post& post : bench.world.posts()) {
    const bool wanted = post.tags == post.tags_edited && post.arrived[0] != never &&
                        (post.tags & find_tag("slowfashion")) != 0 && post.deleted_at == never &&
                        bench.author(post).gone_at == never;
    if (!wanted) continue;
    EXPECT_TRUE(one.ids().contains("ap:" + bench.names().ap_uri(post, bench.author(post))));
  }
}

}  // namespace
}  // namespace tagscout::testnet
