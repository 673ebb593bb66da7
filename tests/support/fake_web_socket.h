// WebSockets without a network: each connection plays the next script of its address.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crawlers/clock.h"
#include "crawlers/web_socket.h"

namespace tagscout {

// What one connection does.
struct FakeStream {
  std::optional<Error> refused;                 // connect() fails so
  std::vector<std::vector<std::string>> reads;  // what each read() returns
  std::optional<Error> end;  // then read() fails so; absent = it waits out its patience
};

class FakeWebSockets final : public WebSockets {
 public:
  // `clock` passes the patience of reads that find nothing.
  explicit FakeWebSockets(Clock& clock) : clock_(clock) {}

  // The next connection to this address (a URL without its query) plays `stream`. Without a script
  // connecting fails with transient.
  void script(const std::string& address, FakeStream stream);

  boost::asio::awaitable<Result<std::unique_ptr<WebSocket>>> connect(std::string url) override;

  boost::asio::awaitable<Result<std::unique_ptr<WebSocket>>> connect_as(std::string url,
                                                                        std::string token) override;

  // The URLs connected to, whole and in order, with their tokens, and the messages sent on any
  // connection.
  const std::vector<std::string>& urls() const { return urls_; }
  const std::vector<std::string>& tokens() const { return tokens_; }
  const std::vector<std::string>& sent() const { return sent_; }
  // Connections that have not been destroyed.
  int open() const { return open_; }

 private:
  class Connection;

  Clock& clock_;
  std::map<std::string, std::deque<FakeStream>> scripts_;
  std::vector<std::string> urls_;
  std::vector<std::string> tokens_;
  std::vector<std::string> sent_;
  int open_ = 0;
};

}  // namespace tagscout
