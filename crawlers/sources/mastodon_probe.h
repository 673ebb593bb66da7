// Asks a server what it is, and remembers the answer for a day.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <unordered_map>

#include "crawlers/clock.h"
#include "crawlers/fetcher.h"
#include "crawlers/sources/mastodon_dialect.h"

namespace tagscout {

class MastodonProbe {
 public:
  // All outlive it.
  MastodonProbe(SoftwareProbe& software, Fetcher& fetcher, Clock& clock)
      : software_(software), fetcher_(fetcher), clock_(clock) {}

  // The dialect of a server (scheme and authority), asked of itself where that is not remembered:
  // its nodeinfo, and where that does not name software of the table, its description as an
  // instance. A server without either speaks no dialect, which is remembered for a shorter time. An
  // error stands for the server and is not remembered. Throws only operation_aborted.
  boost::asio::awaitable<Result<MastodonDialect>> learn(std::string server, std::string token,
                                                        std::string source);

  // What is remembered; the most careful row if nothing is. Of a server that would not have them,
  // without readings of several at once.
  MastodonDialect remembered(const std::string& server) const;

  // It did not know something that its dialect has: to be learned anew.
  void forget(const std::string& server);
  // It does not take readings of several at once, whatever it says that it is.
  void refuse_batches(const std::string& server);

 private:
  struct Memory {
    MastodonDialect dialect;
    Duration until{};          // by the steady clock
    Duration singles_until{};  // no readings of several at once before
  };

  // Nothing named: an instance that does not say what it runs. Error not_found: no instance.
  boost::asio::awaitable<Result<ServerSoftware>> ask_instance(std::string server, std::string token,
                                                              std::string source);
  void remember(const std::string& server, const MastodonDialect& dialect, Duration how_long);

  SoftwareProbe& software_;
  Fetcher& fetcher_;
  Clock& clock_;
  std::unordered_map<std::string, Memory> memory_;
};

}  // namespace tagscout
