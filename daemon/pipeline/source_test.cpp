#include "daemon/pipeline/source_test.h"

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <memory>
#include <utility>

namespace tagscout {
namespace {

using boost::asio::experimental::awaitable_operators::operator||;

constexpr Duration test_max = std::chrono::seconds(55);

// A phase that was passed took its time; the one that was not counts as not reached.
std::optional<Duration> passed(const HttpTimings& timings, std::string_view phase, Duration took) {
  constexpr std::string_view order[] = {"name", "connect", "tls", "request", "body"};
  const auto* const reached = std::find(std::begin(order), std::end(order), timings.phase);
  const auto* const asked = std::find(std::begin(order), std::end(order), phase);
  if (reached == std::end(order) || asked >= reached) return {};
  return took;
}

boost::asio::awaitable<void> test_host(std::string name, Fetcher& fetcher, std::string host,
                                       HostTest& test) {
  HttpTimings timings;
  const Result<HttpResponse> answer =
      co_await fetcher.probe(std::move(host), std::move(name), timings);
  test.name = passed(timings, "name", timings.name);
  test.connect = passed(timings, "connect", timings.connect);
  if (test.host.starts_with("https")) test.tls = passed(timings, "tls", timings.tls);
  test.first_byte = passed(timings, "request", timings.first_byte);
  test.failed.clear();
  test.error.clear();
  if (answer) {
    test.status = answer->status;
  } else {
    test.failed = timings.phase.empty() ? "turn" : timings.phase;
    test.error = answer.error().detail;
  }
}

boost::asio::awaitable<void> test_page(const SourceRunner& runner, const Clock& clock,
                                       SourceTest& test) {
  const std::unique_ptr<Source> source = runner.make_source();
  const Duration begun = clock.steady();
  const Result<Batch> batch = co_await source->next();
  if (batch) {
    test.page = clock.steady() - begun;
    test.page_events = static_cast<int64_t>(batch->events.size());
    test.page_error.clear();
  } else {
    test.page_error = batch.error().detail;
  }
}

boost::asio::awaitable<void> test_all(const SourceRunner& runner, Fetcher& fetcher,
                                      const Clock& clock, SourceTest& test) {
  for (HostTest& host : test.hosts) {
    co_await test_host(runner.section().name, fetcher, host.host, host);
  }
  co_await test_page(runner, clock, test);
}

}  // namespace

bool SourceTest::works() const {
  return page.has_value() && std::all_of(hosts.begin(), hosts.end(),
                                         [](const auto& host) { return host.failed.empty(); });
}

boost::asio::awaitable<SourceTest> test_source(const SourceRunner& runner, Fetcher& fetcher,
                                               Clock& clock) {
  SourceTest test;
  const std::string late =
      "no end within " + std::to_string(test_max / std::chrono::seconds(1)) + " s";
  for (const std::string& origin : runner.type().hosts(runner.section())) {
    if (!origin.starts_with("http")) continue;
    HostTest host;
    host.host = origin;
    host.failed = "turn";
    host.error = late;
    test.hosts.push_back(std::move(host));
  }
  test.page_error = late;
  co_await (test_all(runner, fetcher, clock, test) || clock.sleep(test_max));
  co_return test;
}

}  // namespace tagscout
