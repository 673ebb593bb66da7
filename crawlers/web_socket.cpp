#include "crawlers/web_socket.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/error.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>
#include <optional>
#include <utility>

#include "crawlers/connector.h"
#include "crawlers/deadline.h"
#include "crawlers/http_status.h"
#include "crawlers/resolver.h"
#include "crawlers/url.h"
#include "crawlers/wait_list.h"

namespace tagscout {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace ws = boost::beast::websocket;
using boost::system::error_code;

// Beast asks for these two: how to end the transport below a stream of our own type. Nobody is told
// goodbye; the server learns it from TCP.
void teardown(beast::role_type, Connection& connection, error_code& ec) {
  connection.close();
  ec = {};
}
template <class Handler>
void async_teardown(beast::role_type, Connection& connection, Handler&& handler) {
  connection.close();
  asio::post(connection.get_executor(),
             beast::bind_front_handler(std::forward<Handler>(handler), error_code()));
}

namespace {

constexpr size_t outbox_max = 64;  // messages that wait to be sent
constexpr Duration watch_min = std::chrono::milliseconds(10);

class Handle;

// The connection itself. Its coroutine owns it; the handle that the program holds may go at any
// time, and this one may end at any time: each knows the other until then.
class Session {
 public:
  Session(std::unique_ptr<Connection> connection, WebSocketOptions options, Clock& clock)
      : options_(std::move(options)),
        clock_(clock),
        connection_(std::move(connection)),
        stream_(*connection_) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  asio::awaitable<Result<void>> upgrade(Url url, std::string token);
  // Reads, writes and watches until the connection ends; then `session` is gone.
  static asio::awaitable<void> run(std::unique_ptr<Session> session);

  void attach(Handle* handle) { handle_ = handle; }
  // The handle goes.
  void abandon() {
    handle_ = nullptr;
    connection_->close();
  }
  // False if too much waits already.
  bool queue(std::string text);

 private:
  asio::awaitable<error_code> shake_hands(ws::response_type& response, std::string host,
                                          std::string target);
  asio::awaitable<bool> read_all();
  asio::awaitable<bool> write_all();
  asio::awaitable<bool> watch();
  // The first reason counts.
  void fail(ErrorKind kind, const std::string& why);
  void read_failed(error_code ec);

