#include "storage/database.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/merge_operator.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>
#include <rocksdb/write_buffer_manager.h>

#include <set>

#include "storage/keys.h"
#include "storage/records.h"

namespace tagscout {
namespace {

// Version of the layout that this program writes. FORMAT.md says what each one is.
constexpr uint64_t format_version = 1;
constexpr size_t secret_bytes = 32;
constexpr uint64_t log_bytes_max = 128u << 20;  // bounds the time that recovery takes

constexpr std::array<std::string_view, column_count> column_names{
    "default", "name", "account", "sums", "post", "index", "handle", "due", "flag", "reading"};

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }
std::string_view view(const rocksdb::Slice& text) { return {text.data(), text.size()}; }

[[noreturn]] void fail(const rocksdb::Status& status) {
  throw DatabaseError("store: " + status.ToString());
}

void check(const rocksdb::Status& status) {
  if (!status.ok()) fail(status);
}

// Adds differences up, as records.h says. A value that is no such record stops the read.
class AddOperator final : public rocksdb::AssociativeMergeOperator {
 public:
  explicit AddOperator(Column column) : column_(column) {}
  bool Merge(const rocksdb::Slice&, const rocksdb::Slice* existing, const rocksdb::Slice& value,
             std::string* result, rocksdb::Logger*) const override {
    if (existing == nullptr) {
      *result = value.ToString();
      return true;
    }
    try {
      *result = records::add(column_, view(*existing), view(value));
      return true;
    } catch (const DatabaseError&) {
      return false;
    }
  }
  const char* Name() const override { return "tagscout.add"; }

 private:
  Column column_;
};

// RocksDB's own log goes nowhere: it would lie in the store's directory, and writing to it twice
// on a full disk trips an assertion that Debian's RocksDB is built with.
class SilentLogger final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

// A write to RocksDB's write-ahead log that failed makes the log's writer useless for good, and
// RocksDB's own recovery goes on with it (rocksdb issues 11643 and 12998). It must not begin:
// resume() reopens the store instead.
class NoLogRecovery final : public rocksdb::EventListener {
 public:
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason reason, rocksdb::Status,
                            bool* auto_recovery) override {
    using Reason = rocksdb::BackgroundErrorReason;
    if (reason == Reason::kWriteCallback || reason == Reason::kMemTable) *auto_recovery = false;
  }
};

rocksdb::BlockBasedTableOptions table_options(int64_t cache_bytes) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(static_cast<size_t>(cache_bytes));
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.filter_policy.reset(rocksdb::NewRibbonFilterPolicy(10));
  table.format_version = 5;
  table.block_size = 8u << 10;
  table.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
  return table;
}

rocksdb::ColumnFamilyOptions column_options(Column column,
                                            const rocksdb::BlockBasedTableOptions& table) {
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.compression = rocksdb::kLZ4Compression;
  options.bottommost_compression = rocksdb::kZSTD;
  options.level_compaction_dynamic_level_bytes = true;
  // Windows are written in order of key, so that each insertion starts where the last one ended.
  options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewCappedPrefixTransform(1));
  if (column == Column::sums || column == Column::index) {
    options.merge_operator.reset(new AddOperator(column));
  }
  return options;
}

rocksdb::DBOptions database_options(const DatabaseOptions& options) {
  rocksdb::DBOptions result;
  result.create_missing_column_families = true;
  result.max_total_wal_size = log_bytes_max;
  result.max_background_jobs = 2;
  result.info_log = std::make_shared<SilentLogger>();
  result.listeners.push_back(std::make_shared<NoLogRecovery>());
  result.max_open_files = 512;
  result.paranoid_checks = true;
  result.write_buffer_manager.reset(
      new rocksdb::WriteBufferManager(static_cast<size_t>(options.write_buffer_bytes)));
  return result;
}

// Whether opening failed for the lock that another process, or another Database of this one, holds.
// RocksDB has no code for it, and the path may say anything: only the beginning of the text counts.
bool is_held(const rocksdb::Status& status) {
  const std::string text = status.ToString();
  return text.starts_with("IO error: While lock file:") ||
         text.starts_with("IO error: lock hold by current process");
}

