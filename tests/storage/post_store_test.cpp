#include "storage/post_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/storage/temporary_store.h"

namespace tagscout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

AccountKey key_of(uint8_t number) {
  AccountKey key;
  key.bytes[0] = number;
  return key;
}

const PostStub stub{{3, 1, {}, {}, {}, false}, "r", true};

class PostStore : public testing::Test {
 protected:
  void put(uint8_t account, uint64_t post, const std::string& name) {
    PostRecord record;
    record.id = PostId(name);
    store.put(Column::post, keys::post({key_of(account), post}), records::encode(record));
  }
  void put_stub(uint8_t account, uint64_t post) {
    store.put(Column::post, keys::post({key_of(account), post}), records::encode(stub));
  }
  std::vector<std::string> of_account(uint8_t account, uint64_t from, size_t limit = 10) {
    std::vector<std::string> ids;
    posts::for_each_of(store.database(), key_of(account), from, collect_into(ids, limit));
    return ids;
  }
  std::vector<std::string> all(const PostKey& from, size_t limit = 10) {
    std::vector<std::string> ids;
    posts::for_each(store.database(), from, collect_into(ids, limit));
    return ids;
  }

  TemporaryStore store;

 private:
  static posts::Visitor collect_into(std::vector<std::string>& ids, size_t limit) {
    return [&ids, limit](const PostKey&, const PostRecord& record) {
      ids.push_back(record.id.text());
      return ids.size() < limit;
    };
  }
};

TEST_F(PostStore, TellsARecordAStubAndNeitherApart) {
  put(1, 1, "a");
  put_stub(1, 2);
  const PostRow record = posts::row(store.database(), {key_of(1), 1});
  EXPECT_EQ(record.record->id.text(), "a");
  EXPECT_FALSE(record.stub);
  const PostRow deleted = posts::row(store.database(), {key_of(1), 2});
  EXPECT_FALSE(deleted.record);
  EXPECT_EQ(deleted.stub, stub);
  const PostRow neither = posts::row(store.database(), {key_of(1), 3});
  EXPECT_FALSE(neither.record);
  EXPECT_FALSE(neither.stub);
}

TEST_F(PostStore, VisitsRecordsOfOneAccountAndNeverStubs) {
  put(1, 1, "other");
  put_stub(2, 1);
  put(2, 2, "a");
  put_stub(2, 3);
  put(2, UINT64_MAX, "b");
  put(3, 0, "another");
  EXPECT_THAT(of_account(2, 0), ElementsAre("a", "b"));
  EXPECT_THAT(of_account(2, 2), ElementsAre("a", "b"));
  EXPECT_THAT(of_account(2, 3), ElementsAre("b"));
  EXPECT_THAT(of_account(2, UINT64_MAX), ElementsAre("b"));
  EXPECT_THAT(of_account(2, 0, 1), ElementsAre("a"));
  EXPECT_THAT(of_account(4, 0), IsEmpty());
}

TEST_F(PostStore, VisitsAllRecordsFromAKeyInclusive) {
  put(1, 1, "a");
  put_stub(1, 2);
  put(1, 3, "b");
  put(2, 0, "c");
  EXPECT_THAT(all({}), ElementsAre("a", "b", "c"));
  EXPECT_THAT(all({key_of(1), 3}), ElementsAre("b", "c"));
  EXPECT_THAT(all({key_of(1), 4}), ElementsAre("c"));
  EXPECT_THAT(all({}, 2), ElementsAre("a", "b"));
  EXPECT_THAT(all({key_of(3), 0}), IsEmpty());
}

}  // namespace
}  // namespace tagscout
