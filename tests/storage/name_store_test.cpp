#include "storage/name_store.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "storage/records.h"
#include "tests/storage/temporary_store.h"

namespace tagscout {
namespace {

TEST(NameStore, GivesANameOneNumberForGood) {
  TemporaryStore store;
  NameId fashion = 0;
  {
    Transaction transaction(store.database());
    EXPECT_FALSE(names::find(transaction, NameKind::tag, "slowfashion"));
    fashion = names::intern(transaction, NameKind::tag, "slowfashion");
    EXPECT_EQ(names::intern(transaction, NameKind::tag, "slowfashion"), fashion);
    EXPECT_EQ(names::find(transaction, NameKind::tag, "slowfashion"), fashion);
    EXPECT_EQ(names::text(transaction, NameKind::tag, fashion), "slowfashion");
    store.database().commit(transaction);
  }
  store.reopen();
  EXPECT_EQ(names::find(store.database(), NameKind::tag, "slowfashion"), fashion);
  EXPECT_EQ(names::text(store.database(), NameKind::tag, fashion), "slowfashion");
  Transaction transaction(store.database());
  EXPECT_EQ(names::intern(transaction, NameKind::tag, "slowfashion"), fashion);
  EXPECT_NE(names::intern(transaction, NameKind::tag, "slow"), fashion);
}

TEST(NameStore, NumbersEachKindFromOne) {
  TemporaryStore store;
  Transaction transaction(store.database());
  for (const NameKind kind :
       {NameKind::tag, NameKind::niche, NameKind::host, NameKind::ladder, NameKind::source}) {
    EXPECT_EQ(names::intern(transaction, kind, "one"), 1U) << "0 stands for none";
    EXPECT_EQ(names::intern(transaction, kind, "two"), 2U);
    EXPECT_EQ(names::text(transaction, kind, 2), "two");
  }
}

TEST(NameStore, KeepsAnyNamesApart) {
  TemporaryStore store;
  std::map<std::string, NameId> numbers;
  std::set<NameId> used;
  for (int window = 0; window < 3; ++window) {
    Transaction transaction(store.database());
    for (const std::string name : {"a", "A", "aa", "", "\xc3\xa4", "a b", "1", "\x01"}) {
      const NameId number = names::intern(transaction, NameKind::tag, name);
      const auto [entry, is_new] = numbers.emplace(name, number);
      EXPECT_EQ(entry->second, number);
      EXPECT_EQ(is_new, used.insert(number).second);
      EXPECT_EQ(names::text(transaction, NameKind::tag, number), name);
    }
    store.database().commit(transaction);
  }
  EXPECT_EQ(used.size(), 8U);
}

TEST(NameStore, GivesUpANumberWithItsWindow) {
  TemporaryStore store;
  {
    Transaction lost(store.database());
    EXPECT_EQ(names::intern(lost, NameKind::tag, "lost"), 1U);
  }
  Transaction transaction(store.database());
  EXPECT_EQ(names::intern(transaction, NameKind::tag, "kept"), 1U);
  EXPECT_FALSE(names::find(transaction, NameKind::tag, "lost"));
}

TEST(NameStore, RefusesDamagedRows) {
  TemporaryStore store;
  EXPECT_THROW(names::text(store.database(), NameKind::tag, 1), DatabaseError);
  for (const std::string& damaged :
       {std::string(), records::encode_number(0), records::encode_number(uint64_t{1} << 32)}) {
    store.put(Column::name, keys::name_by_text(NameKind::tag, "a"), damaged);
    EXPECT_THROW(names::find(store.database(), NameKind::tag, "a"), DatabaseError);
    store.put(Column::meta, keys::next_name(NameKind::tag), damaged);
    Transaction transaction(store.database());
    EXPECT_THROW(names::intern(transaction, NameKind::tag, "b"), DatabaseError);
  }
}

}  // namespace
}  // namespace tagscout
