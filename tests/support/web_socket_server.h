// A WebSocket server on loopback that does with each connection what the test says. It runs on the
// context of the test, which has to outlive it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <string>

#include "storage/model/time.h"

namespace tagscout {

// The server's side of one connection. Every function returns also if the client has gone.
class WebSocketPeer {
 public:
  virtual ~WebSocketPeer() = default;

  virtual boost::asio::awaitable<void> say(std::string text) = 0;
  virtual boost::asio::awaitable<void> say_binary(std::string bytes) = 0;
  virtual boost::asio::awaitable<void> ping(std::string payload) = 0;
  virtual boost::asio::awaitable<void> pause(Duration duration) = 0;
  // The next message of the client; empty once it has gone.
  virtual boost::asio::awaitable<std::string> hear() = 0;
  // True if what was heard last was text.
  virtual bool heard_text() const = 0;
  // Says goodbye.
  virtual boost::asio::awaitable<void> close() = 0;
  // Ends without a word.
  virtual void drop() = 0;
};

class WebSocketServer {
 public:
  using Play = std::function<boost::asio::awaitable<void>(WebSocketPeer&)>;

  // Accepts every upgrade; when `play` is done, reads on until the client goes.
  WebSocketServer(boost::asio::io_context& context, Play play);

  // "127.0.0.1:PORT", "ws://127.0.0.1:PORT/subscribe?cursor=5"
  std::string host_port() const;
  std::string url() const;

  // User-Agent, Authorization and target of the last upgrade.
  const std::string& agent() const { return agent_; }
  const std::string& authorization() const { return authorization_; }
  const std::string& target() const { return target_; }
  // Payload of the last pong.
  const std::string& pong() const { return pong_; }
  // Connections that ended.
  int ended() const { return ended_; }

 private:
  boost::asio::awaitable<void> accept_all();
  boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket socket);

  boost::asio::ip::tcp::acceptor acceptor_;
  Play play_;
  std::string agent_;
  std::string authorization_;
  std::string target_;
  std::string pong_;
  int ended_ = 0;
};

}  // namespace tagscout
