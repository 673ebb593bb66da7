// A store in a fresh directory that vanishes with the test.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "storage/database.h"

namespace tagscout {

// Where stores of tests lie: in memory if there is such a place, since every window is synced.
inline std::filesystem::path temporary_parent() {
  const std::filesystem::path memory = "/dev/shm";
  return access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
}

// A fresh directory, removed with all that is in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_(temporary_parent() / "tagscout-XXXXXX") {
    if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("cannot make " + path_);
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// The secret of every store that tests make.
inline std::string test_secret(size_t bytes) { return std::string(bytes, 'k'); }

inline DatabaseOptions small_store(const std::string& path) {
  return {.path = path, .cache_bytes = 1 << 20, .write_buffer_bytes = 4 << 20};
}

class TemporaryStore {
 public:
  TemporaryStore() { open(); }

  std::string path() const { return directory_.path() + "/store"; }
  Database& database() { return *database_; }

  void open() { database_ = std::make_unique<Database>(small_store(path()), test_secret); }
  void close() { database_.reset(); }
  void reopen() {
    close();
    open();
  }

  // Writes one row in a window of its own.
  void put(Column column, std::string_view key, std::string value) {
    Transaction transaction(*database_);
    transaction.put(column, key, std::move(value));
    database_->commit(transaction);
  }

 private:
  TemporaryDirectory directory_;
  std::unique_ptr<Database> database_;
};

}  // namespace tagscout
