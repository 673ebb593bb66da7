// Http without a network: answers by URL from a script, and remembers what was asked.
//
//   FakeHttp http;
//   http.answer("https://a.test/api/v1/x", FakeHttp::json("[]"));
//   http.answer("https://a.test/api/v1/x", FakeHttp::status(503, "<html>"));   // the next time
//
// Answers of one URL are used up in order, the last one stays. A URL without a script of its own
// goes to `otherwise`, and without that is a 404.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "crawlers/clock.h"
#include "crawlers/http.h"

namespace tagscout {

class FakeHttp final : public Http {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;
  using Responder = std::function<Result<HttpResponse>(const HttpRequest&)>;

  // With a clock each answer takes `delay` of its time.
  FakeHttp() = default;
  FakeHttp(Clock& clock, Duration delay) : clock_(&clock), delay_(delay) {}

  // A 200 of application/json.
  static HttpResponse json(std::string body, Headers headers = {});
  // Any status; `headers` in front of a Content-Type of text/html or, if the body starts like
  // JSON, application/json. A Content-Type among `headers` stands instead.
  static HttpResponse status(int status, std::string body, Headers headers = {});

  void answer(const std::string& url, Result<HttpResponse> result);
  void otherwise(Responder responder) { otherwise_ = std::move(responder); }

  boost::asio::awaitable<Result<HttpResponse>> get(HttpRequest request) override;

  // Everything asked, in order; robots.txt included.
  const std::vector<HttpRequest>& requests() const { return requests_; }
  // URLs asked, robots.txt left out.
  std::vector<std::string> urls() const;
  // How many requests were under way at the same time, at most.
  int in_flight_max() const { return in_flight_max_; }

 private:
  Result<HttpResponse> find(const HttpRequest& request);

  Clock* clock_ = nullptr;
  Duration delay_{};
  std::map<std::string, std::deque<Result<HttpResponse>>> script_;
  Responder otherwise_;
  std::vector<HttpRequest> requests_;
  int in_flight_ = 0;
  int in_flight_max_ = 0;
};

}  // namespace tagscout
