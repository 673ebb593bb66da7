#include "daemon/admin/socket_file.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

namespace tagscout {
namespace {

constexpr mode_t directory_mode = 0751;
constexpr mode_t socket_mode = 0660;
constexpr int backlog = 128;

[[noreturn]] void fail(const std::string& path, const std::string& what) {
  throw SocketError(path + ": " + what);
}

[[noreturn]] void fail(const std::string& path) { fail(path, std::strerror(errno)); }

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    fail(path, "a socket path has at most 107 bytes, this one " + std::to_string(path.size()));
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

class Descriptor final {
 public:
  Descriptor() : value_(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {}
  ~Descriptor() {
    if (value_ >= 0) close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }
  int release() { return std::exchange(value_, -1); }

 private:
  int value_;
};

// Removes the file of a process that no longer listens.
void remove_stale(const std::string& path, const sockaddr_un& address) {
  struct stat found {};
  if (lstat(path.c_str(), &found) != 0) {
    if (errno == ENOENT) return;
    fail(path);
  }
  if (!S_ISSOCK(found.st_mode)) fail(path, "is in the way and no socket");
  const Descriptor probe;
  if (probe.get() < 0) fail(path);
  const auto* const target = reinterpret_cast<const sockaddr*>(&address);
  if (connect(probe.get(), target, sizeof address) == 0 || errno == EAGAIN) {
    fail(path, "another daemon listens there");
  }
  if (errno != ECONNREFUSED) fail(path);
  if (unlink(path.c_str()) != 0) fail(path);
}

gid_t group_id(const std::string& path, const std::string& name) {
  std::vector<char> buffer(size_t{1} << 16);
  group entry{};
  group* found = nullptr;
  if (getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || !found) {
    fail(path, "there is no group " + name);
  }
  return found->gr_gid;
}

}  // namespace

void make_runtime_dir(const std::string& path) {
  if (mkdir(path.c_str(), directory_mode) == 0) {
    // The umask may have taken bits away.
    if (chmod(path.c_str(), directory_mode) != 0) fail(path);
    return;
  }
  if (errno != EEXIST) fail(path);
  struct stat found {};
  if (stat(path.c_str(), &found) != 0) fail(path);
  if (!S_ISDIR(found.st_mode)) fail(path, "is in the way and no directory");
}

SocketFile::SocketFile(std::string path, const std::string& group) : path_(std::move(path)) {
  const sockaddr_un address = address_of(path_);
  remove_stale(path_, address);
  Descriptor listener;
  if (listener.get() < 0) fail(path_);
  if (bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    fail(path_);
  }
  // Nobody gets in before listen(), so the rights are settled first.
  try {
    if (!group.empty() && chown(path_.c_str(), uid_t(-1), group_id(path_, group)) != 0) fail(path_);
    if (chmod(path_.c_str(), socket_mode) != 0) fail(path_);
    struct stat made {};
    if (lstat(path_.c_str(), &made) != 0) fail(path_);
    inode_ = made.st_ino;
    if (listen(listener.get(), backlog) != 0) fail(path_);
  } catch (const SocketError&) {
    unlink(path_.c_str());
    throw;
  }
  descriptor_ = listener.release();
}

SocketFile::~SocketFile() {
  if (descriptor_ >= 0) close(descriptor_);
  struct stat found {};
  if (lstat(path_.c_str(), &found) == 0 && found.st_ino == inode_) unlink(path_.c_str());
}

int SocketFile::release() { return std::exchange(descriptor_, -1); }

}  // namespace tagscout
