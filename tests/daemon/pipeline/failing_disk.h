// A disk that fails on demand, for the stores of tests alone: this program's own write() and
// fdatasync() stand before the C library's and look for a file beside the store.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

namespace tagscout {

enum class DiskFault {
  full,      // nothing can be written
  unsynced,  // everything is written, but syncing fails
};

// The disk fails for as long as this lives.
class FailingDisk {
 public:
  // `folder`: that of a TemporaryStore.
  FailingDisk(const std::string& folder, DiskFault fault)
      : marker_(folder + (fault == DiskFault::full ? "/disk-full" : "/disk-unsynced")) {
    std::ofstream(marker_).put('\n');
  }
  FailingDisk(const FailingDisk&) = delete;
  FailingDisk& operator=(const FailingDisk&) = delete;
  ~FailingDisk() {
    std::error_code ignored;
    std::filesystem::remove(marker_, ignored);
  }

 private:
  std::string marker_;
};

}  // namespace tagscout
