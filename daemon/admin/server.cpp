#include "daemon/admin/server.h"

#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <list>
#include <optional>

#include "daemon/admin/routes.h"
#include "daemon/admin/socket_file.h"

namespace tagscout {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::experimental::awaitable_operators::operator||;
using asio::experimental::awaitable_operators::operator&&;
using boost::system::error_code;
using boost::system::system_error;
using Acceptor = asio::local::stream_protocol::acceptor;
using Socket = asio::local::stream_protocol::socket;
using Parser = http::request_parser<http::string_body>;

constexpr uint32_t header_bytes_max = 8 * 1024;
constexpr uint64_t body_bytes_max = uint64_t{64} << 10;
constexpr unsigned http_1_1 = 11;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
// Between two tries to accept when the process has no descriptor left.
constexpr Duration accept_pause = std::chrono::milliseconds(100);

Peer peer_of(Socket& socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  const int failure =
      getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &credentials, &size);
  if (failure != 0) return {.uid = uid_t(-1), .pid = 0};
  return {.uid = credentials.uid, .pid = credentials.pid};
}

http::response<http::string_body> message_of(const AdminReply& reply, bool keep_alive) {
  http::response<http::string_body> message(static_cast<http::status>(reply.status), http_1_1);
  message.set(http::field::content_type, reply.type);
  message.set(http::field::cache_control, "no-store");
  if (!reply.allow.empty()) message.set(http::field::allow, reply.allow);
  message.keep_alive(keep_alive);
  message.content_length(reply.body.size());
  message.body() = reply.body;
  return message;
}

// What to say of a request that could not be read; nothing if the peer just left.
std::optional<AdminReply> refusal_of(const error_code& error) {
  if (error == http::error::header_limit) return problem(431, "the header has over 8 KiB");
  if (error == http::error::body_limit) return problem(413, "the body has over 64 KiB");
  if (error == http::error::end_of_stream || error == http::error::partial_message) return {};
  if (error.category() == http::make_error_code(http::error::bad_method).category()) {
    return problem(400, error.message());
  }
  return {};
}

// What one connection shares with the server.
struct Surroundings {
  const AdminContext& context;
  const AdminOptions& options;
};

class Session final : public Stream {
 public:
  Session(Socket socket, const Surroundings& around, bool may_change)
      : socket_(std::move(socket)),
        around_(around),
        may_change_(may_change),
        peer_(peer_of(socket_)) {}

  // Answers requests until either side has had enough.
  asio::awaitable<void> run();

  // Stops run().
  void cancel() { signal_.emit(asio::cancellation_type::terminal); }
  asio::cancellation_slot slot() { return signal_.slot(); }

  asio::awaitable<void> write(std::string type, std::string piece) override;
  asio::awaitable<void> closed() override;

 private:
  asio::awaitable<std::optional<error_code>> within(Duration limit,
                                                    asio::awaitable<error_code> work);
  asio::awaitable<error_code> wait_for_bytes();
  asio::awaitable<error_code> read(Parser& parser);
  asio::awaitable<error_code> send(http::response<http::string_body>& message, bool head_only);
  asio::awaitable<error_code> send_header(std::string type);
  asio::awaitable<error_code> send_piece(const std::string& piece);
  asio::awaitable<bool> serve_one();
  asio::awaitable<AdminReply> reply_to(const http::request<http::string_body>& message);
  asio::awaitable<bool> reply_with(const AdminReply& reply, bool keep_alive, bool head_only);
  Request request_of(const http::request<http::string_body>& message) const;

  Socket socket_;
  const Surroundings& around_;
  bool may_change_;
  Peer peer_;
  asio::cancellation_signal signal_;
  boost::beast::flat_buffer buffer_{header_bytes_max + body_bytes_max};
  bool is_first_ = true;
  bool is_streaming_ = false;
};

// Awaits the work, which reports errors instead of throwing; nothing if the time is up before.
asio::awaitable<std::optional<error_code>> Session::within(Duration limit,
                                                           asio::awaitable<error_code> work) {
  asio::awaitable<void> pause = around_.context.clock.sleep(limit);
  const auto first = co_await (std::move(work) || std::move(pause));
  if (first.index() == 1) co_return std::nullopt;
  const error_code result = std::get<0>(first);
  if (result == asio::error::operation_aborted) throw system_error(result);
  co_return result;
}

asio::awaitable<error_code> Session::wait_for_bytes() {
  const auto [error] = co_await socket_.async_wait(Socket::wait_read, as_result);
  co_return error;
}

