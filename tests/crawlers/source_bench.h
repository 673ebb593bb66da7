// Everything a source or an origin works with, without a network, for its tests.
#pragma once

#include <boost/asio/io_context.hpp>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "crawlers/source.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_http.h"
#include "tests/support/fake_web_socket.h"
#include "tests/support/run.h"

namespace tagscout {

// The bytes of a file under tests/fixtures/.
inline std::string read_fixture(const std::string& name) {
  std::ifstream file(std::string(TAGSCOUT_FIXTURES) + "/" + name, std::ios::binary);
  if (!file) throw std::runtime_error("no fixture " + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The Date header of the fake clock's first hour: with it the wall clock counts as right.
inline std::pair<std::string, std::string> date_header() {
  return {"Date", "Sun, 22 Nov 2026 12:00:00 GMT"};
}

// An answer of JSON from a server whose clock agrees with ours.
inline HttpResponse dated_json(std::string body) {
  return FakeHttp::json(std::move(body), {date_header()});
}

struct SourceBench {
  SourceBench() {
    FetcherOptions options;
    options.gap = Duration::zero();
    options.respect_robots = false;
    // Built-in budgets are for public hosts; here nothing is to wait.
    for (const char* const host : {"home.example", "away.example", "view.example"}) {
      options.allow_private.add(std::string(host) + ":443");
    }
    fetcher = std::make_unique<Fetcher>(http, clock, chance, std::move(options), nullptr);
    software = std::make_unique<SoftwareProbe>(*fetcher, clock);
  }

  SourceTools tools() { return {*fetcher, web_sockets, clock, chance, *software}; }

  template <class T>
  T run(boost::asio::awaitable<T> work) {
    return run_to_end(context, std::move(work));
  }

  boost::asio::io_context context;
  FakeClock clock{FakeClock::Mode::at_once};
  FakeHttp http;
  FakeWebSockets web_sockets{clock};
  Chance chance{1};
  std::unique_ptr<Fetcher> fetcher;
  std::unique_ptr<SoftwareProbe> software;
};

// The events of one type in a batch, in order.
template <class T>
std::vector<T> events_of(const Batch& batch) {
  std::vector<T> found;
  for (const Event& event : batch.events) {
    if (const T* const one = std::get_if<T>(&event)) found.push_back(*one);
  }
  return found;
}

}  // namespace tagscout
