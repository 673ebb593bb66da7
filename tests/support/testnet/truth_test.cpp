#include "tests/support/testnet/truth.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/support/testnet/dice.h"

namespace tagscout::testnet {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Time start = time_from_us(1'700'000'000'000'000);

Options test_options(uint64_t seed) {
  Options options;
  options.seed = seed;
  options.accounts = 600;
  options.bluesky_share = 0.5;
  options.history_posts = 900;
  options.posts_per_second = 60;
  options.faults = false;
  return options;
}

std::vector<std::string> told(const std::vector<TruthFlag>& flags) {
  std::vector<std::string> lines;
  lines.reserve(flags.size());
  for (const TruthFlag& one : flags) {
    lines.push_back(one.account + " " + one.flag.kind + " " + one.flag.ladder + "/" +
                    one.flag.band);
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

// Somebody who looks at every account and post now and then, and sees all in the end.
void watch(World& world, uint64_t seed) {
  Dice dice(seed);
  const Time quiet = world.frozen_at() + seconds(9);
  for (Time now = start; now < quiet; now += milliseconds(250)) {
    world.advance(now);
    for (Account& account : world.accounts()) {
      if (dice.chance(0.12) && !account.gone(world.shown_time(now)))
        world.show_followers(account, now);
    }
    for (Post& post : world.posts()) {
      if (post.created <= world.shown_time(now))
        world.show_post(post, world.tags(post, now), true, now);
    }
  }
}

// Whoever looks often enough must come to the same flags as the script, whenever it is that he
// looks. This is what allows the oracle to compare at all.
TEST(Truth, IsTheSameForWhoeverLooks) {
  for (const uint64_t seed : {1u, 2u, 3u}) {
    World world(test_options(seed), {}, start);
    watch(world, seed + 100);
    const Truth scripted = scripted_truth(world);
    const Truth shown = shown_truth(world, milliseconds(1'500));
    const std::set<std::string> undecided(shown.undecided.begin(), shown.undecided.end());
    std::vector<TruthFlag> decided = scripted.flags;
    std::erase_if(decided, [&](const TruthFlag& f) { return undecided.contains(f.account); });
    EXPECT_EQ(told(decided), told(shown.flags));
    EXPECT_GT(decided.size(), 100u);
  }
}

TEST(Truth, HasEveryKindOfFlagOnEveryLadder) {
  World world(test_options(4), {}, start);
  watch(world, 5);
  std::set<std::string> kinds;
  for (const TruthFlag& one : scripted_truth(world).flags) {
    kinds.insert(one.flag.ladder + " " + one.flag.kind);
  }
  EXPECT_EQ(kinds, (std::set<std::string>{"default fell", "default found", "default rose",
                                          "tight fell", "tight found", "tight rose"}));
}

TEST(Truth, KeepsNothingOfThoseWhoOptOutOrAreGone) {
  World world(test_options(6), {}, start);
  watch(world, 7);
  const Truth truth = scripted_truth(world);
  std::set<std::string> kept;
  for (const TruthAccount& account : truth.accounts) kept.insert(account.id);
  for (const TruthPost& post : truth.posts) EXPECT_TRUE(kept.contains(post.account));
  for (const TruthFlag& flag : truth.flags) EXPECT_TRUE(kept.contains(flag.account));
  size_t left_out = 0;
  for (const Account& account : world.accounts()) {
    const bool out = opts_out(account) || account.gone(world.frozen_at());
    if (!out) continue;
    ++left_out;
    EXPECT_FALSE(kept.contains(world.names().id(account)));
  }
  EXPECT_GT(left_out, 10u);
}

TEST(Truth, SumsAreThoseOfThePosts) {
  World world(test_options(8), {}, start);
  watch(world, 9);
  const Truth truth = scripted_truth(world);
  PostCounts posts;
  PostCounts accounts;
  int64_t seen = 0;
  for (const TruthPost& post : truth.posts) {
    posts.likes += post.counts.likes;
    posts.quotes += post.counts_quotes ? post.counts.quotes : 0;
  }
  for (const TruthAccount& account : truth.accounts) {
    accounts.likes += account.sums.likes;
    accounts.quotes += account.sums.quotes;
    seen += account.posts_seen;
  }
  EXPECT_EQ(posts, accounts);
  EXPECT_EQ(static_cast<size_t>(seen), truth.posts.size());
}

TEST(PostScript, CountersComeAndGoAndThenRest) {
  World world(test_options(10), {}, start);
  const Duration rest = world.options().rereads.back();
  size_t up = 0;
  size_t down = 0;
  for (const Post& post : world.posts()) {
    const int64_t early = counts_at(post, post.created + seconds(2), rest).likes;
    const int64_t late = counts_at(post, post.created + seconds(6), rest).likes;
    if (late > early) ++up;
    if (late < early) ++down;
    EXPECT_EQ(counts_at(post, post.created + rest, rest),
              counts_at(post, post.created + rest * 9 / 10, rest));
  }
  EXPECT_GT(up, world.posts().size() / 4);
  EXPECT_GT(down, world.posts().size() / 4);
}

TEST(PostScript, ChangesComeBeforeTheLastReread) {
  World world(test_options(11), {}, start);
  const Duration rest = world.options().rereads.back();
  size_t edits = 0;
  size_t deletions = 0;
  for (const Post& post : world.posts()) {
    if (post.edited_at != never) {
      ++edits;
      EXPECT_LE(post.edited_at, post.created + rest * 9 / 10);
    }
    if (post.deleted_at != never) {
      ++deletions;
      EXPECT_LE(post.deleted_at, post.created + rest * 9 / 10);
    }
  }
  EXPECT_GT(edits, 50u);
  EXPECT_GT(deletions, 30u);
}

}  // namespace
}  // namespace tagscout::testnet
