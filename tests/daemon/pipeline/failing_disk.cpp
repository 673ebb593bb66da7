#include "tests/daemon/pipeline/failing_disk.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

namespace {

// Whether the open file belongs to a test's store beside which the marker lies.
bool fails(int file, std::string_view marker) {
  const int before = errno;
  std::array<char, 512> path{};
  const std::string link = "/proc/self/fd/" + std::to_string(file);
  const ssize_t length = ::readlink(link.c_str(), path.data(), path.size() - 1);
  errno = before;
  if (length <= 0) return false;
  const std::string_view target(path.data(), static_cast<size_t>(length));
  const size_t folder = target.find("/tagscout-store-");
  if (folder == std::string_view::npos) return false;
  const size_t end = target.find('/', folder + 1);
  if (end == std::string_view::npos || target.substr(end + 1).starts_with("disk-")) return false;
  const bool found =
      ::access((std::string(target.substr(0, end + 1)).append(marker)).c_str(), F_OK) == 0;
  errno = before;
  return found;
}

}  // namespace

extern "C" ssize_t write(int file, const void* data, size_t size) {
  if (fails(file, "disk-full")) {
    errno = ENOSPC;
    return -1;
  }
  return ::syscall(SYS_write, file, data, size);
}

extern "C" int fdatasync(int file) {
  if (fails(file, "disk-full") || fails(file, "disk-unsynced")) {
    errno = ENOSPC;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_fdatasync, file));
}
