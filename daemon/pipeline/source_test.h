// Tries a configured source out beside its runner.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <vector>

#include "crawlers/clock.h"
#include "crawlers/fetcher.h"
#include "daemon/pipeline/source_runner.h"

namespace tagscout {

// What came of asking one server of a source.
struct HostTest {
  std::string host;
  std::optional<Duration> name;  // how long each phase took; absent if it was not reached
  std::optional<Duration> connect;
  std::optional<Duration> tls;
  std::optional<Duration> first_byte;
  int status = 0;  // of robots.txt; 0 = no answer
  std::string
      failed;  // the phase: "turn", "name", "connect", "tls", "request", "body"; empty = none
  std::string error;
};

// What came of trying a source out.
struct SourceTest {
  bool works() const;

  std::vector<HostTest> hosts;   // one for each server that is asked over HTTP
  std::optional<Duration> page;  // how long one page or stretch of stream took; absent if it failed
  int64_t page_events = 0;       // in it
  std::string page_error;
};

// Asks the servers of a source one by one, and reads one page, in their turn and as robots.txt
// allows, within a minute. What is read is thrown away. All of these outlive it. Throws only
// operation_aborted.
boost::asio::awaitable<SourceTest> test_source(const SourceRunner& runner, Fetcher& fetcher,
                                               Clock& clock);

}  // namespace tagscout
