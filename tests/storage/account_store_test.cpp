#include "storage/account_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/storage/temporary_store.h"

namespace tagscout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Keys that sort as their numbers do.
AccountKey key_of(int number) {
  AccountKey key;
  key.bytes[0] = static_cast<uint8_t>(number);
  key.bytes[15] = 0xff;
  return key;
}

std::string encoded(const std::string& name) {
  AccountFacts facts;
  facts.id = AccountId(Network::bluesky, name);
  return records::encode(facts);
}

class AccountStore : public testing::Test {
 protected:
  void bear(const std::string& handle, const AccountKey& account, Stamp confirmed) {
    store.put(Column::handle, keys::handle(hasher.handle(handle), account),
              records::encode_number(confirmed.value()));
  }
  std::vector<AccountKey> listed(IndexKind kind, NameId name, const AccountKey& from = {}) {
    std::vector<AccountKey> found;
    accounts::for_each_of_name(store.database(), kind, name, from, [&](const AccountKey& key) {
      found.push_back(key);
      return true;
    });
    return found;
  }
  std::vector<AccountKey> listed_in_band(const BandState& band, const AccountKey& from = {}) {
    std::vector<AccountKey> found;
    accounts::for_each_in_band(store.database(), band, from, [&](const AccountKey& key) {
      found.push_back(key);
      return true;
    });
    return found;
  }

  TemporaryStore store;
  KeyHasher hasher{store.database().secret()};
};

TEST_F(AccountStore, GivesNothingForWhomItDoesNotKnow) {
  EXPECT_FALSE(accounts::facts(store.database(), key_of(1)));
  EXPECT_EQ(accounts::sums(store.database(), key_of(1)), AccountSums{});
  EXPECT_FALSE(accounts::by_handle(store.database(), hasher, "otto@a.example"));
  EXPECT_THAT(accounts::readings(store.database(), key_of(1), 10), IsEmpty());
}

TEST_F(AccountStore, GivesFactsAndSums) {
  store.put(Column::account, keys::account(key_of(1)), encoded("did:plc:a"));
  store.put(Column::sums, keys::account(key_of(1)), records::encode(AccountSums{3, {}, {}, {}}));
  EXPECT_EQ(accounts::facts(store.database(), key_of(1))->id.text(), "bluesky:did:plc:a");
  EXPECT_EQ(accounts::sums(store.database(), key_of(1)).posts_seen, 3);
}

