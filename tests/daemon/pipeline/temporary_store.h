// A real store in a folder of its own, which goes with it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "storage/database.h"

namespace tagscout {

class TemporaryStore {
 public:
  // Opens a new store. `parent`: where its folder is made; empty = where temporary files go.
  explicit TemporaryStore(const std::string& parent = {}) {
    const std::filesystem::path base =
        parent.empty() ? std::filesystem::temp_directory_path() : std::filesystem::path(parent);
    path_ = (base / "tagscout-store-XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no temporary folder");
    open();
  }
  TemporaryStore(const TemporaryStore&) = delete;
  TemporaryStore& operator=(const TemporaryStore&) = delete;
  ~TemporaryStore() {
    database_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  // Closes the store and opens it again, as a restart does.
  void reopen() {
    database_.reset();
    open();
  }

  Database& database() { return *database_; }
  // Where the store lies in, as "store".
  const std::string& folder() const { return path_; }

 private:
  void open() {
    DatabaseOptions options;
    options.path = path_ + "/store";
    options.cache_bytes = 4 << 20;
    options.write_buffer_bytes = 4 << 20;
    database_ =
        std::make_unique<Database>(options, [](size_t bytes) { return std::string(bytes, 's'); });
  }

  std::string path_;
  std::unique_ptr<Database> database_;
};

}  // namespace tagscout
