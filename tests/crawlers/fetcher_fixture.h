// What the tests of Fetcher share.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crawlers/fetcher.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_http.h"

namespace tagscout {

inline const std::string page = "https://a.test/api/v1/timelines/tag/x?limit=40";

class Counter final : public RequestObserver {
 public:
  void requested(std::string_view source, std::string_view outcome, Duration) override {
    lines.push_back(std::string(source) + ' ' + std::string(outcome));
  }
  std::vector<std::string> lines;
};

class FetcherTest : public testing::Test {
 protected:
  FetcherOptions options() {
    FetcherOptions result;
    result.allow_private.add("127.0.0.1:8080");
    return result;
  }
  void make(FetcherOptions with) {
    fetcher.emplace(http, clock, chance, std::move(with), &counter);
  }

  Result<HttpResponse> get(const std::string& url) {
    if (!fetcher) make(options());
    std::optional<Result<HttpResponse>> result;
    boost::asio::co_spawn(context, fetcher->get(HttpRequest(url), "src"),
                          [&](const std::exception_ptr& error, Result<HttpResponse> value) {
                            if (!error) result.emplace(std::move(value));
                          });
    clock.run(context);
    return result.value();
  }
  Result<HttpResponse> get_answered(HttpResponse response) {
    FakeHttp fresh;
    http = fresh;
    http.answer(page, std::move(response));
    FetcherOptions with = options();
    with.respect_robots = false;
    make(std::move(with));
    return get(page);
  }

  boost::asio::io_context context;
  FakeClock clock;
  FakeHttp http;
  Chance chance{1};
  Counter counter;
  std::optional<Fetcher> fetcher;
};

}  // namespace tagscout
