#include "tests/support/testnet/server.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <csignal>
#include <map>

namespace tagscout::testnet {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::experimental::awaitable_operators::operator||;
using asio::ip::tcp;
using boost::system::error_code;

constexpr size_t frames_at_once = 256;
constexpr Duration stream_pause = std::chrono::milliseconds(5);
constexpr Duration ping_interval = std::chrono::seconds(5);

Time now() { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }

struct Port {
  explicit Port(asio::io_context& io)
      : acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {}
  tcp::acceptor acceptor;
  int in_flight = 0;
};

http::response<http::string_body> make_response(SiteReply reply, unsigned version) {
  http::response<http::string_body> response(static_cast<http::status>(reply.status), version);
  response.set(http::field::date, http_date(now()));
  response.set(http::field::content_type, reply.content_type);
  for (const auto& [name, value] : reply.headers) response.insert(name, value);
  response.body() = std::move(reply.body);
  response.prepare_payload();
  return response;
}

SiteRequest asked_by(const http::request<http::string_body>& request) {
  constexpr std::string_view bearer = "Bearer ";
  const std::string_view credentials = request[http::field::authorization];
  const std::string_view agent = request[http::field::user_agent];
  const bool bears = credentials.starts_with(bearer);
  return SiteRequest{.method = std::string(request.method_string()),
                     .target = std::string(request.target()),
                     .user_agent = std::string(agent),
                     .token = std::string(bears ? credentials.substr(bearer.size()) : "")};
}

// The other side sees its connection break.
void reset(tcp::socket& socket) {
  socket.set_option(asio::socket_base::linger(true, 0));
  socket.close();
}

// Sends the head and half of the body, then resets the connection.
asio::awaitable<void> cut_off(tcp::socket& socket, http::response<http::string_body> response) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                           std::to_string(response.body().size()) + "\r\n\r\n";
  std::string part = head + response.body().substr(0, response.body().size() / 2);
  co_await asio::async_write(socket, asio::buffer(part), asio::use_awaitable);
  reset(socket);
}

using WebSocketStream = beast::websocket::stream<tcp::socket>;

// Until the connection ends, whoever ends it.
asio::awaitable<void> listen(WebSocketStream& socket, SiteStream& source) {
  beast::flat_buffer buffer;
  error_code ec;
  while (!ec) {
    co_await socket.async_read(buffer, asio::redirect_error(asio::use_awaitable, ec));
    if (!ec) source.hear(beast::buffers_to_string(buffer.data()), now());
    buffer.clear();
  }
}

asio::awaitable<void> stream(WebSocketStream& socket, SiteStream& source) {
  asio::steady_timer timer(socket.get_executor());
  Time pinged = now();
  socket.binary(source.binary());
  while (!source.broken(now())) {
    const std::vector<std::string> frames = source.pull(now(), frames_at_once);
    for (const std::string& frame : frames) {
      co_await socket.async_write(asio::buffer(frame), asio::use_awaitable);
    }
    if (now() - pinged > ping_interval) {
      pinged = now();
      const beast::websocket::ping_data payload("still here");
      co_await socket.async_ping(payload, asio::use_awaitable);
    }
    if (!frames.empty()) continue;
    timer.expires_after(stream_pause);
    co_await timer.async_wait(asio::use_awaitable);
  }
  reset(socket.next_layer());
}

asio::awaitable<void> upgrade(tcp::socket socket, Site& site,
                              http::request<http::string_body> request) {
  const SiteRequest asked = asked_by(request);
  std::unique_ptr<SiteStream> source = site.subscribe(asked, now());
  if (!source) {
    SiteReply refusal = site.refuse(asked, now());
    if (refusal.hang_up) {
      reset(socket);
      co_return;
    }
    const auto response = make_response(std::move(refusal), request.version());
    co_await http::async_write(socket, response, asio::use_awaitable);
    co_return;
  }
  WebSocketStream web_socket(std::move(socket));
  co_await web_socket.async_accept(request, asio::use_awaitable);
  co_await (stream(web_socket, *source) || listen(web_socket, *source));
}

asio::awaitable<void> converse(tcp::socket socket, Site& site, int& in_flight) {
  beast::flat_buffer buffer;
  socket.set_option(tcp::no_delay(true));
  for (;;) {
    http::request<http::string_body> request;
    co_await http::async_read(socket, buffer, request, asio::use_awaitable);
    if (beast::websocket::is_upgrade(request)) {
      co_await upgrade(std::move(socket), site, std::move(request));
      co_return;
    }
    const InFlight counted(site, in_flight);
    SiteReply reply = site.answer(asked_by(request), now());
    if (reply.hang_up) {
      reset(socket);
      co_return;
    }
    const bool cut = reply.cut_off;
    http::response<http::string_body> response = make_response(std::move(reply), request.version());
    if (cut) {
      co_await cut_off(socket, std::move(response));
      co_return;
    }
    response.keep_alive(request.keep_alive());
    co_await http::async_write(socket, response, asio::use_awaitable);
    if (!request.keep_alive()) co_return;
  }
}

// A client that goes away is nothing to report.
asio::awaitable<void> serve_client(tcp::socket socket, Site& site, int& in_flight) {
  try {
    co_await converse(std::move(socket), site, in_flight);
  } catch (const boost::system::system_error& error) {
    (void)error;
  }
}

asio::awaitable<void> accept(Port& port, Site& site) {
  for (;;) {
    tcp::socket socket = co_await port.acceptor.async_accept(asio::use_awaitable);
    const auto executor = socket.get_executor();
    asio::co_spawn(executor, serve_client(std::move(socket), site, port.in_flight), asio::detached);
  }
}

}  // namespace

struct Server::State {
  asio::io_context io{1};
  std::map<uint16_t, std::unique_ptr<Port>> ports;
};

Server::Server() : state_(std::make_unique<State>()) {}
Server::~Server() = default;

uint16_t Server::open() {
  auto port = std::make_unique<Port>(state_->io);
  const uint16_t number = port->acceptor.local_endpoint().port();
  state_->ports.emplace(number, std::move(port));
  return number;
}

void Server::serve(uint16_t port, Site& site) {
  asio::co_spawn(state_->io, accept(*state_->ports.at(port), site), asio::detached);
}

void Server::run() {
  asio::signal_set signals(state_->io, SIGTERM, SIGINT);
  signals.async_wait([this](const error_code&, int) { state_->io.stop(); });
  state_->io.run();
}

void Server::stop() { state_->io.stop(); }

}  // namespace tagscout::testnet
