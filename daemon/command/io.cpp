#include "daemon/command/io.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <csignal>
#include <cstring>
#include <string>

#include "daemon/command/exit_code.h"

namespace tagscout {
namespace {

// A pipe that poll() calls writable takes this much without blocking.
constexpr size_t write_size = PIPE_BUF;

int milliseconds(const Duration* limit) {
  if (!limit) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*limit).count();
  return static_cast<int>(std::clamp<int64_t>(left, 0, INT_MAX));
}

}  // namespace

Interrupts::Interrupts() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  descriptor_ = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

Interrupts::~Interrupts() {
  if (descriptor_ >= 0) close(descriptor_);
}

Interrupts::Ready Interrupts::wait(int descriptor, short events, const Duration* limit) const {
  // A negative descriptor is one that poll() leaves alone.
  std::array<pollfd, 2> polled = {{{descriptor, events, 0}, {descriptor_, POLLIN, 0}}};
  const int count = poll(polled.data(), polled.size(), milliseconds(limit));
  if (count < 0 && errno != EINTR) throw CommandError(Exit::failed, std::strerror(errno));
  if (polled[1].revents != 0) throw CommandError(Exit::interrupted, "interrupted");
  return count > 0 ? Ready::yes : Ready::timed_out;
}

void Output::write(std::string_view bytes) const {
  while (!bytes.empty()) {
    interrupts_.wait(STDOUT_FILENO, POLLOUT, nullptr);
    const ssize_t written =
        ::write(STDOUT_FILENO, bytes.data(), std::min(bytes.size(), write_size));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      throw CommandError(Exit::io_error, std::string("standard output: ") + std::strerror(errno));
    }
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace tagscout