  WebSocketOptions options_;
  Clock& clock_;
  std::unique_ptr<Connection> connection_;
  ws::stream<Connection&> stream_;
  std::string origin_;
  Handle* handle_ = nullptr;
  asio::steady_timer::time_point last_frame_ = asio::steady_timer::clock_type::now();
  std::deque<std::string> outbox_;
  WaitList outgoing_;
};

class Handle final : public WebSocket {
 public:
  Handle(Session& session, size_t bytes_max) : session_(&session), bytes_max_(bytes_max) {
    session.attach(this);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() override {
    if (session_ != nullptr) session_->abandon();
  }

  asio::awaitable<Result<std::vector<std::string>>> read(Duration patience) override {
    if (inbox_.empty() && !lost_) co_await arrived_.wait_for(patience);
    if (inbox_.empty() && lost_) co_return *lost_;
    bytes_ = 0;
    co_return std::exchange(inbox_, {});
  }

  asio::awaitable<Result<void>> send(std::string text) override {
    if (lost_) co_return *lost_;
    if (!session_->queue(std::move(text))) {
      co_return Error(ErrorKind::transient, "the server takes no messages");
    }
    co_return Result<void>();
  }

  // False if there is no room left: nothing is dropped, the connection has to end.
  bool deliver(std::string message) {
    if (bytes_ + message.size() > bytes_max_) return false;
    bytes_ += message.size();
    inbox_.push_back(std::move(message));
    arrived_.wake_all();
    return true;
  }

  void lose(Error why) {
    if (!lost_) lost_ = std::move(why);
    arrived_.wake_all();
  }
  void session_ended() {
    lose(Error(ErrorKind::transient, "the connection is closed"));
    session_ = nullptr;
  }

 private:
  Session* session_;  // null once the connection has ended
  size_t bytes_max_;
  std::vector<std::string> inbox_;
  size_t bytes_ = 0;
  std::optional<Error> lost_;
  WaitList arrived_;
};

Session::~Session() {
  if (handle_ != nullptr) handle_->session_ended();
}

asio::awaitable<Result<void>> Session::upgrade(Url url, std::string token) {
  origin_ = url.origin();
  stream_.set_option(
      ws::stream_base::decorator([agent = options_.user_agent, token](auto& message) {
        message.set(beast::http::field::user_agent, agent);
        if (!token.empty()) message.set(beast::http::field::authorization, "Bearer " + token);
      }));
  stream_.read_message_max(options_.message_bytes_max);
  ws::response_type response;
  const std::string host = origin_.substr(origin_.find("://") + 3);
  const auto ec = co_await within(options_.connect, shake_hands(response, host, url.target));
  if (!ec) co_return Error(ErrorKind::transient, origin_ + ": no answer to the upgrade in time");
  if (!*ec) co_return Result<void>();
  if (*ec != ws::error::upgrade_declined) {
    co_return Error(ErrorKind::transient, origin_ + ": upgrade failed: " + ec->message());
  }
  HttpResponse refusal;
  refusal.status = static_cast<int>(response.result_int());
  refusal.url = url.text();
  for (const auto& field : response) {
    refusal.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  refusal.body = response.body();
  const auto error = status_error(refusal, clock_.now());
  if (error) co_return *error;
  co_return Error(ErrorKind::protocol, origin_ + " answered the upgrade as if it were a page");
}

asio::awaitable<error_code> Session::shake_hands(ws::response_type& response, std::string host,
                                                 std::string target) {
  error_code ec;
  co_await stream_.async_handshake(response, host, target,
                                   asio::redirect_error(asio::use_awaitable, ec));
  co_return ec;
}

asio::awaitable<void> Session::run(std::unique_ptr<Session> session) {
  const auto executor = co_await asio::this_coro::executor;
  session->last_frame_ = asio::steady_timer::clock_type::now();
  session->stream_.control_callback([&last = session->last_frame_](ws::frame_type, auto) {
    last = asio::steady_timer::clock_type::now();
  });
  auto all = asio::experimental::make_parallel_group(
      asio::co_spawn(executor, session->read_all(), asio::deferred),
      asio::co_spawn(executor, session->write_all(), asio::deferred),
      asio::co_spawn(executor, session->watch(), asio::deferred));
  // Whoever ends first closes the connection, so that the others end, too.
  co_await all.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
}

asio::awaitable<bool> Session::read_all() {
  beast::flat_buffer buffer;
  error_code ec;
  while (handle_ != nullptr) {
    co_await stream_.async_read(buffer, asio::redirect_error(asio::use_awaitable, ec));
    if (ec || handle_ == nullptr) break;
    last_frame_ = asio::steady_timer::clock_type::now();
    const auto data = buffer.cdata();
    if (!handle_->deliver(std::string(static_cast<const char*>(data.data()), data.size()))) {
      fail(ErrorKind::transient, "slow consumer: more than " +
                                     std::to_string(options_.buffer_bytes_max) +
                                     " bytes waited unread");
      break;
    }
    buffer.consume(data.size());
  }
  if (ec) read_failed(ec);
  connection_->close();
  co_return true;
}

asio::awaitable<bool> Session::write_all() {
  error_code ec;
  while (!ec) {
    if (outbox_.empty()) co_await outgoing_.wait();
    const std::string text = std::move(outbox_.front());
    outbox_.pop_front();
    stream_.text(true);
    co_await stream_.async_write(asio::buffer(text), asio::redirect_error(asio::use_awaitable, ec));
  }
  fail(ErrorKind::transient, "sending failed: " + ec.message());
  connection_->close();
  co_return true;
}

asio::awaitable<bool> Session::watch() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (true) {
    const auto silence = asio::steady_timer::clock_type::now() - last_frame_;
    if (silence > options_.silence_max) break;
    timer.expires_at(last_frame_ + options_.silence_max + watch_min);
    co_await timer.async_wait(asio::use_awaitable);
  }
  fail(ErrorKind::transient, "silent for too long");
  connection_->close();
  co_return true;
}

bool Session::queue(std::string text) {
  if (outbox_.size() >= outbox_max) return false;
  outbox_.push_back(std::move(text));
  outgoing_.wake_one();
  return true;
}

void Session::fail(ErrorKind kind, const std::string& why) {
  if (handle_ != nullptr) handle_->lose(Error(kind, origin_ + ": " + why));
}

void Session::read_failed(error_code ec) {
  if (ec == ws::error::message_too_big || ec == ws::error::buffer_overflow) {
    fail(ErrorKind::protocol,
         "a message of more than " + std::to_string(options_.message_bytes_max) + " bytes");
  } else if (ec == ws::error::closed) {
    fail(ErrorKind::transient, "closed by the server");
  } else {
    fail(ErrorKind::transient, "connection lost: " + ec.message());
  }
}

class BeastWebSockets final : public WebSockets {
 public:
  BeastWebSockets(asio::any_io_executor executor, WebSocketOptions options, Clock& clock)
      : executor_(std::move(executor)),
        options_(std::move(options)),
        clock_(clock),
        resolver_(executor_, clock),
        connector_(executor_, connector_options(options_), resolver_, clock) {}

  asio::awaitable<Result<std::unique_ptr<WebSocket>>> connect(std::string url) override {
    return connect_as(std::move(url), std::string());
  }

  asio::awaitable<Result<std::unique_ptr<WebSocket>>> connect_as(std::string url,
                                                                 std::string token) override {
    const auto parsed = parse_url(url);
    if (!parsed || (parsed->scheme != "wss" && parsed->scheme != "ws")) {
      co_return Error(ErrorKind::bad_request, url_for_log(url) + " is no ws or wss URL");
    }
    Result<std::unique_ptr<Connection>> connection = co_await connector_.open(*parsed);
    if (!connection) co_return connection.error();
    auto session = std::make_unique<Session>(std::move(*connection), options_, clock_);
    const Result<void> upgraded = co_await session->upgrade(*parsed, std::move(token));
    if (!upgraded) co_return upgraded.error();
    std::unique_ptr<WebSocket> handle =
        std::make_unique<Handle>(*session, options_.buffer_bytes_max);
    asio::co_spawn(executor_, Session::run(std::move(session)), asio::detached);
    co_return handle;
  }

 private:
  static ConnectorOptions connector_options(const WebSocketOptions& options) {
    return {.ca_file = options.ca_file,
            .allow_private = options.allow_private,
            .proxy = options.proxy,
            .resolve = options.connect,
            .connect = options.connect,
            .handshake = options.connect};
  }

  asio::any_io_executor executor_;
  WebSocketOptions options_;
  Clock& clock_;
  Resolver resolver_;
  Connector connector_;
};

}  // namespace

std::unique_ptr<WebSockets> make_web_sockets(asio::any_io_executor executor,
                                             WebSocketOptions options, Clock& clock) {
  return std::make_unique<BeastWebSockets>(std::move(executor), std::move(options), clock);
}

}  // namespace tagscout
