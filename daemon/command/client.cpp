#include "daemon/command/client.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <utility>

#include "daemon/command/exit_code.h"
#include "daemon/command/http_answer.h"

namespace tagscout {
namespace {

constexpr std::string_view runtime_dir = "/run/tagscout";

// Time that is left of an exchange.
class Deadline {
 public:
  explicit Deadline(Duration limit) : end_(std::chrono::steady_clock::now() + limit) {}
  Duration left() const {
    return std::chrono::duration_cast<Duration>(end_ - std::chrono::steady_clock::now());
  }

 private:
  std::chrono::steady_clock::time_point end_;
};

// A connection to the daemon.
class Connection final {
 public:
  Connection(const std::vector<std::string>& paths, const Interrupts& interrupts,
             const Deadline& deadline)
      : interrupts_(interrupts), deadline_(deadline), descriptor_(open(paths)) {}
  ~Connection() { close(descriptor_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void send(std::string_view bytes);
  // The next bytes; empty at the end. A stream is waited for without a deadline.
  std::string receive(bool is_stream);

 private:
  static int open(const std::vector<std::string>& paths);
  void wait(short events, bool is_stream) const;
  const Interrupts& interrupts_;
  const Deadline& deadline_;
  int descriptor_;
};

int Connection::open(const std::vector<std::string>& paths) {
  bool is_forbidden = false;
  for (const std::string& path : paths) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
      throw CommandError(Exit::usage, "a socket path has at most 107 bytes: " + path);
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) throw CommandError(Exit::failed, std::strerror(errno));
    const auto* const target = reinterpret_cast<const sockaddr*>(&address);
    if (connect(descriptor, target, sizeof address) == 0) return descriptor;
    const int failure = errno;
    close(descriptor);
    if (failure == EAGAIN) throw CommandError(Exit::busy, path + ": the daemon is busy");
    is_forbidden = is_forbidden || failure == EACCES || failure == EPERM;
  }
  std::string tried;
  for (const std::string& path : paths) tried.append(tried.empty() ? "" : ", ").append(path);
  if (is_forbidden) throw CommandError(Exit::not_permitted, "no right to use " + tried);
  throw CommandError(Exit::not_running,
                     "tagscoutd is not running (nobody listens at " + tried + ")");
}

void Connection::wait(short events, bool is_stream) const {
  const Duration left = deadline_.left();
  const bool is_up = !is_stream && left <= Duration::zero();
  if (is_up || interrupts_.wait(descriptor_, events, is_stream ? nullptr : &left) ==
                   Interrupts::Ready::timed_out) {
    throw CommandError(Exit::busy, "the daemon did not answer in time");
  }
}

void Connection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    wait(POLLOUT, false);
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    // A daemon that turns us away may hang up before it has read: its answer is still there.
    if (sent < 0) return;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

std::string Connection::receive(bool is_stream) {
  std::array<char, 1 << 16> buffer{};
  for (;;) {
    wait(POLLIN, is_stream);
    const ssize_t received = recv(descriptor_, buffer.data(), buffer.size(), 0);
    if (received >= 0) return std::string(buffer.data(), static_cast<size_t>(received));
    if (errno != EINTR && errno != EAGAIN) return {};
  }
}

std::string request_text(const std::string& method, const std::string& target) {
  std::string text = method + " " + target + " HTTP/1.1\r\nHost: tagscout\r\n";
  if (method == "POST") text += "Content-Length: 0\r\n";
  return text + "Connection: close\r\n\r\n";
}

void feed(HttpAnswer& answer, const std::string& bytes) {
  if (!answer.feed(bytes)) {
    throw CommandError(Exit::failed, "what answered there is no tagscout daemon");
  }
  if (bytes.empty() && !answer.finish()) {
    throw CommandError(Exit::not_running, "the daemon has closed the connection");
  }
}

bool is_directory(const std::string& path) {
  struct stat found {};
  return stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
}

}  // namespace

std::vector<std::string> socket_paths(const std::string& chosen) {
  if (!chosen.empty() && !is_directory(chosen)) return {chosen};
  std::string directory = chosen.empty() ? std::string(runtime_dir) : chosen;
  while (directory.size() > 1 && directory.back() == '/') directory.pop_back();
  return {directory + "/admin.sock", directory + "/ro.sock"};
}

Answer Client::ask(const std::string& method, const std::string& target) const {
  const Deadline deadline(timeout_);
  Connection connection(paths_, interrupts_, deadline);
  connection.send(request_text(method, target));
  HttpAnswer answer;
  while (!answer.is_complete()) feed(answer, connection.receive(false));
  return {.status = answer.status(), .body = answer.take_body()};
}

Answer Client::follow(const std::string& target,
                      const std::function<void(std::string_view)>& take) const {
  const Deadline deadline(timeout_);
  Connection connection(paths_, interrupts_, deadline);
  connection.send(request_text("GET", target));
  HttpAnswer answer;
  std::string pending;
  while (!answer.is_complete()) {
    const bool is_stream = answer.status() == 200;
    feed(answer, connection.receive(is_stream));
    if (answer.status() != 200) continue;
    pending += answer.take_body();
    size_t start = 0;
    for (size_t end = pending.find('\n'); end != std::string::npos;
         end = pending.find('\n', start)) {
      take(std::string_view(pending).substr(start, end - start));
      start = end + 1;
    }
    pending.erase(0, start);
  }
  if (answer.status() == 200) {
    throw CommandError(Exit::not_running, "the daemon has ended the stream");
  }
  return {.status = answer.status(), .body = answer.take_body()};
}

}  // namespace tagscout
