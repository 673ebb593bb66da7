// The store: RocksDB behind plain reads and one kind of write.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "storage/reader.h"

namespace tagscout {

class Database;

// What one commit window changes: a view that reads its own writes, with one final operation per
// key. The database must outlive it.
class Transaction final : public Reader {
 public:
  explicit Transaction(const Database& database) : database_(database) {}

  std::optional<std::string> get(Column column, std::string_view key) const override;
  void scan(Column column, std::string_view prefix, std::string_view from,
            const RowVisitor& visit) const override;

  void put(Column column, std::string_view key, std::string value);
  void remove(Column column, std::string_view key);
  // Adds a difference to a row of Column::sums or Column::index (records.h says how they add up).
  void merge(Column column, std::string_view key, std::string operand);

  // Keys that are to be written.
  size_t size() const;

 private:
  friend class Database;
  enum class Kind : uint8_t { put, remove, merge };
  struct Operation {
    Kind kind;
    std::string value;
  };
  using Operations = std::map<std::string, Operation, std::less<>>;
  const Operations& operations(Column column) const {
    return operations_[static_cast<size_t>(column)];
  }
  // What a read of `key` gives when `below` is what the store holds.
  static std::optional<std::string> applied(Column column, const Operation& operation,
                                            std::optional<std::string> below);

  const Database& database_;
  std::array<Operations, column_count> operations_;
};

struct DatabaseOptions {
  std::string path;
  int64_t cache_bytes = 96 << 20;
  int64_t write_buffer_bytes = 64 << 20;  // of all columns together
};

class Database final : public Reader {
 public:
  // Opens or creates the store. `entropy` gives the secret of a store that is made. Throws
  // DatabaseBusy, DatabaseTooNew or DatabaseError.
  Database(DatabaseOptions options, const std::function<std::string(size_t bytes)>& entropy);
  ~Database() override;

  std::optional<std::string> get(Column column, std::string_view key) const override;
  void scan(Column column, std::string_view prefix, std::string_view from,
            const RowVisitor& visit) const override;

  // A view that later writes do not change. To be gone before this is.
  std::unique_ptr<Reader> snapshot() const;

  // Writes all of it at once, synced. On failure throws DatabaseError; the rows may then be there
  // or not, which reading them tells after resume(). Until then every commit throws.
  void commit(const Transaction& transaction);

  // Reopens the store after a failed write. False if that cannot be yet: the disk is still full, or
  // a snapshot is still held; where reopening itself failed, reads throw until it is done. True if
  // nothing is wrong.
  bool resume();

  // The 32 bytes under which this store hashes ids.
  const std::string& secret() const { return secret_; }

  // Bytes on disk, the log included.
  int64_t size_bytes() const;

 private:
  struct State;
  void create_or_check(const std::function<std::string(size_t)>& entropy);
  std::unique_ptr<State> state_;
  std::string secret_;
};

}  // namespace tagscout
