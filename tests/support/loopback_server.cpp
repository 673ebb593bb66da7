#include "tests/support/loopback_server.h"

#include <libdeflate.h>
#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <memory>

namespace tagscout {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

std::string http_answer(int status, const std::string& body,
                        const std::vector<std::pair<std::string, std::string>>& headers) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " Said\r\n";
  for (const auto& [name, value] : headers) text.append(name).append(": ").append(value) += "\r\n";
  return text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string gzip(const std::string& plain) {
  const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor(
      libdeflate_alloc_compressor(9), libdeflate_free_compressor);
  std::string packed(libdeflate_gzip_compress_bound(compressor.get(), plain.size()), '\0');
  packed.resize(libdeflate_gzip_compress(compressor.get(), plain.data(), plain.size(),
                                         packed.data(), packed.size()));
  return packed;
}

LoopbackServer::LoopbackServer(asio::io_context& context, const std::string& address)
    : acceptor_(context, tcp::endpoint(asio::ip::make_address(address), 0)) {
  start();
}

LoopbackServer::LoopbackServer(asio::io_context& context, const TlsIdentity& identity,
                               int tls_version_max)
    : acceptor_(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)), secure_(true) {
  context_.use_certificate_chain(asio::buffer(identity.certificate));
  context_.use_private_key(asio::buffer(identity.key), asio::ssl::context::pem);
  if (tls_version_max != 0) {
    SSL_CTX_set_security_level(context_.native_handle(), 0);
    SSL_CTX_set_max_proto_version(context_.native_handle(), tls_version_max);
  }
  start();
}

std::string LoopbackServer::origin() const {
  return (secure_ ? "https://" : "http://") + host_port();
}

std::string LoopbackServer::host_port() const {
  const auto address = acceptor_.local_endpoint().address();
  const std::string host = address.is_v6() ? '[' + address.to_string() + ']' : address.to_string();
  return (secure_ ? "localhost" : host) + ':' + std::to_string(port());
}

void LoopbackServer::reply(const std::string& target, Reply reply) {
  script_[target].push_back(std::move(reply));
}

void LoopbackServer::answer(const std::string& target, const std::string& bytes) {
  reply(target, {.bytes = bytes});
}

void LoopbackServer::forget_sessions() {
  SSL_CTX* const native = context_.native_handle();
  std::string keys(static_cast<size_t>(SSL_CTX_set_tlsext_ticket_keys(native, nullptr, 0)), '\0');
  SSL_CTX_set_tlsext_ticket_keys(native, keys.data(), static_cast<long>(keys.size()));
}

void LoopbackServer::start() {
  asio::co_spawn(acceptor_.get_executor(), accept_all(), asio::detached);
}

asio::awaitable<void> LoopbackServer::accept_all() {
  const auto executor = acceptor_.get_executor();
  while (true) {
    auto connection = std::make_unique<Connection>(executor, context_, secure_);
    error_code ec;
    co_await acceptor_.async_accept(connection->socket(),
                                    asio::redirect_error(asio::use_awaitable, ec));
    if (ec) co_return;
    ++connections_;
    asio::co_spawn(executor, serve(std::move(connection)), asio::detached);
  }
}

asio::awaitable<void> LoopbackServer::serve(std::unique_ptr<Connection> connection) {
  error_code ec;
  if (secure_) {
    co_await connection->next_layer().async_handshake(
        asio::ssl::stream_base::server, asio::redirect_error(asio::use_awaitable, ec));
    if (!ec) resumed_ += SSL_session_reused(connection->next_layer().native_handle());
  }
  std::string received;
  while (!ec) {
    auto buffer = asio::dynamic_buffer(received);
    const size_t size = co_await asio::async_read_until(
        *connection, buffer, "\r\n\r\n", asio::redirect_error(asio::use_awaitable, ec));
    if (ec) co_return;
    requests_.push_back(received.substr(0, size));
    received.erase(0, size);
    Reply reply = next_reply(requests_.back());
    if (!co_await send(*connection, std::move(reply))) co_return;
  }
}

// False if the connection is to end.
asio::awaitable<bool> LoopbackServer::send(Connection& connection, Reply reply) {
  asio::steady_timer timer(co_await asio::this_coro::executor, reply.pause);
  co_await timer.async_wait(asio::use_awaitable);
  error_code ec;
  const size_t step = reply.drip.count() > 0 ? 1 : std::max<size_t>(reply.bytes.size(), 1);
  for (size_t at = 0; at < reply.bytes.size() && !ec; at += step) {
    if (at > 0) {
      timer.expires_after(reply.drip);
      co_await timer.async_wait(asio::use_awaitable);
    }
    co_await asio::async_write(connection, asio::buffer(reply.bytes.data() + at, step),
                               asio::redirect_error(asio::use_awaitable, ec));
  }
  co_return !ec && !reply.close;
}

Reply LoopbackServer::next_reply(const std::string& head) {
  const size_t start = head.find(' ') + 1;
  const std::string target = head.substr(start, head.find(' ', start) - start);
  auto found = script_.find(target);
  if (found == script_.end()) found = script_.find(target.substr(0, target.find('?')));
  if (found == script_.end()) return {.bytes = http_answer(404, "nothing")};
  Reply reply = found->second.front();
  if (found->second.size() > 1) found->second.pop_front();
  return reply;
}

}  // namespace tagscout
