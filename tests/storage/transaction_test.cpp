#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "storage/database.h"
#include "storage/records.h"
#include "tests/storage/random_records.h"
#include "tests/storage/temporary_store.h"

namespace tagscout {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;
using Model = std::map<std::string, std::string>;

Rows scanned(const Reader& reader, Column column, std::string_view prefix, std::string_view from,
             size_t limit = SIZE_MAX) {
  Rows rows;
  reader.scan(column, prefix, from, [&](std::string_view key, std::string_view value) {
    rows.emplace_back(key, value);
    return rows.size() < limit;
  });
  return rows;
}

Rows expected_rows(const Model& model, std::string_view prefix, std::string_view from,
                   size_t limit = SIZE_MAX) {
  Rows rows;
  for (const auto& [key, value] : model) {
    if (!key.starts_with(prefix) || key < from || rows.size() >= limit) continue;
    rows.emplace_back(key, value);
  }
  return rows;
}

// Keys of one to three bytes out of few, the ends of the alphabet among them.
std::string random_key(RandomRecords& random) {
  constexpr std::string_view alphabet(
      "\x00\x01"
      "ab"
      "\x7f\x80\xff",
      7);
  std::string key;
  for (uint64_t left = 1 + random.number(2); left > 0; --left) {
    key += alphabet[random.number(alphabet.size() - 1)];
  }
  return key;
}

TEST(Transaction, ReadsItsOwnWrites) {
  TemporaryStore store;
  store.put(Column::account, "kept", "old");
  store.put(Column::account, "changed", "old");
  store.put(Column::account, "removed", "old");
  Transaction transaction(store.database());
  transaction.put(Column::account, "changed", "new");
  transaction.put(Column::account, "added", "new");
  transaction.remove(Column::account, "removed");
  EXPECT_EQ(transaction.get(Column::account, "kept"), "old");
  EXPECT_EQ(transaction.get(Column::account, "changed"), "new");
  EXPECT_EQ(transaction.get(Column::account, "added"), "new");
  EXPECT_FALSE(transaction.get(Column::account, "removed"));
  EXPECT_FALSE(transaction.get(Column::account, "never"));
  EXPECT_FALSE(transaction.get(Column::post, "added")) << "another column";
  EXPECT_EQ(scanned(transaction, Column::account, {}, {}),
            (Rows{{"added", "new"}, {"changed", "new"}, {"kept", "old"}}));
}

TEST(Transaction, ChangesNothingUntilItIsCommitted) {
  TemporaryStore store;
  store.put(Column::account, "a", "old");
  {
    Transaction abandoned(store.database());
    abandoned.put(Column::account, "a", "new");
    abandoned.remove(Column::account, "a");
    abandoned.merge(Column::index, "t", records::encode_signed(1));
  }
  EXPECT_EQ(store.database().get(Column::account, "a"), "old");
  EXPECT_FALSE(store.database().get(Column::index, "t"));
}

TEST(Transaction, KeepsOneFinalOperationOfEachKey) {
  TemporaryStore store;
  Transaction transaction(store.database());
  EXPECT_EQ(transaction.size(), 0U);
  transaction.put(Column::account, "a", "1");
  transaction.put(Column::account, "a", "2");
  transaction.remove(Column::account, "a");
  transaction.put(Column::post, "a", "3");
  transaction.merge(Column::index, "t", records::encode_signed(1));
  transaction.merge(Column::index, "t", records::encode_signed(1));
  EXPECT_EQ(transaction.size(), 3U);
  store.database().commit(transaction);
  EXPECT_FALSE(store.database().get(Column::account, "a"));
  EXPECT_EQ(store.database().get(Column::post, "a"), "3");
  EXPECT_EQ(store.database().get(Column::index, "t"), records::encode_signed(2));
}

TEST(Transaction, ScanStopsWhenToldTo) {
  TemporaryStore store;
  for (const char* key : {"b", "d", "f"}) store.put(Column::account, key, "stored");
  Transaction transaction(store.database());
  for (const char* key : {"a", "c", "d", "g"}) transaction.put(Column::account, key, "own");
  const std::array<std::string, 6> order{"a", "b", "c", "d", "f", "g"};
  for (size_t limit = 1; limit <= order.size(); ++limit) {
    int calls = 0;
    std::string last;
    transaction.scan(Column::account, {}, {}, [&](std::string_view key, std::string_view) {
      last = key;
      return static_cast<size_t>(++calls) < limit;
    });
    EXPECT_EQ(static_cast<size_t>(calls), limit);
    EXPECT_EQ(last, order[limit - 1]);
  }
}

TEST(Transaction, ScanEndsWithItsPrefix) {
  TemporaryStore store;
  for (const char* key : {"a", "b", "ba", "bb", "c"}) store.put(Column::account, key, "stored");
  Transaction transaction(store.database());
  transaction.put(Column::account, "b\xff", "own");
  transaction.put(Column::account, "az", "own");
  transaction.put(Column::account, "ca", "own");
  transaction.remove(Column::account, "ba");
  EXPECT_EQ(scanned(transaction, Column::account, "b", {}),
            (Rows{{"b", "stored"}, {"bb", "stored"}, {"b\xff", "own"}}));
  EXPECT_EQ(scanned(transaction, Column::account, "b", "bb"),
            (Rows{{"bb", "stored"}, {"b\xff", "own"}}));
  EXPECT_EQ(scanned(transaction, Column::account, "b", "a").size(), 3U);
  EXPECT_EQ(scanned(transaction, Column::account, "b", "c").size(), 0U);
  EXPECT_EQ(scanned(transaction, Column::account, "x", {}).size(), 0U);
}

// Whoever looks may write what it finds.
TEST(Transaction, MayBeChangedByTheScanOfIt) {
  TemporaryStore store;
  for (const char* key : {"a", "b", "c"}) store.put(Column::account, key, "stored");
  Transaction transaction(store.database());
  transaction.put(Column::account, "d", "own");
  transaction.scan(Column::account, {}, {}, [&](std::string_view key, std::string_view) {
    const std::string seen(key);
    transaction.remove(Column::account, seen);
    return true;
  });
  EXPECT_TRUE(scanned(transaction, Column::account, {}, {}).empty());
}

TEST(Transaction, EqualsAPlainMapUnderRandomOperations) {
  RandomRecords random(30);
  TemporaryStore store;
  Model stored;
  for (int window = 0; window < 60; ++window) {
    Transaction transaction(store.database());
    Model model = stored;
    for (uint64_t left = random.number(25); left > 0; --left) {
      const std::string key = random_key(random);
      if (random.one_in(3)) {
        transaction.remove(Column::account, key);
        model.erase(key);
      } else {
        model[key] = random.text();
        transaction.put(Column::account, key, model[key]);
      }
      const std::string asked = random_key(random);
      const auto known = model.find(asked);
      const auto value = known == model.end() ? std::nullopt : std::optional(known->second);
      ASSERT_EQ(transaction.get(Column::account, asked), value);
      const std::string prefix = random.one_in(3) ? "" : random_key(random).substr(0, 1);
      const std::string from = random.one_in(2) ? "" : random_key(random);
      const size_t limit = 1 + random.number(6);
      ASSERT_EQ(scanned(transaction, Column::account, prefix, from, limit),
                expected_rows(model, prefix, from, limit));
    }
    ASSERT_EQ(scanned(transaction, Column::account, {}, {}), expected_rows(model, {}, {}));
    if (random.one_in(4)) continue;  // the window is lost
    store.database().commit(transaction);
    stored = std::move(model);
    ASSERT_EQ(scanned(store.database(), Column::account, {}, {}), expected_rows(stored, {}, {}));
  }
}

TEST(Transaction, ShowsMergesAsTheStoreWillHaveThem) {
  RandomRecords random(31);
  TemporaryStore store;
  std::map<std::string, int64_t> model;
  for (int window = 0; window < 60; ++window) {
    Transaction transaction(store.database());
    for (uint64_t left = 1 + random.number(20); left > 0; --left) {
      const std::string key = random_key(random);
      const int64_t value = static_cast<int64_t>(random.number(40)) - 20;
      if (random.one_in(5)) {
        transaction.remove(Column::index, key);
        model.erase(key);
      } else {
        transaction.merge(Column::index, key, records::encode_signed(value));
        model[key] += value;
      }
      Model rows;
      for (const auto& [name, sum] : model) rows[name] = records::encode_signed(sum);
      ASSERT_EQ(scanned(transaction, Column::index, {}, {}), expected_rows(rows, {}, {}));
      const auto sum = rows.find(key);
      ASSERT_EQ(transaction.get(Column::index, key),
                sum == rows.end() ? std::nullopt : std::optional(sum->second));
    }
    const Rows before = scanned(transaction, Column::index, {}, {});
    store.database().commit(transaction);
    ASSERT_EQ(scanned(store.database(), Column::index, {}, {}), before);
  }
}

}  // namespace
}  // namespace tagscout
