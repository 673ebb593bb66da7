// What the tests of Http over loopback share.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "crawlers/http.h"
#include "tests/support/fake_clock.h"
#include "tests/support/loopback_server.h"
#include "tests/support/run.h"

namespace tagscout {

class HttpTest : public testing::Test {
 protected:
  HttpTest() {
    options.user_agent = "tagscout/0.1.0 (+ops@a.test)";
    options.allow_private.add(server.host_port());
    options.limits.first_byte = std::chrono::seconds(2);
    options.limits.total = std::chrono::seconds(4);
  }

  Result<HttpResponse> get(const std::string& target, const std::string& token = {}) {
    if (!http) http = make_http(context.get_executor(), options, clock);
    return run_to_end(context, http->get(HttpRequest(server.origin() + target, token)));
  }
  ErrorKind kind_of(const std::string& target) { return get(target).error().kind; }

  boost::asio::io_context context;
  FakeClock clock;
  LoopbackServer server{context};
  HttpOptions options;
  std::unique_ptr<Http> http;
};

}  // namespace tagscout