TEST_F(AccountStore, FindsTheAccountThatConfirmedAHandleLast) {
  bear("otto@a.example", key_of(1), Stamp(5, 1));
  bear("otto@a.example", key_of(2), Stamp(9, 0));
  bear("otto@a.example", key_of(3), Stamp(8, 65'535));
  bear("anna@a.example", key_of(4), Stamp(99, 0));
  EXPECT_EQ(accounts::by_handle(store.database(), hasher, "otto@a.example"), key_of(2));
  EXPECT_EQ(accounts::by_handle(store.database(), hasher, "Otto@A.Example"), key_of(2));
  bear("otto@a.example", key_of(3), Stamp(10, 0));
  EXPECT_EQ(accounts::by_handle(store.database(), hasher, "otto@a.example"), key_of(3));
  EXPECT_FALSE(accounts::by_handle(store.database(), hasher, "otto"));
}

TEST_F(AccountStore, FindsAHandleThatWasNeverConfirmed) {
  bear("otto@a.example", key_of(1), Stamp());
  EXPECT_EQ(accounts::by_handle(store.database(), hasher, "otto@a.example"), key_of(1));
}

TEST_F(AccountStore, VisitsAccountsFromAKeyInclusive) {
  for (const int number : {1, 2, 3}) {
    store.put(Column::account, keys::account(key_of(number)), encoded(std::to_string(number)));
  }
  const auto visited = [&](const AccountKey& from, size_t limit) {
    std::vector<std::string> ids;
    accounts::for_each(store.database(), from, [&](const AccountKey&, const AccountFacts& facts) {
      ids.emplace_back(facts.id.native());
      return ids.size() < limit;
    });
    return ids;
  };
  EXPECT_THAT(visited({}, 10), ElementsAre("1", "2", "3"));
  EXPECT_THAT(visited(key_of(2), 10), ElementsAre("2", "3"));
  EXPECT_THAT(visited(key_of(2), 1), ElementsAre("2"));
  EXPECT_THAT(visited(key_of(4), 10), IsEmpty());
}

TEST_F(AccountStore, ListsAccountsOfANameThatStillHavePosts) {
  const auto put = [&](NameId tag, int account, int64_t count) {
    store.put(Column::index, keys::index(IndexKind::tag, tag, key_of(account)),
              records::encode_signed(count));
  };
  put(7, 1, 2);
  put(7, 2, 0);
  put(7, 3, 1);
  put(7, 4, -1);
  put(8, 5, 1);
  store.put(Column::index, keys::index(IndexKind::niche, 7, key_of(6)), records::encode_signed(1));
  EXPECT_THAT(listed(IndexKind::tag, 7), ElementsAre(key_of(1), key_of(3)));
  EXPECT_THAT(listed(IndexKind::tag, 7, key_of(2)), ElementsAre(key_of(3)));
  EXPECT_THAT(listed(IndexKind::tag, 7, key_of(3)), ElementsAre(key_of(3)));
  EXPECT_THAT(listed(IndexKind::tag, 8), ElementsAre(key_of(5)));
  EXPECT_THAT(listed(IndexKind::niche, 7), ElementsAre(key_of(6)));
  EXPECT_THAT(listed(IndexKind::tag, 9), IsEmpty());
}

TEST_F(AccountStore, ListsAgainWhoPostsAgain) {
  const std::string row = keys::index(IndexKind::tag, 7, key_of(1));
  for (const int difference : {1, -1, 1}) {
    Transaction transaction(store.database());
    transaction.merge(Column::index, row, records::encode_signed(difference));
    store.database().commit(transaction);
    EXPECT_EQ(listed(IndexKind::tag, 7).empty(), difference < 0);
  }
}

TEST_F(AccountStore, ListsAccountsInABand) {
  for (const int account : {1, 2}) {
    store.put(Column::index, keys::band({1, 10'000}, key_of(account)), {});
  }
  store.put(Column::index, keys::band({1, 100'000}, key_of(3)), {});
  store.put(Column::index, keys::band({2, 10'000}, key_of(4)), {});
  EXPECT_THAT(listed_in_band({1, 10'000}), ElementsAre(key_of(1), key_of(2)));
  EXPECT_THAT(listed_in_band({1, 10'000}, key_of(2)), ElementsAre(key_of(2)));
  EXPECT_THAT(listed_in_band({1, 100'000}), ElementsAre(key_of(3)));
  EXPECT_THAT(listed_in_band({2, 10'000}), ElementsAre(key_of(4)));
  EXPECT_THAT(listed_in_band({1, 1'000}), IsEmpty());
}

TEST_F(AccountStore, ListsNoMoreThanAsked) {
  for (const int account : {1, 2, 3}) {
    store.put(Column::index, keys::index(IndexKind::tag, 7, key_of(account)),
              records::encode_signed(1));
    store.put(Column::index, keys::band({1, 10'000}, key_of(account)), {});
  }
  int visits = 0;
  const auto first_two = [&](const AccountKey&) { return ++visits % 2 != 0; };
  accounts::for_each_of_name(store.database(), IndexKind::tag, 7, {}, first_two);
  EXPECT_EQ(visits, 2);
  accounts::for_each_in_band(store.database(), {1, 10'000}, {}, first_two);
  EXPECT_EQ(visits, 4);
}

TEST_F(AccountStore, GivesTheNewestReadingsFirst) {
  const auto keep = [&](int account, uint64_t window, int64_t followers) {
    CountsReading reading;
    reading.provenance = Provenance::origin;
    reading.counts.followers = followers;
    reading.stamp = Stamp(window, 1);
    store.put(Column::reading, keys::reading(key_of(account), reading.stamp),
              records::encode(reading));
  };
  keep(1, 300, 30);
  keep(1, 2, 10);
  keep(1, 255, 20);
  keep(2, 1, 99);
  const auto followers = [&](size_t limit) {
    std::vector<int64_t> counts;
    for (const CountsReading& reading : accounts::readings(store.database(), key_of(1), limit)) {
      counts.push_back(*reading.counts.followers);
    }
    return counts;
  };
  EXPECT_THAT(followers(10), ElementsAre(30, 20, 10));
  EXPECT_THAT(followers(3), ElementsAre(30, 20, 10));
  EXPECT_THAT(followers(2), ElementsAre(30, 20));
  EXPECT_THAT(followers(0), IsEmpty());
}

}  // namespace
}  // namespace tagscout
