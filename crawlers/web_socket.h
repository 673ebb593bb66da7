// A stream of text messages from a server, read while the program is busy with earlier ones.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <vector>

#include "crawlers/address.h"
#include "crawlers/clock.h"
#include "crawlers/error.h"
#include "crawlers/proxy.h"

namespace tagscout {

// One open connection. Destroying it closes the connection at once.
class WebSocket {
 public:
  virtual ~WebSocket() = default;

  // All messages that have arrived since the last call, in order; waits for the first one at most
  // `patience` and then returns none. Pings are answered meanwhile, and between calls. Fails with
  // transient once the connection is lost, silent for longer than silence_max, or closed because
  // more than buffer_bytes_max waited here unread.
  virtual boost::asio::awaitable<Result<std::vector<std::string>>> read(Duration patience) = 0;

  // Sends one text message.
  virtual boost::asio::awaitable<Result<void>> send(std::string text) = 0;
};

struct WebSocketOptions {
  std::string user_agent;
  std::string ca_file;
  AllowPrivate allow_private;
  ProxyRules proxy = {};
  Duration connect = std::chrono::seconds(10);      // each of name, connection, TLS, upgrade
  Duration silence_max = std::chrono::seconds(60);  // without any frame, a ping included
  size_t message_bytes_max = 2u << 20;
  size_t buffer_bytes_max = 16u << 20;
};

// Opens connections; vets addresses and verifies certificates as Http does.
class WebSockets {
 public:
  virtual ~WebSockets() = default;

  // Connects to a wss:// URL (ws:// where allow_private names host:port). Fails with transient,
  // forbidden, or by the status that refused the upgrade (auth, not_found, rate_limited, …).
  virtual boost::asio::awaitable<Result<std::unique_ptr<WebSocket>>> connect(std::string url) = 0;

  // Likewise, with a user's token, which goes to that host alone.
  virtual boost::asio::awaitable<Result<std::unique_ptr<WebSocket>>> connect_as(
      std::string url, std::string token) = 0;
};

std::unique_ptr<WebSockets> make_web_sockets(boost::asio::any_io_executor executor,
                                             WebSocketOptions options, Clock& clock);

}  // namespace tagscout
