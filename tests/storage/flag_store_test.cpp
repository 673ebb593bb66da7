#include "storage/flag_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "storage/keys.h"
#include "storage/records.h"
#include "tests/storage/temporary_store.h"

namespace tagscout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class FlagStore : public testing::Test {
 protected:
  void put(uint64_t id) {
    Flag flag;
    flag.id = id;
    store.put(Column::flag, keys::flag(id), records::encode(flag));
  }
  std::vector<uint64_t> since(uint64_t id, size_t limit = 10) {
    std::vector<uint64_t> ids;
    flags::for_each(store.database(), id, [&](const Flag& flag) {
      ids.push_back(flag.id);
      return ids.size() < limit;
    });
    return ids;
  }

  TemporaryStore store;
};

TEST_F(FlagStore, NumbersFlagsFromOne) {
  EXPECT_EQ(flags::next_id(store.database()), 1U);
  store.put(Column::meta, keys::next_flag, records::encode_number(300));
  EXPECT_EQ(flags::next_id(store.database()), 300U);
}

TEST_F(FlagStore, GivesAFlagByItsId) {
  put(7);
  EXPECT_EQ(flags::flag(store.database(), 7)->id, 7U);
  EXPECT_FALSE(flags::flag(store.database(), 8));
}

TEST_F(FlagStore, VisitsFlagsAfterAnIdInOrder) {
  for (const uint64_t id : {300U, 1U, 256U, 2U, 255U}) put(id);
  EXPECT_THAT(since(0), ElementsAre(1, 2, 255, 256, 300));
  EXPECT_THAT(since(1), ElementsAre(2, 255, 256, 300));
  EXPECT_THAT(since(100), ElementsAre(255, 256, 300));
  EXPECT_THAT(since(0, 2), ElementsAre(1, 2));
  EXPECT_THAT(since(300), IsEmpty());
  EXPECT_THAT(since(UINT64_MAX), IsEmpty());
}

}  // namespace
}  // namespace tagscout
