#include "config/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace tagscout {
namespace {

// Closes what it holds, also where the constructor of its owner throws.
struct Handle {
  explicit Handle(int number_) : number(number_) {}
  ~Handle() {
    if (number >= 0) ::close(number);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  int number;
};

// A file that is open for reading until it goes.
class OpenFile {
 public:
  explicit OpenFile(const std::string& path)
      : path_(path), handle_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (handle_.number < 0 || ::fstat(handle_.number, &status_) != 0) fail();
    if (!S_ISREG(status_.st_mode)) throw std::runtime_error(path_ + " is not a file");
  }
  mode_t mode() const { return status_.st_mode; }

  std::string read_all() {
    constexpr size_t bytes_max = 1u << 20;
    std::string text;
    std::array<char, 4096> piece;
    while (true) {
      const ssize_t got = ::read(handle_.number, piece.data(), piece.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) fail();
      if (got == 0) return text;
      text.append(piece.data(), static_cast<size_t>(got));
      if (text.size() > bytes_max) throw std::runtime_error(path_ + " is over 1 MiB");
    }
  }

 private:
  [[noreturn]] void fail() const {
    const std::string why = std::system_category().message(errno);
    throw std::runtime_error("cannot read " + path_ + ": " + why);
  }

  std::string path_;
  Handle handle_;
  struct stat status_ {};
};

}  // namespace

std::string read_text_file(const std::string& path) { return OpenFile(path).read_all(); }

std::string read_secret(const std::string& path, bool check_mode) {
  constexpr mode_t forbidden = 0027;
  OpenFile file(path);
  if (check_mode && (file.mode() & forbidden) != 0)
    throw std::runtime_error(path + " may be read or changed by others: chmod 640 it");
  const std::string text = file.read_all();
  constexpr std::string_view blanks = " \t\r\n";
  const size_t first = text.find_first_not_of(blanks);
  if (first == std::string::npos) throw std::runtime_error(path + " holds no token");
  std::string token = text.substr(first, text.find_last_not_of(blanks) - first + 1);
  const bool visible =
      std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (!visible) throw std::runtime_error(path + " must hold one token and nothing else");
  return token;
}

std::optional<std::string> why_unreadable(const std::string& path) {
  try {
    OpenFile file(path);
    return {};
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

}  // namespace tagscout