asio::awaitable<error_code> Session::read(Parser& parser) {
  const auto [error, bytes] = co_await http::async_read(socket_, buffer_, parser, as_result);
  co_return error;
}

asio::awaitable<error_code> Session::send(http::response<http::string_body>& message,
                                          bool head_only) {
  http::response_serializer<http::string_body> serializer(message);
  if (head_only) {
    const auto [error, bytes] = co_await http::async_write_header(socket_, serializer, as_result);
    co_return error;
  }
  const auto [error, bytes] = co_await http::async_write(socket_, serializer, as_result);
  co_return error;
}

asio::awaitable<error_code> Session::send_header(std::string type) {
  http::response<http::empty_body> message(http::status::ok, http_1_1);
  message.set(http::field::content_type, type);
  message.set(http::field::cache_control, "no-store");
  message.chunked(true);
  http::response_serializer<http::empty_body> serializer(message);
  const auto [error, bytes] = co_await http::async_write_header(socket_, serializer, as_result);
  co_return error;
}

asio::awaitable<error_code> Session::send_piece(const std::string& piece) {
  const auto chunk = http::make_chunk(asio::buffer(piece));
  const auto [error, bytes] = co_await asio::async_write(socket_, chunk, as_result);
  co_return error;
}

asio::awaitable<void> Session::write(std::string type, std::string piece) {
  const Duration limit = around_.options.stall_limit;
  std::optional<error_code> result = error_code();
  if (!is_streaming_) result = co_await within(limit, send_header(std::move(type)));
  is_streaming_ = true;
  // An empty chunk would end the stream.
  if (result && !*result && !piece.empty()) result = co_await within(limit, send_piece(piece));
  if (!result) throw system_error(make_error_code(boost::system::errc::timed_out));
  if (*result) throw system_error(*result);
}

asio::awaitable<void> Session::closed() {
  // Not a read: a peer that has only shut down its sending side still listens.
  co_await socket_.async_wait(Socket::wait_error, as_result);
}

asio::awaitable<void> Session::run() {
  try {
    while (co_await serve_one()) is_first_ = false;
  } catch (const system_error& error) {
    // A stream whose reader is gone ends here too; neither is worth a word.
    if (error.code() == asio::error::operation_aborted) throw;
  }
}

// False when the connection is to be closed.
asio::awaitable<bool> Session::serve_one() {
  if (!is_first_ && buffer_.size() == 0) {
    const auto idle = co_await within(around_.options.idle_limit, wait_for_bytes());
    if (!idle || *idle) co_return false;
  }
  Parser parser;
  parser.header_limit(header_bytes_max);
  parser.body_limit(body_bytes_max);
  const auto result = co_await within(around_.options.request_limit, read(parser));
  if (!result) {
    const AdminReply late = problem(408, "the request took too long");
    co_return co_await reply_with(late, false, false);
  }
  if (*result) {
    const std::optional<AdminReply> refusal = refusal_of(*result);
    if (!refusal) co_return false;
    co_return co_await reply_with(*refusal, false, false);
  }
  const http::request<http::string_body> message = parser.release();
  const AdminReply reply = co_await reply_to(message);
  if (is_streaming_) co_return false;
  const bool keep_alive = message.keep_alive() && message.version() == http_1_1;
  co_return co_await reply_with(reply, keep_alive, message.method() == http::verb::head);
}

Request Session::request_of(const http::request<http::string_body>& message) const {
  Request request;
  request.method = std::string(message.method_string());
  request.target = parse_target(std::string_view(message.target().data(), message.target().size()));
  request.may_change = may_change_;
  return request;
}

asio::awaitable<AdminReply> Session::reply_to(const http::request<http::string_body>& message) {
  if (message.version() != http_1_1) co_return problem(505, "HTTP/1.1 is spoken here");
  std::optional<AdminReply> reply;
  try {
    Request request = request_of(message);
    reply = co_await answer(around_.context, std::move(request), *this);
  } catch (const BadQuery& error) {
    reply = problem(400, error.what());
  } catch (const system_error&) {
    throw;
  } catch (const std::exception& error) {
    around_.options.on_error(error.what());
    reply = problem(500, "the daemon failed; its log says how");
  }
  if (message.method() != http::verb::get && message.method() != http::verb::head) {
    const Change change{.peer = peer_,
                        .method = std::string(message.method_string()),
                        .path = std::string(message.target()),
                        .status = reply->status};
    around_.options.on_change(change);
  }
  co_return *std::move(reply);
}

