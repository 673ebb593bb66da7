// A connection to a server, with TLS or without, as one type of stream.
#pragma once

#include <sys/socket.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <cerrno>
#include <utility>

namespace tagscout {

// An AsyncStream in Asio's sense. The context outlives it.
class Connection {
 public:
  using Tls = boost::asio::ssl::stream<boost::asio::ip::tcp::socket>;
  using executor_type = boost::asio::any_io_executor;
  using next_layer_type = Tls;

  Connection(const executor_type& executor, boost::asio::ssl::context& context, bool secure)
      : stream_(executor, context), secure_(secure) {}

  executor_type get_executor() { return stream_.get_executor(); }
  Tls& next_layer() { return stream_; }
  boost::asio::ip::tcp::socket& socket() { return stream_.next_layer(); }
  bool secure() const { return secure_; }

  // Ends everything under way with an error.
  void close() {
    boost::system::error_code ignored;
    socket().close(ignored);
  }

  // True while the server has neither closed an idle connection nor said anything unasked.
  bool quiet() {
    char byte = 0;
    const auto got = ::recv(socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, size_t)>(
        [this](auto&& handler, const Buffers& into) {
          if (secure_) {
            stream_.async_read_some(into, std::forward<decltype(handler)>(handler));
          } else {
            socket().async_read_some(into, std::forward<decltype(handler)>(handler));
          }
        },
        token, buffers);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, size_t)>(
        [this](auto&& handler, const Buffers& from) {
          if (secure_) {
            stream_.async_write_some(from, std::forward<decltype(handler)>(handler));
          } else {
            socket().async_write_some(from, std::forward<decltype(handler)>(handler));
          }
        },
        token, buffers);
  }

 private:
  Tls stream_;
  bool secure_;
};

}  // namespace tagscout
