#include "storage/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <vector>

#include "storage/account_store.h"
#include "storage/flag_store.h"
#include "storage/keys.h"
#include "storage/meta_store.h"
#include "storage/post_store.h"
#include "tests/storage/temporary_store.h"

namespace tagscout {
namespace {

namespace fs = std::filesystem;

// Runs a program and gives its exit code; 128 plus the signal if one killed it.
int run_program(std::vector<std::string> arguments) {
  std::vector<char*> raw;
  raw.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) raw.push_back(argument.data());
  raw.push_back(nullptr);
  pid_t child = 0;
  if (posix_spawn(&child, raw[0], nullptr, nullptr, raw.data(), environ) != 0) {
    return -1;
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child) return -1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// Overwrites the middle of every table file of the store.
int damage_tables(const std::string& path) {
  int damaged = 0;
  for (const fs::directory_entry& file : fs::directory_iterator(path)) {
    if (file.path().extension() != ".sst") continue;
    std::fstream bytes(file.path(), std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(static_cast<std::streamoff>(file.file_size() / 4));
    bytes << std::string(file.file_size() / 2, '#');
    ++damaged;
  }
  return damaged;
}

// Adds a part to the store of which this version knows nothing.
void add_unknown_column(const std::string& path) {
  std::vector<std::string> names;
  ASSERT_TRUE(rocksdb::DB::ListColumnFamilies({}, path, &names).ok());
  std::vector<rocksdb::ColumnFamilyDescriptor> columns;
  columns.reserve(names.size() + 1);
  for (const std::string& name : names) {
    columns.emplace_back(name, rocksdb::ColumnFamilyOptions());
  }
  columns.emplace_back("campaign", rocksdb::ColumnFamilyOptions());
  rocksdb::DBOptions options;
  options.create_missing_column_families = true;
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  ASSERT_TRUE(rocksdb::DB::Open(options, path, columns, &handles, &db).ok());
  for (rocksdb::ColumnFamilyHandle* handle : handles) db->DestroyColumnFamilyHandle(handle);
  delete db;
}

TEST(Database, KeepsItsRowsWhenReopened) {
  TemporaryStore store;
  for (size_t i = 0; i < column_count; ++i) {
    store.put(static_cast<Column>(i), "key", records::encode_signed(static_cast<int64_t>(i)));
  }
  store.reopen();
  for (size_t i = 0; i < column_count; ++i) {
    EXPECT_EQ(store.database().get(static_cast<Column>(i), "key"),
              records::encode_signed(static_cast<int64_t>(i)));
  }
}

TEST(Database, KeepsItsSecret) {
  TemporaryStore store;
  const std::string first = store.database().secret();
  EXPECT_EQ(first, test_secret(32));
  store.close();
  const Database again(small_store(store.path()), [](size_t bytes) -> std::string {
    ADD_FAILURE() << "entropy for a store that has a secret";
    return std::string(bytes, 'x');
  });
  EXPECT_EQ(again.secret(), first);
}

TEST(Database, KeepsCommittedRowsWhenKilled) {
  TemporaryStore store;
  store.close();
  EXPECT_EQ(run_program({TAGSCOUT_OPEN_STORE, store.path(), "key", "value"}), 128 + SIGKILL);
  store.open();
  EXPECT_EQ(store.database().get(Column::account, "key"), "value");
  EXPECT_FALSE(store.database().get(Column::account, "key-lost"));
}

TEST(Database, IsBusyWhileAnotherProcessHasIt) {
  TemporaryStore store;
  EXPECT_EQ(run_program({TAGSCOUT_OPEN_STORE, store.path()}), 75);
  store.close();
  EXPECT_EQ(run_program({TAGSCOUT_OPEN_STORE, store.path()}), 0);
}

TEST(Database, IsBusyWhileThisProcessHasIt) {
  TemporaryStore store;
  EXPECT_THROW(Database(small_store(store.path()), test_secret), DatabaseBusy);
  store.put(Column::account, "key", "value");
  EXPECT_EQ(store.database().get(Column::account, "key"), "value") << "the holder goes on";
}

// Exit code 75 invites a retry; what is wrong for good must not look so.
TEST(Database, IsNotBusyWhenTheLockCannotBeMade) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/While lock file";
  fs::create_directories(path + "/LOCK");
  try {
    const Database database(small_store(path), test_secret);
    FAIL() << "opened without a lock";
  } catch (const DatabaseBusy& error) {
    FAIL() << error.what();
  } catch (const DatabaseError& error) {
    EXPECT_THAT(error.what(), testing::StartsWith("store: "));
  }
}

TEST(Database, RefusesAPathThatIsNoDirectory) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/file";
  std::ofstream(path) << "not a store";
  EXPECT_THROW(Database(small_store(path), test_secret), DatabaseError);
}

TEST(Database, RefusesANewerFormat) {
  TemporaryStore store;
  store.put(Column::meta, keys::format, records::encode_number(2));
  store.close();
  // Twice: a refused store must not stay locked.
  for (int i = 0; i < 2; ++i) {
    try {
      store.open();
      FAIL() << "opened a store of a newer format";
    } catch (const DatabaseTooNew& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr("format 2"));
    }
  }
  EXPECT_EQ(run_program({TAGSCOUT_OPEN_STORE, store.path()}), 78);
}

