#include <gtest/gtest.h>

#include "tests/crawlers/sources/mastodon_samples.h"

namespace tagscout {
namespace {

AccountSighting account_of(const std::string& json) {
  return std::get<AccountSighting>(parse_account(json, home_view()).value());
}

PostSighting post_of(const std::string& json) {
  const Result<MastodonPage> page = parse_timeline("[" + json + "]", "x", home_view());
  return std::get<PostSighting>(page.value().rows.at(0).event.value());
}

TEST(Pitfall08, RemoteAndHiddenFollowerCountsAreNeverTakenForTheRealOnes) {
  EXPECT_EQ(account_of(away_account()).provenance, Provenance::foreign);
  const auto followers = [](const JsonFields& changes) {
    return account_of(sample_account(changes)).counts.followers;
  };
  EXPECT_EQ(followers({{"followers_count", "-1"}}), std::nullopt);
  EXPECT_EQ(followers({{"followers_count", ""}}), std::nullopt);
  EXPECT_EQ(followers({{"followers_count", "null"}}), std::nullopt);
  EXPECT_EQ(followers({{"followers_count", "0"}, {"hide_collections", "true"}}), std::nullopt);
  EXPECT_EQ(followers({{"followers_count", "0"}, {"pleroma", R"({"hide_followers_count":true})"}}),
            std::nullopt);
  // What is shown in spite of that is real, and so is a 0 that nobody hides.
  EXPECT_EQ(followers({{"followers_count", "9"}, {"hide_collections", "true"}}), 9);
  EXPECT_EQ(followers({{"followers_count", "0"}}), 0);
  EXPECT_EQ(followers({{"followers_count", "0"}, {"hide_collections", "null"}}), 0);
}

TEST(Pitfall09, CountersOfAPostFromElsewhereAreForeign) {
  const PostSighting copy = post_of(sample_status(
      {{"uri", "\"https://away.example/users/bruno/statuses/5\""}, {"account", away_account()}}));
  EXPECT_EQ(copy.provenance, Provenance::foreign);
  EXPECT_EQ(copy.counts->likes, 31);
  EXPECT_EQ(post_of(sample_status()).provenance, Provenance::origin);
}

TEST(Pitfall10, NoindexCountsAtHomeOnlyAndDiscoverableHasThreeStates) {
  const JsonFields noindex{{"noindex", "true"}};
  EXPECT_TRUE(account_of(sample_account(noindex)).opt_outs.has(OptOut::noindex));
  EXPECT_FALSE(account_of(away_account(noindex)).opt_outs.has(OptOut::noindex));
  EXPECT_EQ(account_of(sample_account({{"discoverable", "true"}})).discoverable, true);
  EXPECT_EQ(account_of(sample_account({{"discoverable", "false"}})).discoverable, false);
  EXPECT_EQ(account_of(sample_account({{"discoverable", "null"}})).discoverable, std::nullopt);
  EXPECT_EQ(account_of(sample_account({{"discoverable", ""}})).discoverable, std::nullopt);
}

TEST(Pitfall11, ServersOfThisFamilyFoldTheirTagsAndAreMarkedSo) {
  const PostSighting post = post_of(sample_status({{"tags", R"([{"name":"uber"}])"}}));
  EXPECT_TRUE(post.folded);
  EXPECT_EQ(post.tags, std::vector<std::string>{"uber"});
}

TEST(Pitfall36, AccountsGoByTheirUriWhateverTheirHandle) {
  const AccountSighting before = account_of(sample_account());
  const AccountSighting after =
      account_of(sample_account({{"acct", "\"adele\""}, {"username", "\"adele\""}}));
  EXPECT_EQ(before.id, after.id);
  EXPECT_NE(before.handle, after.handle);
  const AccountSighting reused =
      account_of(sample_account({{"uri", "\"https://home.example/ap/users/9001\""}}));
  EXPECT_EQ(reused.handle, before.handle);
  EXPECT_NE(reused.id, before.id);
  const AccountSighting moved = account_of(sample_account({{"moved", away_account()}}));
  EXPECT_EQ(moved.moved_to, "ap:https://away.example/users/bruno");
  EXPECT_EQ(account_of(sample_account({{"moved", "null"}})).moved_to, "");
}

}  // namespace
}  // namespace tagscout
