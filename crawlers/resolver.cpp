#include "crawlers/resolver.h"

#include <netdb.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <optional>
#include <system_error>
#include <thread>

#include "crawlers/deadline.h"

namespace tagscout {
namespace {

namespace asio = boost::asio;

constexpr Duration found_kept = std::chrono::seconds(60);
constexpr Duration failure_kept = std::chrono::seconds(30);
constexpr size_t known_max = 8192;
constexpr size_t addresses_max = 64;

// A resolver and its threads share nothing but a pair of sockets each, so neither has to outlive
// the other: "NAME\n" goes there; "ADDRESS ADDRESS\n" or "!REASON\n" comes back.
std::string answer_line(const Result<Addresses>& result) {
  if (!result) return '!' + result.error().detail + '\n';
  std::string line;
  for (const asio::ip::address& address : *result) line += address.to_string() + ' ';
  line.back() = '\n';
  return line;
}

Result<Addresses> parse_answer(std::string_view line) {
  if (line.starts_with('!')) return Error(ErrorKind::transient, std::string(line.substr(1)));
  Addresses addresses;
  while (!line.empty() && addresses.size() < addresses_max) {
    const size_t end = std::min(line.find(' '), line.size());
    boost::system::error_code ec;
    const auto address = asio::ip::make_address(std::string(line.substr(0, end)), ec);
    if (!ec) addresses.push_back(address);
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  if (addresses.empty()) return Error(ErrorKind::transient, "no address");
  return addresses;
}

// A line without its end; nothing once the other side has gone.
std::optional<std::string> read_line(int socket) {
  std::string line;
  char c = 0;
  while (::recv(socket, &c, 1, 0) == 1) {
    if (c == '\n') return line;
    line += c;
  }
  return {};
}

void serve_lookups(int socket, const Resolver::Lookup& lookup) {
  // Signals are for the program's own thread.
  sigset_t all;
  sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
  while (const auto name = read_line(socket)) {
    const std::string line = answer_line(lookup(*name));
    // If nobody waits for it any more this fails, and so does the next read.
    [[maybe_unused]] const auto sent = ::send(socket, line.data(), line.size(), MSG_NOSIGNAL);
  }
  ::close(socket);
}

}  // namespace

struct Resolver::Worker {
  explicit Worker(const asio::any_io_executor& executor) : socket(executor) {}

  // Starts the thread. False if the system has no thread or socket left.
  bool start(const Lookup& lookup) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return false;
    socket.assign(asio::local::stream_protocol(), ends[0]);
    try {
      std::thread([end = ends[1], lookup]() { serve_lookups(end, lookup); }).detach();
    } catch (const std::system_error&) {
      ::close(ends[1]);
      return false;
    }
    return true;
  }

  // Takes in the answer to a question that nobody waits for any more, if it has come.
  void collect() {
    boost::system::error_code ec;
    while (socket.available(ec) > 0 && !ec) {
      char bytes[512];
      buffer.append(bytes, socket.read_some(asio::buffer(bytes), ec));
    }
    const size_t end = buffer.find('\n');
    if (end == std::string::npos) return;
    buffer.erase(0, end + 1);
    busy = false;
  }

  asio::local::stream_protocol::socket socket;
  std::string buffer;
  bool busy = false;
  bool awaited = false;  // somebody reads the answer
};

Result<Addresses> look_up_name(const std::string& name) {
  // RFC 6761, 6.3: that is this machine, whatever a hosts file or a name server says, or lacks.
  if (name == "localhost" || name.ends_with(".localhost")) {
    return Addresses{asio::ip::address_v4::loopback(), asio::ip::address_v6::loopback()};
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int code = ::getaddrinfo(name.c_str(), nullptr, &hints, &list);
  if (code != 0) return Error(ErrorKind::transient, ::gai_strerror(code));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(list, ::freeaddrinfo);
  Addresses addresses;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    asio::ip::tcp::endpoint endpoint;
    if (entry->ai_addrlen > endpoint.capacity()) continue;
    endpoint.resize(entry->ai_addrlen);
    std::copy_n(reinterpret_cast<const char*>(entry->ai_addr), entry->ai_addrlen,
                reinterpret_cast<char*>(endpoint.data()));
    if (std::find(addresses.begin(), addresses.end(), endpoint.address()) == addresses.end()) {
      addresses.push_back(endpoint.address());
    }
  }
  if (addresses.empty()) return Error(ErrorKind::transient, "no address");
  return addresses;
}

Resolver::Resolver(asio::any_io_executor executor, Clock& clock, Lookup lookup)
    : executor_(std::move(executor)), clock_(clock), lookup_(std::move(lookup)) {}

Resolver::~Resolver() = default;

asio::awaitable<Result<Addresses>> Resolver::resolve(std::string name, Duration limit) {
  boost::system::error_code ec;
  const auto literal = asio::ip::make_address(name, ec);
  if (!ec) co_return Addresses(1, literal);
  const auto found = known_.find(name);
  if (found != known_.end() && clock_.steady() < found->second.until)
    co_return found->second.result;

  bool asked = false;
  const auto answer = co_await within(limit, look_up(name, asked));
  Result<Addresses> result = Error(ErrorKind::transient, "the lookup takes too long");
  if (answer) result = *answer;
  if (!result) result = Error(ErrorKind::transient, "name " + name + ": " + result.error().detail);
  // One that found no thread says nothing about the name.
  if (asked) remember(name, result);
  co_return result;
}

asio::awaitable<Result<Addresses>> Resolver::look_up(std::string name, bool& asked) {
  const Turn turn = co_await lookups_.take();
  Worker* const worker = idle_worker();
  if (worker == nullptr) {
    co_return Error(ErrorKind::transient, "no thread is left for the lookup");
  }
  asked = true;
  co_return co_await ask(*worker, std::move(name));
}

asio::awaitable<Result<Addresses>> Resolver::ask(Worker& worker, std::string name) {
  struct Awaited {
    explicit Awaited(Worker& worker_in) : worker(worker_in) { worker.awaited = true; }
    ~Awaited() { worker.awaited = false; }
    Worker& worker;
  };
  worker.busy = true;
  const Awaited awaited(worker);
  name += '\n';
  boost::system::error_code ec;
  co_await asio::async_write(worker.socket, asio::buffer(name),
                             asio::redirect_error(asio::use_awaitable, ec));
  auto buffer = asio::dynamic_buffer(worker.buffer);
  const size_t size = co_await asio::async_read_until(
      worker.socket, buffer, '\n', asio::redirect_error(asio::use_awaitable, ec));
  if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);
  if (ec) co_return Error(ErrorKind::transient, ec.message());
  const Result<Addresses> result = parse_answer(worker.buffer.substr(0, size - 1));
  worker.buffer.erase(0, size);
  worker.busy = false;
  co_return result;
}

Resolver::Worker* Resolver::idle_worker() {
  for (Worker& worker : workers_) {
    if (worker.busy && !worker.awaited) worker.collect();
    if (!worker.busy) return &worker;
  }
  if (workers_.size() >= threads_max) return nullptr;
  workers_.emplace_back(executor_);
  if (workers_.back().start(lookup_)) return &workers_.back();
  workers_.pop_back();
  return nullptr;
}

void Resolver::remember(const std::string& name, const Result<Addresses>& result) {
  const Duration now = clock_.steady();
  if (known_.size() >= known_max) {
    std::erase_if(known_, [&](const auto& entry) { return entry.second.until <= now; });
  }
  if (known_.size() >= known_max) known_.clear();
  known_.insert_or_assign(name, Known{result, now + (result ? found_kept : failure_kept)});
}

}  // namespace tagscout