TEST(Database, RefusesAPartThatItDoesNotKnow) {
  TemporaryStore store;
  store.close();
  add_unknown_column(store.path());
  for (int i = 0; i < 2; ++i) {
    try {
      store.open();
      FAIL() << "opened a store with an unknown part";
    } catch (const DatabaseTooNew& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr("'campaign'"));
    }
  }
}

TEST(Database, RefusesAStoreWithoutItsSecret) {
  for (const std::string& secret : {std::string(), std::string(31, 'k'), std::string(33, 'k')}) {
    TemporaryStore store;
    store.put(Column::meta, keys::secret, secret);
    EXPECT_THROW(store.reopen(), DatabaseError) << secret.size();
  }
}

TEST(Database, RefusesADamagedFormat) {
  TemporaryStore store;
  store.put(Column::meta, keys::format, "");
  EXPECT_THROW(store.reopen(), DatabaseError);
}

TEST(Database, ReportsDamagedFiles) {
  TemporaryStore store;
  Transaction transaction(store.database());
  for (int i = 0; i < 2000; ++i) {
    transaction.put(Column::account, std::to_string(i), std::to_string(i * 7919));
  }
  store.database().commit(transaction);
  store.reopen();  // the log becomes tables
  store.close();
  ASSERT_GT(damage_tables(store.path()), 0);
  const auto read_all = [&] {
    store.open();
    store.database().scan(Column::account, {}, {}, [](auto, auto) { return true; });
  };
  EXPECT_THROW(read_all(), DatabaseError);
}

TEST(Database, ReportsDamagedRows) {
  TemporaryStore store;
  const AccountKey key{};
  const std::string account = keys::account(key);
  const Database& database = store.database();
  store.put(Column::account, account, "damaged");
  store.put(Column::sums, account, "damaged");
  store.put(Column::post, keys::post({key, 1}), "damaged");
  store.put(Column::flag, keys::flag(1), "damaged");
  store.put(Column::reading, keys::reading(key, Stamp(1)), "damaged");
  store.put(Column::index, keys::index(IndexKind::tag, 1, key), "");
  store.put(Column::meta, keys::cursor("source", "feed"), "damaged");
  store.put(Column::meta, keys::tombstone(key), "");
  store.put(Column::meta, keys::counts, "");
  store.put(Column::meta, keys::window, "");
  store.put(Column::meta, keys::next_flag, "");
  EXPECT_THROW(accounts::facts(database, key), DatabaseError);
  EXPECT_THROW(accounts::sums(database, key), DatabaseError);
  EXPECT_THROW(accounts::readings(database, key, 10), DatabaseError);
  EXPECT_THROW(accounts::for_each(database, {}, [](auto&, auto&) { return true; }), DatabaseError);
  EXPECT_THROW(
      accounts::for_each_of_name(database, IndexKind::tag, 1, {}, [](auto&) { return true; }),
      DatabaseError);
  EXPECT_THROW(posts::row(database, {key, 1}), DatabaseError);
  EXPECT_THROW(posts::for_each(database, {}, [](auto&, auto&) { return true; }), DatabaseError);
  EXPECT_THROW(flags::flag(database, 1), DatabaseError);
  EXPECT_THROW(flags::for_each(database, 0, [](auto&) { return true; }), DatabaseError);
  EXPECT_THROW(flags::next_id(database), DatabaseError);
  EXPECT_THROW(meta::cursors(database, "source"), DatabaseError);
  EXPECT_THROW(meta::tombstone(database, key), DatabaseError);
  EXPECT_THROW(meta::tombstones(database), DatabaseError);
  EXPECT_THROW(meta::counts(database), DatabaseError);
  EXPECT_THROW(meta::window(database), DatabaseError);
}

TEST(Database, ReportsADamagedSum) {
  TemporaryStore store;
  const std::string key = keys::account(AccountKey{});
  store.put(Column::sums, key, "damaged");
  Transaction transaction(store.database());
  transaction.merge(Column::sums, key, records::encode(AccountSums{1, {}, {}, {}}));
  EXPECT_THROW(transaction.get(Column::sums, key), DatabaseError);
  store.database().commit(transaction);
  EXPECT_THROW(store.database().get(Column::sums, key), DatabaseError);
  EXPECT_THROW(store.database().scan(Column::sums, {}, {}, [](auto, auto) { return true; }),
               DatabaseError);
}

