// What paging gets wrong, against the simulated network: pitfalls 1, 2, 3, 5 and 16.
#include <gtest/gtest.h>

#include "tests/crawlers/sources/testnet_bench.h"

namespace tagscout::testnet {
namespace {

using namespace std::chrono_literals;

const std::string timeline = "/timelines/tag/";
const std::vector<std::string> two_tags = {"handsewn", "slowfashion"};

std::set<std::string> minus(std::set<std::string> all, const std::set<std::string>& some) {
  for (const std::string& id : some) all.erase(id);
  return all;
}

TEST(Pitfall01Testnet, EveryPostIsReadThoughPagesAreCutShortAndMoreArrivesMeanwhile) {
  Options options = quiet_options();
  options.page_max = 7;
  options.posts_per_second = 20;
  options.duration = 20s;
  TestnetBench bench(options);
  TestnetReader reader(bench, bench.instance(0, {"slowfashion"}));
  const std::set<std::string> before = bench.arrived(0, {"slowfashion"});
  reader.drain();
  bench.pass(30s);
  reader.drain();
  EXPECT_GT(bench.arrived(0, {"slowfashion"}).size(), before.size() + 20);
  EXPECT_EQ(reader.ids(), bench.arrived(0, {"slowfashion"}));
  EXPECT_EQ(reader.dropped("gap"), 0);
  for (const WebRequest& one : bench.web.requests()) {
    EXPECT_EQ(one.url.find("since_id"), std::string::npos) << one.url;
  }
}

TEST(Pitfall01Testnet, ForwardPagesComeOldestFirstOverTheWholeFeed) {
  Options options = quiet_options({"mastodon"});
  options.page_max = 10;
  TestnetBench bench(options);
  TestnetReader reader(bench, bench.instance(0, {"slowfashion"}));
  reader.drain();
  reader.forget();
  bench.pass(10min);
  reader.drain();
  const std::vector<PostSighting> posts = reader.posts();
  ASSERT_GT(posts.size(), 20u);
  for (size_t i = 1; i < posts.size(); ++i) {
    EXPECT_LE(posts[i - 1].created_at, posts[i].created_at);
  }
}

TEST(Pitfall02Testnet, PostsThatComeBehindTheCursorAreFoundByTheSweep) {
  Options options = quiet_options();
  options.lag = 8min;
  options.posts_per_second = 4;
  TestnetBench bench(options);
  SourceSetup setup = bench.instance(0, {"slowfashion"});
  setup.section.sweep = 1h;
  TestnetReader reader(bench, setup);
  reader.drain();
  for (int minute = 0; minute < 20; ++minute) {
    bench.pass(1min);
    reader.drain();
  }
  const std::set<std::string> missing = minus(bench.arrived(0, {"slowfashion"}), reader.ids());
  // Only those that were given ids of the past are missing, and there are some.
  EXPECT_GT(missing.size(), 3u);
  for (const std::string& id : missing) {
    const Post* const post = bench.post(PostId(Network::activitypub, id.substr(3)));
    ASSERT_NE(post, nullptr);
    EXPECT_TRUE(post->behind & 1u) << id;
  }
  bench.pass(1h);
  reader.drain();
  EXPECT_EQ(minus(bench.arrived(0, {"slowfashion"}), reader.ids()), std::set<std::string>());
}

TEST(Pitfall03Testnet, PacksOfTagsKeepAllTheirTagsWhateverTheLinkHeaderForgets) {
  Options options = quiet_options({"glitch"});
  options.page_max = 9;
  TestnetBench bench(options);
  const std::vector<std::string> tags = {"handsewn", "mendedclothes", "slowfashion",
                                         "visiblemending"};
  TestnetReader reader(bench, bench.instance(0, tags));
  reader.drain();
  bench.pass(10min);
  reader.drain();
  EXPECT_EQ(reader.ids(), bench.arrived(0, tags));
  size_t packed = 0;
  bool any_begun = false;
  for (const WebRequest& one : bench.web.requests(timeline)) {
    const bool pack = one.url.find("any[]=") != std::string::npos;
    any_begun = any_begun || pack;
    EXPECT_EQ(pack, any_begun) << one.url;
    packed += pack ? 1 : 0;
  }
  EXPECT_GT(packed, 3u);
}

TEST(Pitfall05Testnet, AnInstanceShowsWhatItKnowsSoSeveralTogetherShowMoreByOneUri) {
  TestnetBench bench(quiet_options());
  std::set<std::string> all;
  size_t sightings = 0;
  for (size_t place = 0; place < 3; ++place) {
    TestnetReader reader(bench, bench.instance(place, two_tags));
    reader.drain();
    EXPECT_EQ(reader.ids(), bench.arrived(place, two_tags)) << place;
    sightings += reader.ids().size();
    all.merge(reader.ids());
  }
  std::set<std::string> truth;
  for (size_t place = 0; place < 3; ++place) truth.merge(bench.arrived(place, two_tags));
  EXPECT_EQ(all, truth);
  EXPECT_LT(bench.arrived(0, two_tags).size(), truth.size());
  EXPECT_GT(sightings, truth.size());
}

TEST(Pitfall05Testnet, AFeedThatShowsOnlyItsOwnPeopleIsReadForThemAndSaysSo) {
  Options options = quiet_options();
  options.spells = {*parse_spell("local_only:0:0-100000")};
  TestnetBench bench(options);
  TestnetReader reader(bench, bench.instance(0, two_tags));
  reader.drain();
  std::set<std::string> local;
  for (const std::string& id : bench.arrived(0, two_tags)) {
    const Post* const post = bench.post(PostId(Network::activitypub, id.substr(3)));
    if (bench.author(*post).place == 0) local.insert(id);
  }
  EXPECT_GT(local.size(), 10u);
  EXPECT_EQ(reader.ids(), local);
  EXPECT_TRUE(reader.noted("people elsewhere are for users only"));
}

TEST(Pitfall05Testnet, TagsThatNobodyUsesThereAreNeitherErrorsNorAHindrance) {
  for (const char* const software : {"mastodon", "gotosocial"}) {
    TestnetBench bench(quiet_options({software}));
    TestnetReader reader(bench, bench.instance(0, {"basketweaving", "slowfashion"}, access_token));
    reader.drain();
    EXPECT_EQ(reader.ids(), bench.arrived(0, {"slowfashion"})) << software;
    EXPECT_GT(reader.ids().size(), 20u) << software;
    EXPECT_TRUE(reader.errors().empty()) << software;
  }
}

// Every kind of ids there is: decimal with the time in them, ULIDs, Flakes, and numbers that only
// look as if there were a time in them.
class Pitfall16Testnet : public testing::TestWithParam<std::string> {};

TEST_P(Pitfall16Testnet, IdsOfAnyKindLeadThroughTheWholeFeed) {
  Options options = quiet_options({GetParam(), "mastodon"});
  options.page_max = 8;
  TestnetBench bench(options);
  // Ids that carry no time tell nothing of the lookback: the way back is found by created_at.
  TestnetReader reader(bench, bench.instance(0, {"slowfashion"}, access_token));
  reader.drain();
  EXPECT_EQ(reader.ids(), bench.arrived(0, {"slowfashion"}));
  bench.pass(10min);
  reader.drain();
  EXPECT_EQ(reader.ids(), bench.arrived(0, {"slowfashion"}));
  EXPECT_GT(reader.ids().size(), 50u);
  EXPECT_EQ(reader.dropped("gap"), 0);
  // A new source goes on from the stored cursor: nothing is read twice.
  TestnetReader again(bench, reader.setup());
  again.drain();
  EXPECT_EQ(again.ids(), std::set<std::string>());
}

INSTANTIATE_TEST_SUITE_P(Software, Pitfall16Testnet,
                         testing::Values("mastodon", "gotosocial", "akkoma", "pixelfed",
                                         "friendica"));

}  // namespace
}  // namespace tagscout::testnet
