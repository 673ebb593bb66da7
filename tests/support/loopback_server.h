// A server on loopback that says exactly what the script says, right or wrong, with TLS or without.
// It runs on the context of the test, which has to outlive it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crawlers/connection.h"
#include "storage/model/time.h"
#include "tests/support/tls.h"

namespace tagscout {

// The bytes that answer one request.
struct Reply {
  std::string bytes = {};
  bool close = false;  // the connection afterwards
  Duration pause{};    // before the first byte
  Duration drip{};     // between one byte and the next; 0 = all at once
};

// A correct answer: status line, Content-Length, these headers, body.
std::string http_answer(int status, const std::string& body,
                        const std::vector<std::pair<std::string, std::string>>& headers = {});

// `plain` as one gzip member.
std::string gzip(const std::string& plain);

class LoopbackServer {
 public:
  // Listens on a free port of this address.
  explicit LoopbackServer(boost::asio::io_context& context,
                          const std::string& address = "127.0.0.1");
  // With TLS; `tls_version_max` as in <openssl/ssl.h>, 0 = any.
  LoopbackServer(boost::asio::io_context& context, const TlsIdentity& identity,
                 int tls_version_max = 0);

  uint16_t port() const { return acceptor_.local_endpoint().port(); }
  // "http://127.0.0.1:PORT", "https://localhost:PORT"
  std::string origin() const;
  // "127.0.0.1:PORT", "localhost:PORT"
  std::string host_port() const;

  // Answers of one target are used up in order, the last one stays; without any it is a 404. What
  // has a query that is not scripted is answered as the target without it.
  void reply(const std::string& target, Reply reply);
  void answer(const std::string& target, const std::string& bytes);

  // New keys for session tickets: those given out so far are worth nothing any more.
  void forget_sessions();

  // Heads of all requests, in order.
  const std::vector<std::string>& requests() const { return requests_; }
  void forget_requests() { requests_.clear(); }
  // Connections accepted.
  int connections() const { return connections_; }
  // TLS handshakes among them that took up an earlier session.
  int resumed() const { return resumed_; }

 private:
  void start();
  boost::asio::awaitable<void> accept_all();
  boost::asio::awaitable<void> serve(std::unique_ptr<Connection> connection);
  boost::asio::awaitable<bool> send(Connection& connection, Reply reply);
  Reply next_reply(const std::string& head);

  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::ssl::context context_{boost::asio::ssl::context::tls_server};
  bool secure_ = false;
  std::map<std::string, std::deque<Reply>> script_;
  std::vector<std::string> requests_;
  int connections_ = 0;
  int resumed_ = 0;
};

}  // namespace tagscout
