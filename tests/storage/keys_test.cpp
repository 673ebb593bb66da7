#include "storage/keys.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <vector>

#include "tests/storage/random_records.h"

namespace tagscout {
namespace {

using keys::DueKind;

// Times of which each is later than the one before it, and some of which precede 1970.
constexpr std::array ascending_us{INT64_MIN,  int64_t{-300}, int64_t{-1},      int64_t{0},
                                  int64_t{1}, int64_t{255},  int64_t{1} << 50, INT64_MAX};

const KeyHasher hasher("0123456789abcdef and more");

TEST(KeyHasher, DependsOnTheSecretAndOnTheId) {
  const AccountId id(Network::bluesky, "did:plc:abc");
  const KeyHasher other("0123456789abcdeF and more");
  EXPECT_EQ(hasher.account(id), KeyHasher("0123456789abcdef").account(id));
  EXPECT_NE(hasher.account(id), other.account(id));
  EXPECT_NE(hasher.account(id), hasher.account(AccountId(Network::bluesky, "did:plc:abd")));
}

// SipHash-2-4 with a 128-bit result of "aap:x" and "hx@a.example", computed apart from this
// program.
TEST(KeyHasher, IsSipHash) {
  const KeyHasher zero(std::string(16, '\0'));
  EXPECT_EQ(to_hex(zero.account(AccountId("ap:x"))), "8f0dcc25997b4c6395503001460d65a5");
  EXPECT_EQ(to_hex(zero.handle("X@A.example")), "0015d4eaff5b02a4ec927571ee25f8bc");
}

TEST(KeyHasher, KeepsMeaningsOfOneTextApart) {
  const std::string text = "ap:https://a.example/users/otto";
  const AccountKey account = hasher.account(AccountId(text));
  const AccountKey handle = hasher.handle(text);
  EXPECT_NE(account, handle);
  uint64_t start = 0;
  for (size_t i = 0; i < 8; ++i) start = start << 8 | account.bytes[i];
  EXPECT_NE(hasher.post(account, PostId(text)).post, start);
}

TEST(KeyHasher, ComparesHandlesInLowerCase) {
  EXPECT_EQ(hasher.handle("Otto@A.Example"), hasher.handle("otto@a.example"));
  EXPECT_NE(hasher.handle("otto@a.example"), hasher.handle("otto@b.example"));
  // Only ASCII has a lower case here: hosts are in their ASCII form, user names are compared so.
  EXPECT_NE(hasher.handle("\xc3\x96"), hasher.handle("\xc3\xb6"));
}

TEST(KeyHasher, PutsAPostUnderItsAuthor) {
  const AccountId author("ap:https://a.example/users/otto");
  const PostId post("ap:https://a.example/users/otto/statuses/1");
  const PostKey key = hasher.post(author, post);
  EXPECT_EQ(key.account, hasher.account(author));
  EXPECT_EQ(key, hasher.post(hasher.account(author), post));
  EXPECT_NE(key.post, hasher.post(author, PostId("ap:https://a.example/2")).post);
}

TEST(Keys, AreTakenApartAgain) {
  RandomRecords random(4);
  for (int round = 0; round < 500; ++round) {
    const PostKey post{random.key(), random.number(UINT64_MAX)};
    const auto name = static_cast<NameId>(random.number(UINT32_MAX));
    const BandState band{name, static_cast<int64_t>(random.number(INT64_MAX))};
    const uint64_t flag = random.number(UINT64_MAX);
    EXPECT_EQ(keys::account_of(keys::account(post.account)), post.account);
    EXPECT_EQ(keys::post_of(keys::post(post)), post);
    EXPECT_EQ(keys::flag_of(keys::flag(flag)), flag);
    EXPECT_EQ(keys::index_account(keys::index(IndexKind::tag, name, post.account)), post.account);
    EXPECT_EQ(keys::index_account(keys::band(band, post.account)), post.account);
    EXPECT_EQ(keys::index_account(keys::handle(random.key(), post.account)), post.account);
    EXPECT_EQ(keys::index_account(keys::tombstone(post.account)), post.account);
  }
}

TEST(DueKey, IsTakenApartAgain) {
  RandomRecords random(5);
  for (int round = 0; round < 500; ++round) {
    const auto host = static_cast<NameId>(random.number(UINT32_MAX));
    const auto urgency = static_cast<uint8_t>(random.number(UINT8_MAX));
    const Time at = time_from_us(random.signed_number());
    const PostKey key{random.key(), random.number(UINT64_MAX)};

    const keys::Due account = keys::due_of(
        keys::due(RefreshPlan{.host = host, .due_at = at, .urgency = urgency}, key.account));
    EXPECT_EQ(account.kind, DueKind::account);
    EXPECT_EQ(account.host, host);
    EXPECT_EQ(account.urgency, urgency);
    EXPECT_EQ(account.at, at);
    EXPECT_EQ(account.key, (PostKey{key.account, 0}));

    const keys::Due post = keys::due_of(keys::due(RereadPlan{.host = host, .due_at = at}, key));
    EXPECT_EQ(post.kind, DueKind::post);
    EXPECT_EQ(post.host, host);
    EXPECT_EQ(post.urgency, 0);
    EXPECT_EQ(post.at, at);
    EXPECT_EQ(post.key, key);
  }
}

TEST(DueKey, SortsByHostThenUrgencyThenTime) {
  RandomRecords random(6);
  std::vector<std::string> accounts;
  std::vector<std::string> posts;
  for (const NameId host : {0U, 1U, 255U, 256U, UINT32_MAX}) {
    for (uint8_t urgency = 0; urgency < 4; ++urgency) {
      for (const int64_t us : ascending_us) {
        const Time at = time_from_us(us);
        accounts.push_back(
            keys::due(RefreshPlan{.host = host, .due_at = at, .urgency = urgency}, random.key()));
      }
    }
    for (const int64_t us : ascending_us) {
      const RereadPlan plan{.host = host, .due_at = time_from_us(us)};
      posts.push_back(keys::due(plan, {random.key(), random.number(UINT64_MAX)}));
    }
  }
  EXPECT_TRUE(std::is_sorted(accounts.begin(), accounts.end()));
  EXPECT_TRUE(std::is_sorted(posts.begin(), posts.end()));
}

TEST(DueKey, StartsWithItsQueue) {
  const AccountKey key = hasher.account(AccountId("ap:x"));
  const std::string row = keys::due(RefreshPlan{.host = 7, .due_at = Time{}, .urgency = 2}, key);
  EXPECT_TRUE(row.starts_with(keys::due_host(DueKind::account, 7)));
  EXPECT_TRUE(row.starts_with(keys::due_urgency(DueKind::account, 7, 2)));
  EXPECT_FALSE(row.starts_with(keys::due_urgency(DueKind::account, 7, 1)));
  EXPECT_FALSE(row.starts_with(keys::due_host(DueKind::account, 8)));
  EXPECT_FALSE(row.starts_with(keys::due_host(DueKind::post, 7)));
}

TEST(Keys, SortAsTheirNumbersDo) {
  constexpr std::array<uint64_t, 7> numbers{0, 1, 127, 128, 256, 1ULL << 40, UINT64_MAX};
  const AccountKey account = hasher.account(AccountId("ap:x"));
  for (size_t i = 1; i < numbers.size(); ++i) {
    EXPECT_LT(keys::flag(numbers[i - 1]), keys::flag(numbers[i]));
    EXPECT_LT(keys::reading(account, Stamp(numbers[i - 1])),
              keys::reading(account, Stamp(numbers[i])));
    EXPECT_LT(keys::post({account, numbers[i - 1]}), keys::post({account, numbers[i]}));
    EXPECT_LT(keys::name_by_id(NameKind::tag, static_cast<NameId>(i - 1)),
              keys::name_by_id(NameKind::tag, static_cast<NameId>(i)));
  }
}

TEST(IndexKey, HasNoListInsideAnother) {
  std::set<std::string> prefixes;
  for (const NameId name : {0U, 1U, 256U, UINT32_MAX}) {
    prefixes.insert(keys::index(IndexKind::tag, name));
    prefixes.insert(keys::index(IndexKind::niche, name));
    for (const int64_t from : {int64_t{0}, int64_t{1}, int64_t{256}, INT64_MAX}) {
      prefixes.insert(keys::band({name, from}));
    }
  }
  EXPECT_EQ(prefixes.size(), 2 * 4 + 4 * 4U);
  for (const std::string& prefix : prefixes) {
    for (const std::string& other : prefixes) {
      EXPECT_TRUE(prefix == other || !other.starts_with(prefix));
    }
  }
}

TEST(MetaKey, KeepsFeedsOfSourcesApart) {
  EXPECT_TRUE(keys::cursor("mastodon", "tag").starts_with(keys::cursors_of("mastodon")));
  EXPECT_FALSE(keys::cursor("mastodon.social", "tag").starts_with(keys::cursors_of("mastodon")));
  const std::set<std::string> rows{keys::cursor("a", "bc"),
                                   keys::cursor("ab", "c"),
                                   keys::pause("a"),
                                   keys::ladder("a"),
                                   keys::next_name(NameKind::tag),
                                   keys::next_name(NameKind::niche),
                                   keys::tombstone(AccountKey{}),
                                   std::string(keys::format),
                                   std::string(keys::secret),
                                   std::string(keys::window),
                                   std::string(keys::next_flag),
                                   std::string(keys::counts)};
  EXPECT_EQ(rows.size(), 12U);
}

// A forgotten account must leave no trace in files that keep keys for longer than rows.
TEST(Keys, NameNobody) {
  RandomRecords random(7);
  for (int round = 0; round < 200; ++round) {
    const std::string user = "user" + std::to_string(random.number(UINT32_MAX));
    const std::string uri = "https://a.example/users/" + user;
    const AccountKey account = hasher.account(AccountId(Network::activitypub, uri));
    const PostKey post = hasher.post(account, PostId(Network::activitypub, uri + "/statuses/1"));
    const std::array rows{keys::account(account),
                          keys::post(post),
                          keys::index(IndexKind::tag, 1, account),
                          keys::index(IndexKind::niche, 1, account),
                          keys::band({1, 10'000}, account),
                          keys::handle(hasher.handle(user + "@a.example"), account),
                          keys::due(RefreshPlan{.host = 1}, account),
                          keys::due(RereadPlan{.host = 1}, post),
                          keys::reading(account, Stamp(1, 1)),
                          keys::tombstone(account)};
    for (const std::string& row : rows) {
      EXPECT_EQ(row.find(user), std::string::npos);
      EXPECT_EQ(row.find("example"), std::string::npos);
      EXPECT_NE(row.find(keys::account(account)), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace tagscout