TEST(Database, SnapshotDoesNotSeeLaterWrites) {
  TemporaryStore store;
  store.put(Column::account, "changed", "old");
  store.put(Column::account, "removed", "old");
  store.put(Column::index, "t", records::encode_signed(1));
  const std::unique_ptr<Reader> snapshot = store.database().snapshot();
  Transaction transaction(store.database());
  transaction.put(Column::account, "changed", "new");
  transaction.put(Column::account, "added", "new");
  transaction.remove(Column::account, "removed");
  transaction.merge(Column::index, "t", records::encode_signed(1));
  store.database().commit(transaction);

  EXPECT_EQ(snapshot->get(Column::account, "changed"), "old");
  EXPECT_EQ(snapshot->get(Column::account, "removed"), "old");
  EXPECT_FALSE(snapshot->get(Column::account, "added"));
  EXPECT_EQ(snapshot->get(Column::index, "t"), records::encode_signed(1));
  std::vector<std::string> keys;
  snapshot->scan(Column::account, {}, {}, [&](std::string_view key, std::string_view) {
    keys.emplace_back(key);
    return true;
  });
  EXPECT_THAT(keys, testing::ElementsAre("changed", "removed"));
  EXPECT_EQ(store.database().get(Column::account, "changed"), "new");
  EXPECT_EQ(store.database().get(Column::index, "t"), records::encode_signed(2));
}

TEST(Database, TellsItsSize) {
  TemporaryStore store;
  const int64_t empty = store.database().size_bytes();
  EXPECT_GT(empty, 0);
  store.put(Column::account, "key", std::string(300'000, 'x'));
  EXPECT_GE(store.database().size_bytes(), empty + 300'000);
  store.reopen();
  EXPECT_GT(store.database().size_bytes(), 0);
}

// No file of this process may grow beyond the limit while this lives.
class FullDisk {
 public:
  explicit FullDisk(rlim_t file_bytes_max) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now{file_bytes_max, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &now);
    old_handler_ = std::signal(SIGXFSZ, SIG_IGN);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, old_handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
  void (*old_handler_)(int) = SIG_DFL;
};

TEST(Database, AFailedCommitChangesNothingThatWasThere) {
  TemporaryStore store;
  Database& database = store.database();
  store.put(Column::account, "a", "old");
  Transaction transaction(database);
  transaction.put(Column::account, "a", std::string(200'000, 'n'));
  transaction.put(Column::post, "p", std::string(200'000, 'n'));
  {
    const FullDisk full(100'000);
    EXPECT_THROW(database.commit(transaction), DatabaseError);
  }
  EXPECT_EQ(database.get(Column::account, "a"), "old") << "reads go on";
  EXPECT_THROW(database.commit(Transaction(database)), DatabaseError) << "writes wait";
  ASSERT_TRUE(database.resume());
  EXPECT_EQ(database.get(Column::account, "a"), "old");
  EXPECT_FALSE(database.get(Column::post, "p"));
  database.commit(transaction);
  EXPECT_EQ(database.get(Column::post, "p"), std::string(200'000, 'n'));
}

TEST(Database, ResumesOnlyWhenNobodyLooks) {
  TemporaryStore store;
  EXPECT_TRUE(store.database().resume()) << "nothing was wrong";
  Transaction transaction(store.database());
  transaction.put(Column::account, "a", std::string(200'000, 'n'));
  {
    const FullDisk full(100'000);
    EXPECT_THROW(store.database().commit(transaction), DatabaseError);
  }
  std::unique_ptr<Reader> snapshot = store.database().snapshot();
  EXPECT_FALSE(store.database().resume());
  EXPECT_FALSE(snapshot->get(Column::account, "a")) << "it can still be read";
  snapshot.reset();
  EXPECT_TRUE(store.database().resume());
}

TEST(Database, StaysClosedWhereTheStoreIsGone) {
  TemporaryStore store;
  Transaction transaction(store.database());
  transaction.put(Column::account, "a", std::string(200'000, 'n'));
  {
    const FullDisk full(100'000);
    EXPECT_THROW(store.database().commit(transaction), DatabaseError);
  }
  fs::rename(store.path(), store.path() + "-away");
  fs::create_directory(store.path());
  EXPECT_FALSE(store.database().resume()) << "an empty directory is another store";
  EXPECT_THROW(store.database().get(Column::account, "a"), DatabaseError);
  EXPECT_THROW(store.database().snapshot(), DatabaseError);
  EXPECT_THROW(store.database().commit(transaction), DatabaseError);
  fs::remove_all(store.path());
  fs::rename(store.path() + "-away", store.path());
  ASSERT_TRUE(store.database().resume());
  store.database().commit(transaction);
}

TEST(Database, GoesOnWhenAFullDiskHasRoomAgain) {
  const TemporaryDirectory directory;
  const int code = run_program({TAGSCOUT_FULL_DISK, directory.path()});
  if (code == 77) GTEST_SKIP() << "SKIPPED: a disk of its own cannot be mounted here";
  EXPECT_EQ(code, 0);
}

}  // namespace
}  // namespace tagscout
