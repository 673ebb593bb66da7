#include "storage/meta_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/storage/temporary_store.h"

namespace tagscout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

AccountKey key_of(uint8_t number) {
  AccountKey key;
  key.bytes[0] = number;
  return key;
}

TEST(MetaStore, StartsEmpty) {
  TemporaryStore store;
  EXPECT_EQ(meta::window(store.database()), 0U);
  EXPECT_EQ(meta::counts(store.database()), StoreCounts{});
  EXPECT_THAT(meta::cursors(store.database(), "source"), IsEmpty());
  EXPECT_FALSE(meta::paused(store.database(), "source"));
  EXPECT_FALSE(meta::tombstone(store.database(), key_of(1)));
  EXPECT_THAT(meta::tombstones(store.database()), IsEmpty());
}

TEST(MetaStore, KeepsCursorsOfEachSource) {
  TemporaryStore store;
  const meta::Cursor slow{"tag/slowfashion", "110", time_from_us(5)};
  const meta::Cursor mended{"tag/mended", "", time_from_us(-5)};
  const meta::Cursor stream{"", std::string("\x00\xff", 2), {}};
  Transaction transaction(store.database());
  meta::put_cursor(transaction, "a.example", slow);
  meta::put_cursor(transaction, "a.example", mended);
  meta::put_cursor(transaction, "a.example.org", slow);
  meta::put_cursor(transaction, "stream", stream);
  EXPECT_THAT(meta::cursors(transaction, "a.example"), ElementsAre(mended, slow));
  store.database().commit(transaction);
  EXPECT_THAT(meta::cursors(store.database(), "a.example"), ElementsAre(mended, slow));
  EXPECT_THAT(meta::cursors(store.database(), "a.example.org"), ElementsAre(slow));
  EXPECT_THAT(meta::cursors(store.database(), "stream"), ElementsAre(stream));
  EXPECT_THAT(meta::cursors(store.database(), "a"), IsEmpty());
}

TEST(MetaStore, ReplacesACursor) {
  TemporaryStore store;
  for (const char* value : {"1", "2"}) {
    Transaction transaction(store.database());
    meta::put_cursor(transaction, "source", {"feed", value, {}});
    store.database().commit(transaction);
  }
  EXPECT_THAT(meta::cursors(store.database(), "source"),
              ElementsAre(meta::Cursor{"feed", "2", {}}));
}

TEST(MetaStore, KnowsPausedSources) {
  TemporaryStore store;
  store.put(Column::meta, keys::pause("a"), {});
  EXPECT_TRUE(meta::paused(store.database(), "a"));
  EXPECT_FALSE(meta::paused(store.database(), "ab"));
  EXPECT_FALSE(meta::paused(store.database(), ""));
}

TEST(MetaStore, GivesTombstones) {
  TemporaryStore store;
  const Tombstone deleted{GoneReason::deleted, time_from_us(1)};
  const Tombstone label{GoneReason::label, time_from_us(2)};
  store.put(Column::meta, keys::tombstone(key_of(2)), records::encode(label));
  store.put(Column::meta, keys::tombstone(key_of(1)), records::encode(deleted));
  store.put(Column::meta, "gone", "another row");
  EXPECT_EQ(meta::tombstone(store.database(), key_of(2)), label);
  EXPECT_FALSE(meta::tombstone(store.database(), key_of(3)));
  EXPECT_THAT(meta::tombstones(store.database()),
              ElementsAre(Pair(key_of(1), deleted), Pair(key_of(2), label)));
}

TEST(MetaStore, GivesTheWindowAndTheCounts) {
  TemporaryStore store;
  const StoreCounts counts{1, 2, 3, 4};
  store.put(Column::meta, keys::window, records::encode_number(70'000));
  store.put(Column::meta, keys::counts, records::encode(counts));
  EXPECT_EQ(meta::window(store.database()), 70'000U);
  EXPECT_EQ(meta::counts(store.database()), counts);
}

}  // namespace
}  // namespace tagscout