// A store with columns that this program does not know was written by a newer one.
void refuse_unknown_columns(const DatabaseOptions& options) {
  std::vector<std::string> found;
  const rocksdb::Status status =
      rocksdb::DB::ListColumnFamilies(rocksdb::DBOptions(), options.path, &found);
  if (!status.ok()) return;  // no store yet; opening it says what else is wrong
  const std::set<std::string_view> known(column_names.begin(), column_names.end());
  for (const std::string& name : found) {
    if (!known.contains(name)) {
      throw DatabaseTooNew("store " + options.path + " has a part '" + name +
                           "' that this version does not know: a newer tagscoutd wrote it");
    }
  }
}

// Whether a store in that directory could be written. The probe is no file of RocksDB's, which
// leaves names that it does not know alone.
bool is_writable(const DatabaseOptions& options) {
  rocksdb::Env* env = rocksdb::Env::Default();
  uint64_t free = 0;
  if (env->GetFreeSpace(options.path, &free).ok() &&
      free < static_cast<uint64_t>(options.write_buffer_bytes)) {
    return false;
  }
  const std::string probe = options.path + "/probe";
  const bool written = rocksdb::WriteStringToFile(env, "probe", probe, true).ok();
  return env->DeleteFile(probe).ok() && written;
}

}  // namespace

struct Database::State {
  explicit State(DatabaseOptions database_options) : options(std::move(database_options)) {}

  DatabaseOptions options;
  std::unique_ptr<rocksdb::DB> db;  // null if a store that failed could not be reopened
  std::array<std::unique_ptr<rocksdb::ColumnFamilyHandle>, column_count> columns;
  bool write_failed = false;
  int snapshots = 0;  // that hang on db

  void open(bool create);
  void close();
  rocksdb::DB& opened() const {
    if (!db) throw DatabaseError("store: closed since a write failed");
    return *db;
  }
  rocksdb::ColumnFamilyHandle* column(Column which) const {
    return columns[static_cast<size_t>(which)].get();
  }
  std::optional<std::string> get(const rocksdb::ReadOptions& read, Column which,
                                 std::string_view key) const;
  void scan(const rocksdb::ReadOptions& read, Column which, std::string_view prefix,
            std::string_view from, const RowVisitor& visit) const;
};

