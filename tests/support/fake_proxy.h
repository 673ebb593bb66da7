// A test double of an HTTP proxy that takes CONNECT: whatever name it is asked for, it connects to
// that port of loopback. It runs on the context of the test, which has to outlive it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <vector>

#include "crawlers/proxy.h"

namespace tagscout {

class FakeProxy {
 public:
  explicit FakeProxy(boost::asio::io_context& context);

  // "http://127.0.0.1:PORT", or with these words in front: "http://user:pass@127.0.0.1:PORT".
  std::string url(const std::string& credentials = {}) const;
  ProxyRules rules(const std::string& exceptions = {}) const;

  // Instead of opening the way, this is said and the connection closed.
  void refuse_with(std::string bytes) { refusal_ = std::move(bytes); }
  // Said after the 200, before anything the server says.
  void add_to_success(std::string bytes) { extra_ = std::move(bytes); }

  // Heads of all requests, in order.
  const std::vector<std::string>& requests() const { return requests_; }

 private:
  boost::asio::awaitable<void> accept_all();
  boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket client);

  boost::asio::ip::tcp::acceptor acceptor_;
  std::string refusal_;
  std::string extra_;
  std::vector<std::string> requests_;
};

}  // namespace tagscout
