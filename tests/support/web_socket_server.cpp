#include "tests/support/web_socket_server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <utility>

namespace tagscout {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace ws = boost::beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

// Errors are ignored throughout: a client that has gone is for the test to see.
class Peer final : public WebSocketPeer {
 public:
  // `pong` takes the payload of each pong.
  Peer(tcp::socket socket, std::string& pong) : stream_(std::move(socket)) {
    stream_.control_callback([&pong](ws::frame_type type, auto payload) {
      if (type == ws::frame_type::pong) pong = std::string(payload);
    });
  }

  ws::stream<tcp::socket>& stream() { return stream_; }

  asio::awaitable<void> say(std::string text) override { return write(std::move(text), false); }
  asio::awaitable<void> say_binary(std::string bytes) override {
    return write(std::move(bytes), true);
  }

  asio::awaitable<void> ping(std::string payload) override {
    error_code ignored;
    const ws::ping_data data(payload.data(), payload.size());
    co_await stream_.async_ping(data, asio::redirect_error(asio::use_awaitable, ignored));
  }

  asio::awaitable<void> pause(Duration duration) override {
    asio::steady_timer timer(co_await asio::this_coro::executor, duration);
    co_await timer.async_wait(asio::use_awaitable);
  }

  asio::awaitable<std::string> hear() override {
    boost::beast::flat_buffer buffer;
    error_code ec;
    co_await stream_.async_read(buffer, asio::redirect_error(asio::use_awaitable, ec));
    co_return ec ? std::string() : boost::beast::buffers_to_string(buffer.data());
  }
  bool heard_text() const override { return stream_.got_text(); }

  asio::awaitable<void> close() override {
    error_code ignored;
    co_await stream_.async_close(ws::close_code::normal,
                                 asio::redirect_error(asio::use_awaitable, ignored));
  }
  void drop() override { stream_.next_layer().close(); }

 private:
  asio::awaitable<void> write(std::string message, bool binary) {
    stream_.binary(binary);
    error_code ignored;
    co_await stream_.async_write(asio::buffer(message),
                                 asio::redirect_error(asio::use_awaitable, ignored));
  }

  ws::stream<tcp::socket> stream_;
};

}  // namespace

WebSocketServer::WebSocketServer(asio::io_context& context, Play play)
    : acceptor_(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      play_(std::move(play)) {
  asio::co_spawn(context, accept_all(), asio::detached);
}

std::string WebSocketServer::host_port() const {
  return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
}

std::string WebSocketServer::url() const { return "ws://" + host_port() + "/subscribe?cursor=5"; }

asio::awaitable<void> WebSocketServer::accept_all() {
  const auto executor = acceptor_.get_executor();
  while (true) {
    error_code ec;
    tcp::socket socket(executor);
    co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, ec));
    if (ec) co_return;
    asio::co_spawn(executor, serve(std::move(socket)), asio::detached);
  }
}

asio::awaitable<void> WebSocketServer::serve(tcp::socket socket) {
  Peer peer(std::move(socket), pong_);
  boost::beast::flat_buffer buffer;
  http::request<http::string_body> request;
  error_code ec;
  co_await http::async_read(peer.stream().next_layer(), buffer, request,
                            asio::redirect_error(asio::use_awaitable, ec));
  if (ec) co_return;
  agent_ = std::string(request[http::field::user_agent]);
  authorization_ = std::string(request[http::field::authorization]);
  target_ = std::string(request.target());
  co_await peer.stream().async_accept(request, asio::redirect_error(asio::use_awaitable, ec));
  if (ec) co_return;
  co_await play_(peer);
  while (!ec) {
    co_await peer.stream().async_read(buffer, asio::redirect_error(asio::use_awaitable, ec));
  }
  ++ended_;
}

}  // namespace tagscout
