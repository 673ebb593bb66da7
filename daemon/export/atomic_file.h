// A file that appears whole or not at all.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace tagscout {

// The output cannot be made.
class CannotCreate : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
// Writing it has failed.
class WriteFailed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Writes beside the target under a name of its own; commit() puts it in the target's place. What is
// not committed leaves no trace.
class AtomicFile final {
 public:
  // Throws CannotCreate, also if the target is there and no regular file.
  explicit AtomicFile(std::string path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  // Throws WriteFailed.
  void write(std::string_view bytes);

  // Syncs the file, renames it and syncs its directory. Throws WriteFailed.
  void commit();

 private:
  [[noreturn]] void fail() const;
  std::string path_;
  std::string directory_;
  std::string temporary_;  // empty once committed
  int descriptor_ = -1;
};

}  // namespace tagscout
