#include "daemon/export/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace tagscout {
namespace {

constexpr mode_t file_mode = 0640;

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw CannotCreate(path + ": " + why);
}

}  // namespace

AtomicFile::AtomicFile(std::string path) : path_(std::move(path)) {
  struct stat found {};
  // A device or a directory must not be renamed over.
  if (stat(path_.c_str(), &found) == 0) {
    if (!S_ISREG(found.st_mode)) refuse(path_, "is there and no regular file");
  } else if (errno != ENOENT) {
    refuse(path_, std::strerror(errno));
  }
  const size_t slash = path_.rfind('/');
  directory_ = slash == std::string::npos ? "./" : path_.substr(0, slash + 1);
  const std::string name = slash == std::string::npos ? path_ : path_.substr(slash + 1);
  if (name.empty()) refuse(path_, "is no file name");
  temporary_ = directory_ + "." + name + ".tmp.XXXXXX";
  descriptor_ = mkostemp(temporary_.data(), O_CLOEXEC);
  if (descriptor_ < 0) refuse(path_, std::strerror(errno));
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) close(descriptor_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail();
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

void AtomicFile::commit() {
  if (fchmod(descriptor_, file_mode) != 0 || fsync(descriptor_) != 0) fail();
  if (close(std::exchange(descriptor_, -1)) != 0) fail();
  if (rename(temporary_.c_str(), path_.c_str()) != 0) fail();
  temporary_.clear();
  const int directory = open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) fail();
  const int failure = fsync(directory) == 0 ? 0 : errno;
  close(directory);
  errno = failure;
  if (failure != 0) fail();
}

void AtomicFile::fail() const { throw WriteFailed(path_ + ": " + std::strerror(errno)); }

}  // namespace tagscout
