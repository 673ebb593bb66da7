// What software a server runs, as it says itself: asked once, remembered for a day.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "crawlers/clock.h"
#include "crawlers/error.h"
#include "crawlers/fetcher.h"

namespace tagscout {

struct ServerSoftware {
  std::string name;     // lower case; empty if it does not say
  std::string version;  // as written
};

// GET /.well-known/nodeinfo: the address of the newest nodeinfo document, if it lies at `server`
// (scheme and authority). Nothing if there is none.
Result<std::optional<std::string>> parse_nodeinfo_index(std::string_view body,
                                                        std::string_view server);

// A nodeinfo document.
Result<ServerSoftware> parse_nodeinfo(std::string_view body);

class SoftwareProbe {
 public:
  // Both outlive it.
  SoftwareProbe(Fetcher& fetcher, Clock& clock) : fetcher_(fetcher), clock_(clock) {}

  // What the server (scheme and authority) says that it runs; nothing named where it does not say,
  // which is remembered for a shorter time. An error stands for the server, and is not remembered.
  // `source` labels the requests. Throws only operation_aborted.
  boost::asio::awaitable<Result<ServerSoftware>> learn(std::string server, std::string source);

  // What is remembered; nothing named if nothing is.
  ServerSoftware remembered(const std::string& server) const;

  // To be learned anew.
  void forget(const std::string& server) { memory_.erase(server); }

 private:
  struct Memory {
    ServerSoftware software;
    Duration until{};  // by the steady clock
  };
  boost::asio::awaitable<Result<ServerSoftware>> ask(std::string server, std::string source);
  void remember(const std::string& server, const ServerSoftware& software);

  Fetcher& fetcher_;
  Clock& clock_;
  std::unordered_map<std::string, Memory> memory_;
};

}  // namespace tagscout
