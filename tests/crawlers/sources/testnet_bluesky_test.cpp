// What the AppView and the Jetstream's posts get wrong, against the simulated network: pitfalls 20,
// 21, 22, 25, 26 and 36.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/crawlers/sources/testnet_bench.h"

namespace tagscout::testnet {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> two_tags = {"handsewn", "slowfashion"};

Options sky_options() {
  Options options = quiet_options({"mastodon"});
  options.bluesky_share = 1;
  return options;
}

// With people of every kind.
Options lively_options() {
  Options options = sky_options();
  options.accounts = 800;
  options.history_posts = 1'600;
  options.plain = false;
  return options;
}

class SkyBench : public TestnetBench {
 public:
  explicit SkyBench(Options options) : TestnetBench(std::move(options)) {
    reader = std::make_unique<TestnetReader>(*this, jetstream(two_tags));
    appview = origin(jetstream(two_tags));
  }

  // Their profiles, in batches as large as the origin takes them.
  std::vector<Event> read_accounts(const std::vector<const Account*>& accounts) {
    std::vector<Event> events;
    for (size_t first = 0; first < accounts.size(); first += 25) {
      std::vector<AccountTarget> targets;
      for (size_t i = first; i < std::min(accounts.size(), first + 25); ++i) {
        targets.emplace_back(AccountId(Network::bluesky, accounts[i]->did), "", "");
      }
      const Batch batch = run(appview->read_accounts("bluesky", std::move(targets))).value();
      events.insert(events.end(), batch.events.begin(), batch.events.end());
    }
    return events;
  }

  std::unique_ptr<TestnetReader> reader;
  std::unique_ptr<Origin> appview;
};

TEST(Pitfall20Testnet, ARefusalInHtmlIsARefusalAndNobodyIsGoneForIt) {
  Options options = sky_options();
  options.spells = {*parse_spell("denied:appview:10-20")};
  SkyBench bench(options);
  const std::string search =
      bench.names().hosts().appview + "/xrpc/app.bsky.feed.searchPosts?q=%23slowfashion";
  const Result<HttpResponse> found = bench.run(bench.fetcher.get(HttpRequest(search), "sky"));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::forbidden);
  EXPECT_EQ(found.error().status, 403);
  EXPECT_EQ(found.error().detail.find('<'), std::string::npos) << found.error().detail;
  const std::vector<const Account*> someone = {&bench.world.accounts()[0]};
  EXPECT_EQ(bench.read_accounts(someone).size(), 1u);
  bench.pass(12s);
  std::vector<AccountTarget> targets = {
      AccountTarget(AccountId(Network::bluesky, someone[0]->did), "", "")};
  const Result<Batch> refused = bench.run(bench.appview->read_accounts("bluesky", targets));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::forbidden);
  bench.pass(10s);
  EXPECT_TRUE(std::holds_alternative<AccountSighting>(bench.read_accounts(someone).at(0)));
}

TEST(Pitfall21Testnet, PostsOfThoseWhoDoNotWantToBeShownSaySo) {
  SkyBench bench(lively_options());
  bench.reader->read_for(3s);
  std::map<bool, size_t> seen;
  size_t taken_back = 0;
  std::vector<PostTarget> all;
  for (const PostSighting& post : bench.reader->posts()) all.emplace_back(post.id, post.author.id);
  for (size_t first = 0; first < all.size(); first += 25) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
    std::vector<PostTarget> targets(
        begin, begin + static_cast<std::ptrdiff_t>(std::min<size_t>(25, all.size() - first)));
    const Batch batch = bench.run(bench.appview->read_posts("bluesky", std::move(targets))).value();
    for (const Event& event : batch.events) {
      const auto* const post = std::get_if<PostSighting>(&event);
      if (post == nullptr) continue;
      const Account& truth = *bench.account(post->author.id);
      const bool wish = truth.role == Role::no_unauthenticated;
      EXPECT_EQ(post->author.opt_outs.has(OptOut::no_unauth), wish) << truth.name;
      ++seen[wish];
      taken_back += truth.index % 40 == 1 ? 1 : 0;
    }
  }
  EXPECT_GT(seen[true], 2u);
  EXPECT_GT(seen[false], 100u);
  EXPECT_GT(taken_back, 2u);
}

TEST(Pitfall22Testnet, AZeroIsHandedOverAsAZeroAndFollowedByTheTruth) {
  Options options = lively_options();
  options.accounts = 1'500;
  SkyBench bench(options);
  std::vector<const Account*> odd;
  for (const Account& one : bench.world.accounts()) {
    if (one.role == Role::zero_glitch && one.index % 2 == 0) odd.push_back(&one);
  }
  ASSERT_GT(odd.size(), 3u);
  for (const bool glitched : {true, false}) {
    for (const Event& event : bench.read_accounts(odd)) {
      const auto& account = std::get<AccountSighting>(event);
      const int64_t truth = bench.account(account.id)->curve.start();
      EXPECT_EQ(account.counts.followers, glitched ? 0 : truth);
      EXPECT_EQ(account.provenance, Provenance::origin);
    }
  }
}

TEST(Pitfall25Testnet, DeclaredTimesAreHandedOverAndMoveNoCursor) {
  Options options = sky_options();
  options.forged_times = true;
  SkyBench bench(options);
  bench.reader->read_for(20s);
  size_t forged = 0;
  for (const PostSighting& post : bench.reader->posts()) {
    const Post& truth = *bench.post(post.id);
    EXPECT_EQ(post.created_at, declared_at(truth));
    if (truth.odd_time) ++forged;
  }
  EXPECT_GT(forged, 5u);
  EXPECT_EQ(bench.reader->ids(), bench.posted(Time(), bench.clock.now(), two_tags));
  const Time position = bench.reader->setup().cursors.at("jetstream").position;
  EXPECT_LE(position, bench.clock.now() + 1ms);
  EXPECT_GT(position, bench.clock.now() - 2s);
}

TEST(Pitfall26Testnet, DoubleHashesAreTheTagAndCashtagsAreNone) {
  Options options = sky_options();
  options.odd_tags = true;
  SkyBench bench(options);
  bench.reader->read_for(3s);
  // A third of the spellings of this tag bear a hash of their own.
  EXPECT_EQ(bench.reader->ids(), bench.posted(Time(), bench.clock.now(), two_tags));
  EXPECT_GT(bench.reader->ids().size(), 50u);
  TestnetReader mend(bench, bench.jetstream({"mend"}));
  mend.read_for(3s);
  EXPECT_TRUE(mend.posts().empty());
  TestnetReader cash(bench, bench.jetstream({"$mend"}));
  cash.read_for(3s);
  EXPECT_EQ(cash.ids(), bench.posted(Time(), bench.clock.now(), {"$mend"}));
  EXPECT_GT(cash.ids().size(), 20u);
}

TEST(Pitfall36BlueskyTestnet, HandlesAreNewsOfAnAccountThatGoesByItsDid) {
  SkyBench bench(sky_options());
  bench.reader->read_for(60s);
  size_t changes = 0;
  for (const HandleChanged& event : bench.reader->events<HandleChanged>()) {
    const Account* const account = bench.account(event.id);
    ASSERT_NE(account, nullptr);
    EXPECT_EQ(event.handle, bench.names().handle(*account));
    ++changes;
  }
  EXPECT_GT(changes, 10u);
  for (const PostSighting& post : bench.reader->posts()) {
    EXPECT_EQ(post.author.id.text(), bench.names().id(bench.author(*bench.post(post.id))));
  }
}

}  // namespace
}  // namespace tagscout::testnet
