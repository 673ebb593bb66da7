// What can be read of the store, whoever gives the view: the store itself, a snapshot of it, or the
// window that is being written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
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

}  // namespace tagscout