// True if the connection may go on.
asio::awaitable<bool> Session::reply_with(const AdminReply& reply, bool keep_alive,
                                          bool head_only) {
  http::response<http::string_body> message = message_of(reply, keep_alive);
  const auto result = co_await within(around_.options.write_limit, send(message, head_only));
  co_return result && !*result && keep_alive;
}

}  // namespace

class AdminServer::State final {
 public:
  State(AdminContext context, AdminOptions options)
      : context_(std::move(context)), options_(std::move(options)) {}

  void open() {
    make_runtime_dir(options_.runtime_dir);
    admin_.emplace(options_.runtime_dir + "/admin.sock", options_.admin_group);
    read_only_.emplace(options_.runtime_dir + "/ro.sock", options_.read_group);
  }

  asio::awaitable<void> run();

 private:
  using Ended = asio::experimental::channel<void(error_code)>;

  asio::awaitable<void> accept(SocketFile& file, bool may_change);
  void start(Socket socket, bool may_change);
  asio::awaitable<void> end_sessions(Ended& ended);
  static void turn_away(Socket& socket);

  AdminContext context_;
  AdminOptions options_;
  Surroundings around_{.context = context_, .options = options_};
  std::optional<SocketFile> admin_;
  std::optional<SocketFile> read_only_;
  std::list<Session> sessions_;
  Ended* ended_ = nullptr;
};

asio::awaitable<void> AdminServer::State::run() {
  const auto executor = co_await asio::this_coro::executor;
  Ended ended(executor, 1);
  ended_ = &ended;
  std::exception_ptr reason;
  try {
    asio::awaitable<void> changing = accept(*admin_, true);
    asio::awaitable<void> reading = accept(*read_only_, false);
    co_await (std::move(changing) && std::move(reading));
  } catch (const asio::multiple_exceptions& both) {
    reason = both.first_exception();
  } catch (...) {
    reason = std::current_exception();
  }
  admin_.reset();
  read_only_.reset();
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_await end_sessions(ended);
  ended_ = nullptr;
  std::rethrow_exception(reason);
}

asio::awaitable<void> AdminServer::State::accept(SocketFile& file, bool may_change) {
  const auto executor = co_await asio::this_coro::executor;
  Acceptor acceptor(executor, asio::local::stream_protocol(), file.release());
  for (;;) {
    auto [error, socket] = co_await acceptor.async_accept(as_result);
    if (error == asio::error::operation_aborted) throw system_error(error);
    if (error) {
      co_await context_.clock.sleep(accept_pause);
    } else if (sessions_.size() >= options_.connections_max) {
      turn_away(socket);
    } else {
      start(std::move(socket), may_change);
    }
  }
}

void AdminServer::State::start(Socket socket, bool may_change) {
  const auto executor = socket.get_executor();
  const auto session = sessions_.emplace(sessions_.end(), std::move(socket), around_, may_change);
  const auto forget = [this, session] {
    sessions_.erase(session);
    if (ended_) ended_->try_send(error_code());
  };
  const auto end = [this, forget, executor](const std::exception_ptr& failure) {
    try {
      if (failure) std::rethrow_exception(failure);
    } catch (const system_error&) {
    } catch (const std::exception& error) {
      options_.on_error(error.what());
    }
    // Not here: the session's own signal may be what has led to this call.
    asio::post(executor, forget);
  };
  asio::co_spawn(executor, session->run(), asio::bind_cancellation_slot(session->slot(), end));
}

asio::awaitable<void> AdminServer::State::end_sessions(Ended& ended) {
  for (Session& session : sessions_) session.cancel();
  while (!sessions_.empty()) co_await ended.async_receive(asio::use_awaitable);
}

// Says so and closes: a full house must not leave the caller waiting.
void AdminServer::State::turn_away(Socket& socket) {
  const AdminReply reply = problem(503, "too many connections");
  const std::string text = "HTTP/1.1 503 Service Unavailable\r\nContent-Type: " + reply.type +
                           "\r\nContent-Length: " + std::to_string(reply.body.size()) +
                           "\r\nConnection: close\r\n\r\n" + reply.body;
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(text), ignored);
}

AdminServer::AdminServer(AdminContext context, AdminOptions options)
    : state_(std::make_unique<State>(std::move(context), std::move(options))) {}
AdminServer::~AdminServer() = default;

void AdminServer::open() { state_->open(); }

boost::asio::awaitable<void> AdminServer::run() { return state_->run(); }

}  // namespace tagscout
