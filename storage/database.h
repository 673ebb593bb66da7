// The store: RocksDB behind plain reads, one kind of write, and no other file that names it.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tagscout {

// The column families, each with one kind of row; keys.h and FORMAT.md say which.
enum class Column : uint8_t { meta, name, account, sums, post, index, handle, due, flag, reading };
inline constexpr size_t column_count = 10;

// The store cannot go on: damaged, full, unreadable or of another version.
class DatabaseError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
// It is open already, here or in another process.
class DatabaseBusy : public DatabaseError {
 public:
  using DatabaseError::DatabaseError;
};
// A newer program wrote it.
class DatabaseTooNew : public DatabaseError {
 public:
  using DatabaseError::DatabaseError;
};

// Called for one row; returns false to stop.
using RowVisitor = std::function<bool(std::string_view key, std::string_view value)>;

// One consistent view of the rows. All functions throw DatabaseError if the disk fails them.
class Reader {
 public:
  virtual ~Reader() = default;

  // The value of a key; nothing if there is none.
  virtual std::optional<std::string> get(Column column, std::string_view key) const = 0;

  // Visits, in order of key, the rows whose key starts with `prefix` and is not less than `from`
  // (a whole key; empty = from the first).
  virtual void scan(Column column, std::string_view prefix, std::string_view from,
                    const RowVisitor& visit) const = 0;
};

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

  // A view that later writes do not change.
  std::unique_ptr<Reader> snapshot() const;

  // Writes all of it at once, synced. On failure throws DatabaseError; the rows may then be there
  // or not, and only reading them tells.
  void commit(const Transaction& transaction);

  // Tries to leave the state in which a failed write has put the store. False if it cannot yet.
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
