#include "daemon/service/entropy.h"

#include <sys/random.h>

#include <cerrno>
#include <system_error>

namespace tagscout {

std::string kernel_entropy(size_t bytes) {
  std::string out(bytes, '\0');
  size_t filled = 0;
  while (filled < bytes) {
    const ssize_t got = ::getrandom(out.data() + filled, bytes - filled, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw std::system_error(errno, std::system_category(), "getrandom");
    filled += static_cast<size_t>(got);
  }
  return out;
}

}  // namespace tagscout
