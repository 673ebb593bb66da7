// What copies, hidden counts and odd servers get wrong, against the simulated network: pitfalls 8
// to 11, 15, 17, 36 and 37.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/crawlers/sources/testnet_bench.h"

namespace tagscout::testnet {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> two_tags = {"handsewn", "slowfashion"};

// A world with people of every kind, before anything happens to them.
Options lively_options(std::vector<std::string> software) {
  Options options = quiet_options(std::move(software));
  options.accounts = 800;
  options.history_posts = 2'000;
  options.plain = false;
  return options;
}

// Reads every instance of a world once.
std::vector<PostSighting> read_all(TestnetBench& bench) {
  std::vector<PostSighting> posts;
  for (size_t place = 0; place < bench.names().instances(); ++place) {
    TestnetReader reader(bench, bench.instance(place, two_tags));
    reader.drain();
    for (PostSighting& post : reader.posts()) {
      // Which server showed it is told by nothing else.
      post.queried_tag = bench.host(place);
      posts.push_back(std::move(post));
    }
  }
  return posts;
}

bool at_home(const TestnetBench& bench, const PostSighting& post) {
  return bench.host(bench.account(post.author.id)->place) == post.queried_tag;
}

bool was_shown(const Account& account, std::optional<int64_t> followers) {
  return std::any_of(account.shown.begin(), account.shown.end(),
                     [&](const ShownFollowers& one) { return one.followers == followers; });
}

TEST(Pitfall08Testnet, FollowersAreTheHomesOwnNumberOrForeignAndHiddenOnesUnknown) {
  TestnetBench bench(lively_options({"glitch", "mastodon", "akkoma"}));
  size_t foreign = 0;
  size_t hidden = 0;
  size_t wrong = 0;
  for (const PostSighting& post : read_all(bench)) {
    const Account& truth = *bench.account(post.author.id);
    const std::optional<int64_t> followers = post.author.counts.followers;
    if (!at_home(bench, post)) {
      ++foreign;
      EXPECT_EQ(post.author.provenance, Provenance::foreign);
      if (followers && *followers != truth.curve.start()) ++wrong;
    } else if (truth.role == Role::hides_counts) {
      ++hidden;
      EXPECT_EQ(followers, std::nullopt) << truth.name;
    } else {
      EXPECT_EQ(post.author.provenance, Provenance::origin);
      EXPECT_TRUE(was_shown(truth, followers)) << truth.name;
    }
  }
  EXPECT_GT(foreign, 50u);
  EXPECT_GT(wrong, 50u);
  EXPECT_GT(hidden, 2u);
}

TEST(Pitfall09Testnet, CountersOfCopiesAreForeignAndThoseAtHomeAreTheTruth) {
  TestnetBench bench(quiet_options());
  size_t foreign = 0;
  size_t less = 0;
  for (const PostSighting& post : read_all(bench)) {
    const PostCounts truth = bench.world.counts(*bench.post(post.id), bench.clock.now());
    ASSERT_TRUE(post.counts);
    if (!at_home(bench, post)) {
      ++foreign;
      EXPECT_EQ(post.provenance, Provenance::foreign);
      if (*post.counts->likes < truth.likes) ++less;
    } else if (bench.clock.now() - post.created_at > 3min) {
      EXPECT_EQ(post.provenance, Provenance::origin);
      EXPECT_EQ(post.counts->likes, truth.likes);
      EXPECT_EQ(post.counts->reposts, truth.reposts);
      EXPECT_EQ(post.counts->replies, truth.replies);
    }
  }
  EXPECT_GT(foreign, 50u);
  EXPECT_GT(less, 50u);
}

TEST(Pitfall10Testnet, WishesAreReadAtHomeAndWhatIsNotSaidIsNoWish) {
  TestnetBench bench(lively_options({"mastodon", "mastodon-3.5", "akkoma"}));
  size_t noindex = 0;
  size_t copies = 0;
  size_t unsaid = 0;
  for (const PostSighting& post : read_all(bench)) {
    if (post.author.id.empty()) continue;
    const Account& truth = *bench.account(post.author.id);
    const bool wish = post.author.opt_outs.has(OptOut::noindex);
    EXPECT_EQ(wish, truth.role == Role::noindex && at_home(bench, post)) << truth.name;
    if (truth.role == Role::noindex) ++(at_home(bench, post) ? noindex : copies);
    const bool says = post.author.discoverable.has_value();
    EXPECT_EQ(post.author.discoverable == false, says && truth.role == Role::not_discoverable);
    unsaid += says ? 0 : 1;
  }
  EXPECT_GT(noindex, 0u);
  EXPECT_GT(copies, 0u);
  EXPECT_GT(unsaid, 20u);
}

TEST(Pitfall11Testnet, AFoldedTagIsReadUnderItsOwnSpellingAndMarkedFolded) {
  TestnetBench bench(quiet_options({"mastodon"}));
  TestnetReader reader(bench, bench.instance(0, {"nähen"}));
  reader.drain();
  EXPECT_EQ(reader.ids(), bench.arrived(0, {"nähen"}));
  EXPECT_GT(reader.ids().size(), 10u);
  for (const PostSighting& post : reader.posts()) {
    EXPECT_TRUE(post.folded);
    EXPECT_TRUE(std::count(post.tags->begin(), post.tags->end(), "nahen") == 1) << post.id.text();
  }
}

TEST(Pitfall15Testnet, APageOutOfACacheIsForeignAndMovesNoPositionOn) {
  Options options = quiet_options({"mastodon"});
  options.posts_per_second = 0.001;
  options.spells = {*parse_spell("stale:0:60-90")};
  TestnetBench bench(options);
  TestnetReader reader(bench, bench.instance(0, {"slowfashion"}));
  reader.drain();
  // The last, empty page of the first round is what the cache has; it is asked for once more.
  bench.pass(20s);
  reader.drain();
  const Time known = reader.setup().cursors.at("slowfashion").position;
  bench.pass(60s);
  reader.forget();
  reader.drain();
  EXPECT_EQ(reader.setup().cursors.at("slowfashion").position, known);
  bench.pass(60s);
  reader.drain();
  EXPECT_GT(reader.setup().cursors.at("slowfashion").position, known);
}

TEST(Pitfall15Testnet, WhatAHomeAnswersOutOfACacheIsNotItsWord) {
  Options options = quiet_options({"mastodon"});
  options.spells = {*parse_spell("stale:0:60-90")};
  TestnetBench bench(options);
  const SourceSetup setup = bench.instance(0, two_tags);
  TestnetReader reader(bench, setup);
  reader.drain();
  const PostSighting post = reader.posts().front();
  const std::unique_ptr<Origin> origin = bench.origin(setup);
  const auto read = [&] {
    std::vector<AccountTarget> targets = {
        AccountTarget(post.author.id, post.author.handle, post.author.home_id)};
    const Batch batch = bench.run(origin->read_accounts(bench.host(0), std::move(targets))).value();
    return std::get<AccountSighting>(batch.events.at(0)).provenance;
  };
  EXPECT_EQ(read(), Provenance::origin);
  bench.pass(70s);
  EXPECT_EQ(read(), Provenance::foreign);
  bench.pass(60s);
  EXPECT_EQ(read(), Provenance::origin);
}

TEST(Pitfall17Testnet, BatchesBearTheNameThatTheServerKnowsAndReadEveryPost) {
  for (const char* const software : {"mastodon", "mastodon-4.2", "akkoma"}) {
    TestnetBench bench(quiet_options({software}));
    const SourceSetup setup = bench.instance(0, two_tags);
    TestnetReader reader(bench, setup);
    reader.drain();
    const std::unique_ptr<Origin> origin = bench.origin(setup);
    std::vector<PostTarget> targets;
    std::set<std::string> known;
    for (const PostSighting& post : reader.posts()) {
      if (known.insert(post.id.text()).second) targets.emplace_back(post.id, post.author.id);
    }
    size_t read = 0;
    while (!targets.empty()) {
      const size_t most = origin->posts_max(bench.host(0), targets);
      const auto end =
          targets.begin() + static_cast<std::ptrdiff_t>(std::min(most, targets.size()));
      std::vector<PostTarget> some(targets.begin(), end);
      targets.erase(targets.begin(), end);
      const Result<Batch> batch = bench.run(origin->read_posts(bench.host(0), std::move(some)));
      ASSERT_TRUE(batch) << batch.error().detail;
      for (const Event& event : batch->events) {
        EXPECT_FALSE(std::holds_alternative<PostMissing>(event)) << software;
        EXPECT_FALSE(std::holds_alternative<PostDeleted>(event)) << software;
        const auto* const post = std::get_if<PostSighting>(&event);
        if (post == nullptr) continue;
        EXPECT_EQ(post->counts->likes,
                  bench.world.counts(*bench.post(post->id), bench.clock.now()).likes);
        ++read;
      }
    }
    const bool own_name = std::string(software) == "mastodon";
    EXPECT_EQ(bench.web.requests("/statuses?id%5B%5D=").size() +
                      bench.web.requests("/statuses?id[]=").size() >
                  0,
              own_name);
    const bool tells = std::string(software) != "akkoma";
    EXPECT_TRUE(read == reader.ids().size() || !tells) << software;
  }
}

TEST(Pitfall36Testnet, AnAccountThatMovedNamesItsSuccessorByUri) {
  Options options = quiet_options();
  options.moves = 10;
  TestnetBench bench(options);
  std::map<std::string, std::string> moved;
  for (const PostSighting& post : read_all(bench)) {
    const Account& truth = *bench.account(post.author.id);
    const std::string successor =
        truth.moved_to ? bench.names().id(bench.world.accounts()[*truth.moved_to]) : "";
    EXPECT_EQ(post.author.moved_to, successor) << truth.name;
    if (!successor.empty()) moved[post.author.id.text()] = successor;
  }
  EXPECT_GT(moved.size(), 5u);
}

TEST(Pitfall37Testnet, CopiesFromAnotherNetworkAreMarkedAndNobodyElse) {
  Options options = quiet_options();
  options.bluesky_share = 0.5;
  options.bridged = 0.5;
  TestnetBench bench(options);
  size_t copies = 0;
  size_t natives = 0;
  for (const PostSighting& post : read_all(bench)) {
    const bool copy = bench.account(post.author.id)->on_bluesky();
    EXPECT_EQ(post.author.bridged, copy) << post.id.text();
    EXPECT_TRUE(!copy || post.author.provenance == Provenance::foreign);
    ++(copy ? copies : natives);
  }
  EXPECT_GT(copies, 50u);
  EXPECT_GT(natives, 50u);
}

}  // namespace
}  // namespace tagscout::testnet
