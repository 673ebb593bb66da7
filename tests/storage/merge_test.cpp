// Sums are written as differences: whatever their order and grouping, they give the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "storage/account_store.h"
#include "tests/storage/random_records.h"
#include "tests/storage/temporary_store.h"

namespace tagscout {
namespace {

// A difference as ingest writes it: small numbers, few names, zeros among them.
AccountSums random_difference(RandomRecords& random) {
  const auto small = [&] { return static_cast<int64_t>(random.number(40)) - 20; };
  AccountSums sums;
  sums.posts_seen = small();
  sums.engagement = {small(), small(), small(), small(), small()};
  for (auto* counters : {&sums.tags, &sums.niches}) {
    for (uint64_t left = random.number(4); left > 0; --left) {
      (*counters)[static_cast<NameId>(1 + random.number(3))] =
          static_cast<int64_t>(random.number(4)) - 2;
    }
  }
  return sums;
}

// Adds up field by field, sharing nothing with AccountSums::add.
AccountSums plain_sum(const std::vector<AccountSums>& differences) {
  AccountSums total;
  for (const AccountSums& one : differences) {
    total.posts_seen += one.posts_seen;
    total.engagement.likes += one.engagement.likes;
    total.engagement.reposts += one.engagement.reposts;
    total.engagement.replies += one.engagement.replies;
    total.engagement.quotes += one.engagement.quotes;
    total.engagement.views += one.engagement.views;
    for (const auto& [name, count] : one.tags) total.tags[name] += count;
    for (const auto& [name, count] : one.niches) total.niches[name] += count;
  }
  std::erase_if(total.tags, [](const auto& entry) { return entry.second == 0; });
  std::erase_if(total.niches, [](const auto& entry) { return entry.second == 0; });
  return total;
}

// Replaces two neighbours by their sum until one value is left.
std::string grouped_at_random(Column column, std::vector<std::string> values,
                              std::mt19937_64& engine) {
  std::shuffle(values.begin(), values.end(), engine);
  while (values.size() > 1) {
    const auto at = static_cast<ptrdiff_t>(engine() % (values.size() - 1));
    values[static_cast<size_t>(at)] =
        records::add(column, values[static_cast<size_t>(at)], values[static_cast<size_t>(at) + 1]);
    values.erase(values.begin() + at + 1);
  }
  return values.front();
}

TEST(Merge, GivesTheSameSumsInAnyOrderAndGrouping) {
  RandomRecords random(20);
  std::mt19937_64 engine(21);
  for (int round = 0; round < 200; ++round) {
    std::vector<AccountSums> differences;
    std::vector<std::string> rows;
    for (uint64_t left = 1 + random.number(12); left > 0; --left) {
      differences.push_back(random_difference(random));
      rows.push_back(records::encode(differences.back()));
    }
    const AccountSums expected = plain_sum(differences);
    for (int order = 0; order < 5; ++order) {
      const std::string sum = grouped_at_random(Column::sums, rows, engine);
      EXPECT_EQ(records::decode_sums(sum), expected);
      EXPECT_EQ(sum, records::encode(expected)) << "equal sums are equal bytes";
    }
  }
}

TEST(Merge, GivesTheSameCountsInAnyOrderAndGrouping) {
  RandomRecords random(22);
  std::mt19937_64 engine(23);
  for (int round = 0; round < 200; ++round) {
    int64_t expected = 0;
    std::vector<std::string> rows;
    for (uint64_t left = 1 + random.number(12); left > 0; --left) {
      const int64_t difference = static_cast<int64_t>(random.number(400)) - 200;
      expected += difference;
      rows.push_back(records::encode_signed(difference));
    }
    for (int order = 0; order < 5; ++order) {
      EXPECT_EQ(records::decode_signed(grouped_at_random(Column::index, rows, engine)), expected);
    }
  }
}

TEST(Merge, RefusesWhatIsNoSum) {
  const std::string sums = records::encode(AccountSums{});
  EXPECT_THROW(records::add(Column::sums, sums, "x"), DatabaseError);
  EXPECT_THROW(records::add(Column::sums, "", sums), DatabaseError);
  EXPECT_THROW(records::add(Column::index, records::encode_signed(1), ""), DatabaseError);
}

// Readings of posts, some of them told twice or more: each contributes its difference to the last,
// so that doubles add nothing.
TEST(Merge, OfDifferencesIgnoresReadingsToldAgain) {
  RandomRecords random(24);
  TemporaryStore store;
  for (int round = 0; round < 50; ++round) {
    const AccountKey account = random.key();
    std::map<int, Engagement> contributed;
    Transaction window(store.database());
    for (int reading = 0; reading < 60; ++reading) {
      const int post = static_cast<int>(random.number(5));
      Engagement now;
      now.likes = static_cast<int64_t>(random.number(500));
      now.reposts = static_cast<int64_t>(random.number(500));
      for (uint64_t times = 1 + random.number(2); times > 0; --times) {
        AccountSums difference;
        const auto before = contributed.find(post);
        if (before == contributed.end()) {
          difference.posts_seen = 1;
        } else {
          difference.engagement.add(before->second, -1);
        }
        difference.engagement.add(now, 1);
        contributed[post] = now;
        window.merge(Column::sums, keys::account(account), records::encode(difference));
      }
    }
    store.database().commit(window);
    AccountSums expected;
    expected.posts_seen = static_cast<int64_t>(contributed.size());
    for (const auto& [post, counts] : contributed) {
      expected.engagement.likes += *counts.likes;
      expected.engagement.reposts += *counts.reposts;
    }
    EXPECT_EQ(accounts::sums(store.database(), account), expected);
  }
}

// Random puts, deletes and merges of a few rows in windows of random length, against plain values.
TEST(Merge, InRandomWindowsEqualsAPlainModel) {
  RandomRecords random(25);
  TemporaryStore store;
  std::map<std::string, int64_t> model;
  for (int window = 0; window < 100; ++window) {
    Transaction transaction(store.database());
    for (uint64_t left = random.number(30); left > 0; --left) {
      const std::string key = "t" + std::to_string(random.number(7));
      const int64_t value = static_cast<int64_t>(random.number(40)) - 20;
      switch (random.number(4)) {
        case 0:
          transaction.put(Column::index, key, records::encode_signed(value));
          model[key] = value;
          break;
        case 1:
          transaction.remove(Column::index, key);
          model.erase(key);
          break;
        default:
          transaction.merge(Column::index, key, records::encode_signed(value));
          model[key] += value;
      }
    }
    store.database().commit(transaction);
    if (random.one_in(10)) store.reopen();
    std::map<std::string, int64_t> stored;
    store.database().scan(Column::index, {}, {}, [&](std::string_view key, std::string_view value) {
      stored[std::string(key)] = records::decode_signed(value);
      return true;
    });
    ASSERT_EQ(stored, model) << "after window " << window;
  }
}

class MergeAfterDelete : public testing::TestWithParam<bool> {};

// One key has one operation in a window: if that became a merge again, the delete would be lost.
TEST_P(MergeAfterDelete, DoesNotReviveTheOldValue) {
  const bool several_windows = GetParam();
  TemporaryStore store;
  const std::string key = keys::account(AccountKey{});
  const std::string difference = records::encode(AccountSums{1, {}, {}, {}});
  store.put(Column::sums, key, records::encode(AccountSums{40, {}, {}, {}}));
  for (int round = 1; round <= 3; ++round) {
    Transaction window(store.database());
    window.merge(Column::sums, key, difference);
    window.remove(Column::sums, key);
    if (several_windows) {
      store.database().commit(window);
      store.reopen();
      EXPECT_FALSE(store.database().get(Column::sums, key));
    }
    Transaction next(store.database());
    Transaction& last = several_windows ? next : window;
    last.merge(Column::sums, key, difference);
    last.merge(Column::sums, key, difference);
    EXPECT_EQ(accounts::sums(last, AccountKey{}).posts_seen, 2);
    store.database().commit(last);
    EXPECT_EQ(accounts::sums(store.database(), AccountKey{}).posts_seen, 2);
    store.reopen();
    EXPECT_EQ(accounts::sums(store.database(), AccountKey{}).posts_seen, 2);
  }
}

INSTANTIATE_TEST_SUITE_P(Windows, MergeAfterDelete, testing::Bool());

TEST(Merge, AfterAPutAddsToIt) {
  TemporaryStore store;
  Transaction window(store.database());
  window.put(Column::index, "t", records::encode_signed(40));
  window.merge(Column::index, "t", records::encode_signed(2));
  EXPECT_EQ(window.size(), 1U);
  store.database().commit(window);
  EXPECT_EQ(store.database().get(Column::index, "t"), records::encode_signed(42));
}

}  // namespace
}  // namespace tagscout
