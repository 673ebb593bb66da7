#include "tests/support/fake_proxy.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace tagscout {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::experimental::awaitable_operators::operator&&;
using boost::system::error_code;

// Until either side ends; then the other is told.
asio::awaitable<void> copy(tcp::socket& from, tcp::socket& to) {
  std::array<char, 16384> bytes{};
  error_code ec;
  while (!ec) {
    const size_t size = co_await from.async_read_some(
        asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, ec));
    if (ec) break;
    co_await asio::async_write(to, asio::buffer(bytes.data(), size),
                               asio::redirect_error(asio::use_awaitable, ec));
  }
  to.shutdown(tcp::socket::shutdown_send, ec);
}

uint16_t port_of(const std::string& head) {
  const std::string place = head.substr(0, head.find(" HTTP/"));
  return static_cast<uint16_t>(std::stoi(place.substr(place.rfind(':') + 1)));
}

}  // namespace

FakeProxy::FakeProxy(asio::io_context& context)
    : acceptor_(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
  asio::co_spawn(context, accept_all(), asio::detached);
}

std::string FakeProxy::url(const std::string& credentials) const {
  return "http://" + (credentials.empty() ? "" : credentials + "@") +
         "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
}

ProxyRules FakeProxy::rules(const std::string& exceptions) const {
  return ProxyRules(parse_proxy(url()), exceptions);
}

asio::awaitable<void> FakeProxy::accept_all() {
  const auto executor = acceptor_.get_executor();
  while (true) {
    tcp::socket client(executor);
    error_code ec;
    co_await acceptor_.async_accept(client, asio::redirect_error(asio::use_awaitable, ec));
    if (ec) co_return;
    asio::co_spawn(executor, serve(std::move(client)), asio::detached);
  }
}

asio::awaitable<void> FakeProxy::serve(tcp::socket client) {
  std::string head;
  auto buffer = asio::dynamic_buffer(head);
  error_code ec;
  co_await asio::async_read_until(client, buffer, "\r\n\r\n",
                                  asio::redirect_error(asio::use_awaitable, ec));
  if (ec) co_return;
  requests_.push_back(head);
  tcp::socket server(client.get_executor());
  std::string reply = refusal_;
  if (reply.empty()) {
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port_of(head));
    co_await server.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, ec));
    reply = ec ? "HTTP/1.1 502 Bad Gateway\r\n\r\n"
               : "HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n" + extra_;
  }
  co_await asio::async_write(client, asio::buffer(reply),
                             asio::redirect_error(asio::use_awaitable, ec));
  if (!server.is_open()) co_return;
  co_await (copy(client, server) && copy(server, client));
}

}  // namespace tagscout
