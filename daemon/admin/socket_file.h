// A listening unix socket and the file it is reached by.
#pragma once

#include <stdexcept>
#include <string>

namespace tagscout {

// The socket cannot be had. what() names the path and the reason.
class SocketError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Makes the directory, mode 0751, unless it is there. Throws SocketError.
void make_runtime_dir(const std::string& path);

class SocketFile final {
 public:
  // Listens at `path`, readable and writable for the owner and `group` (a name; empty = the
  // process's own). A file left by a dead process is replaced, a living one's is not. Throws
  // SocketError.
  SocketFile(std::string path, const std::string& group);
  // Closes the socket, if it was not released, and removes the file, if it is still this one.
  ~SocketFile();
  SocketFile(const SocketFile&) = delete;
  SocketFile& operator=(const SocketFile&) = delete;

  // Hands the listening descriptor over.
  int release();

 private:
  std::string path_;
  int descriptor_ = -1;
  unsigned long inode_ = 0;
};

}  // namespace tagscout
