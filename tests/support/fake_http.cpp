#include "tests/support/fake_http.h"

#include <algorithm>

namespace tagscout {
namespace {

// Counts a request also when its coroutine is cancelled.
class InFlight {
 public:
  explicit InFlight(int& count) : count_(count) { ++count_; }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;
  ~InFlight() { --count_; }

 private:
  int& count_;
};

}  // namespace

HttpResponse FakeHttp::json(std::string body, Headers headers) {
  headers.emplace_back("Content-Type", "application/json; charset=utf-8");
  return status(200, std::move(body), std::move(headers));
}

HttpResponse FakeHttp::status(int status, std::string body, Headers headers) {
  HttpResponse response;
  response.status = status;
  response.headers = std::move(headers);
  response.body = std::move(body);
  if (response.header("Content-Type").empty()) {
    const bool like_json = response.body.starts_with('{') || response.body.starts_with('[');
    response.headers.emplace_back("Content-Type", like_json ? "application/json" : "text/html");
  }
  return response;
}

void FakeHttp::answer(const std::string& url, Result<HttpResponse> result) {
  script_[url].push_back(std::move(result));
}

boost::asio::awaitable<Result<HttpResponse>> FakeHttp::get(HttpRequest request) {
  requests_.push_back(request);
  Result<HttpResponse> result = find(request);
  if (clock_ != nullptr) {
    const InFlight counted(in_flight_);
    in_flight_max_ = std::max(in_flight_max_, in_flight_);
    co_await clock_->sleep(delay_);
  }
  if (result && result->url.empty()) result->url = request.url;
  co_return result;
}

Result<HttpResponse> FakeHttp::find(const HttpRequest& request) {
  const auto found = script_.find(request.url);
  if (found == script_.end()) {
    return otherwise_ ? otherwise_(request) : Result<HttpResponse>(status(404, "not here"));
  }
  Result<HttpResponse> result = found->second.front();
  if (found->second.size() > 1) found->second.pop_front();
  return result;
}

std::vector<std::string> FakeHttp::urls() const {
  std::vector<std::string> urls;
  for (const HttpRequest& request : requests_) {
    if (!request.url.ends_with("/robots.txt")) urls.push_back(request.url);
  }
  return urls;
}

}  // namespace tagscout