void Database::State::open(bool create) {
  refuse_unknown_columns(options);
  const rocksdb::BlockBasedTableOptions table = table_options(options.cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (size_t i = 0; i < column_count; ++i) {
    descriptors.emplace_back(std::string(column_names[i]),
                             column_options(static_cast<Column>(i), table));
  }
  rocksdb::DBOptions settings = database_options(options);
  settings.create_if_missing = create;
  rocksdb::DB* opened_db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const rocksdb::Status status =
      rocksdb::DB::Open(settings, options.path, descriptors, &handles, &opened_db);
  if (is_held(status)) throw DatabaseBusy("store " + options.path + " is in use already");
  check(status);
  db.reset(opened_db);
  for (size_t i = 0; i < column_count; ++i) columns[i].reset(handles[i]);
}

void Database::State::close() {
  // Handles go before the database that they belong to.
  for (auto& column : columns) column.reset();
  db.reset();
}

std::optional<std::string> Database::State::get(const rocksdb::ReadOptions& read, Column which,
                                                std::string_view key) const {
  std::string value;
  const rocksdb::Status status = opened().Get(read, column(which), slice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  check(status);
  return value;
}

void Database::State::scan(const rocksdb::ReadOptions& read, Column which, std::string_view prefix,
                           std::string_view from, const RowVisitor& visit) const {
  const std::unique_ptr<rocksdb::Iterator> row(opened().NewIterator(read, column(which)));
  for (row->Seek(slice(from > prefix ? from : prefix)); row->Valid(); row->Next()) {
    if (!view(row->key()).starts_with(prefix)) return;
    if (!visit(view(row->key()), view(row->value()))) return;
  }
  check(row->status());
}

namespace {

// A RocksDB snapshot as a Reader.
template <class State>
class SnapshotReader final : public Reader {
 public:
  explicit SnapshotReader(State& state) : state_(state), snapshot_(state.opened().GetSnapshot()) {
    options_.snapshot = snapshot_;
    ++state_.snapshots;
  }
  ~SnapshotReader() override {
    state_.db->ReleaseSnapshot(snapshot_);
    --state_.snapshots;
  }
  SnapshotReader(const SnapshotReader&) = delete;
  SnapshotReader& operator=(const SnapshotReader&) = delete;

  std::optional<std::string> get(Column column, std::string_view key) const override {
    return state_.get(options_, column, key);
  }
  void scan(Column column, std::string_view prefix, std::string_view from,
            const RowVisitor& visit) const override {
    state_.scan(options_, column, prefix, from, visit);
  }

 private:
  State& state_;
  const rocksdb::Snapshot* snapshot_;
  rocksdb::ReadOptions options_;
};

}  // namespace

Database::Database(DatabaseOptions options, const std::function<std::string(size_t bytes)>& entropy)
    : state_(std::make_unique<State>(std::move(options))) {
  state_->open(true);
  create_or_check(entropy);
}

Database::~Database() = default;

void Database::create_or_check(const std::function<std::string(size_t)>& entropy) {
  const std::optional<std::string> format = get(Column::meta, keys::format);
  if (format) {
    const uint64_t version = records::decode_number(*format);
    if (version > format_version) {
      throw DatabaseTooNew("store " + state_->options.path + " has format " +
                           std::to_string(version) + "; this version reads up to " +
                           std::to_string(format_version));
    }
    const std::optional<std::string> secret = get(Column::meta, keys::secret);
    if (!secret || secret->size() != secret_bytes) throw DatabaseError("store has no secret");
    secret_ = *secret;
    return;
  }
  secret_ = entropy(secret_bytes);
  Transaction transaction(*this);
  transaction.put(Column::meta, keys::format, records::encode_number(format_version));
  transaction.put(Column::meta, keys::secret, secret_);
  commit(transaction);
}

std::optional<std::string> Database::get(Column column, std::string_view key) const {
  return state_->get(rocksdb::ReadOptions(), column, key);
}

void Database::scan(Column column, std::string_view prefix, std::string_view from,
                    const RowVisitor& visit) const {
  state_->scan(rocksdb::ReadOptions(), column, prefix, from, visit);
}

std::unique_ptr<Reader> Database::snapshot() const {
  return std::make_unique<SnapshotReader<State>>(*state_);
}

void Database::commit(const Transaction& transaction) {
  if (state_->write_failed) throw DatabaseError("store: an earlier write failed");
  rocksdb::WriteBatch batch;
  for (size_t i = 0; i < column_count; ++i) {
    rocksdb::ColumnFamilyHandle* column = state_->columns[i].get();
    for (const auto& [key, operation] : transaction.operations_[i]) {
      switch (operation.kind) {
        case Transaction::Kind::put:
          check(batch.Put(column, key, operation.value));
          break;
        case Transaction::Kind::remove:
          check(batch.Delete(column, key));
          break;
        case Transaction::Kind::merge:
          check(batch.Merge(column, key, operation.value));
          break;
      }
    }
  }
  rocksdb::WriteOptions options;
  options.sync = true;
  const rocksdb::Status status = state_->opened().Write(options, &batch);
  state_->write_failed = !status.ok();
  check(status);
}

bool Database::resume() {
  if (!state_->write_failed) return true;
  if (state_->snapshots > 0 || !is_writable(state_->options)) return false;
  state_->close();
  try {
    // Where the disk is gone for good there may be an empty directory: that is not this store.
    state_->open(false);
    if (get(Column::meta, keys::secret) != secret_) throw DatabaseError("store: another one");
  } catch (const DatabaseError&) {
    state_->close();
    return false;
  }
  state_->write_failed = false;
  return true;
}

int64_t Database::size_bytes() const {
  uint64_t total = 0;
  for (const auto& column : state_->columns) {
    uint64_t files = 0;
    if (state_->opened().GetIntProperty(column.get(), rocksdb::DB::Properties::kTotalSstFilesSize,
                                        &files)) {
      total += files;
    }
  }
  rocksdb::VectorLogPtr logs;
  if (state_->opened().GetSortedWalFiles(logs).ok()) {
    for (const auto& log : logs) total += log->SizeFileBytes();
  }
  return static_cast<int64_t>(total);
}

}  // namespace tagscout
