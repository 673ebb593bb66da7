#include "tests/support/testnet_web.h"

#include <algorithm>
#include <utility>

#include "crawlers/http_status.h"
#include "crawlers/url.h"

namespace tagscout::testnet {
namespace {

using boost::asio::awaitable;

// "host" or "host:port" of an origin.
std::string authority(const std::string& origin) { return origin.substr(origin.find("://") + 3); }

HttpResponse response_of(SiteReply reply, const std::string& url, Time now) {
  HttpResponse response;
  response.status = reply.status;
  response.headers = std::move(reply.headers);
  response.headers.emplace_back("Date", http_date(now));
  response.headers.emplace_back("Content-Type", reply.content_type);
  response.body = std::move(reply.body);
  response.url = url;
  return response;
}

Error unreachable(const std::string& url) {
  return Error(ErrorKind::transient, "cannot reach " + url_for_log(url));
}

}  // namespace

class TestnetWeb::Connection final : public WebSocket {
 public:
  Connection(TestnetWeb& web, std::unique_ptr<SiteStream> stream)
      : web_(web), stream_(std::move(stream)) {}

  awaitable<Result<std::vector<std::string>>> read(Duration patience) override {
    const Duration end = web_.clock_.steady() + patience;
    for (;;) {
      const Time now = web_.clock_.now();
      if (stream_->broken(now)) co_return Error(ErrorKind::transient, "connection lost");
      std::vector<std::string> frames = stream_->pull(now, web_.options_.frames_max);
      const Duration left = end - web_.clock_.steady();
      if (!frames.empty() || left <= Duration::zero()) co_return frames;
      co_await web_.clock_.sleep(std::min(left, web_.options_.stream_pause));
    }
  }

  awaitable<Result<void>> send(std::string text) override {
    const Time now = web_.clock_.now();
    if (stream_->broken(now)) co_return Error(ErrorKind::transient, "connection lost");
    stream_->hear(text, now);
    co_return Result<void>();
  }

 private:
  TestnetWeb& web_;
  std::unique_ptr<SiteStream> stream_;
};

void TestnetWeb::serve(const std::string& url, Site& site) {
  const auto parsed = parse_url(url);
  hosts_[authority(parsed ? parsed->origin() : url)].site = &site;
}

std::vector<WebRequest> TestnetWeb::requests(const std::string& part) const {
  std::vector<WebRequest> found;
  std::copy_if(requests_.begin(), requests_.end(), std::back_inserter(found),
               [&](const WebRequest& one) { return one.url.find(part) != std::string::npos; });
  return found;
}

awaitable<Result<HttpResponse>> TestnetWeb::get(HttpRequest request) {
  const size_t place = requests_.size();
  requests_.push_back({.at = clock_.now(), .url = request.url, .token = request.token});
  const auto url = parse_url(request.url);
  const auto host = url ? hosts_.find(authority(url->origin())) : hosts_.end();
  if (host == hosts_.end()) co_return unreachable(request.url);
  const InFlight counted(*host->second.site, host->second.in_flight);
  co_await clock_.sleep(options_.latency);
  Result<HttpResponse> answered = answer(host->second, request, url->target);
  if (answered) requests_[place].status = answered->status;
  co_return answered;
}

Result<HttpResponse> TestnetWeb::answer(Host& host, const HttpRequest& request,
                                        const std::string& target) {
  const Time now = clock_.now();
  const SiteRequest asked{
      .method = "GET", .target = target, .user_agent = options_.user_agent, .token = request.token};
  SiteReply reply = host.site->answer(asked, now);
  if (reply.hang_up) return unreachable(request.url);
  if (reply.cut_off) {
    return Error(ErrorKind::transient,
                 url_for_log(request.url) + ": cut off before the end of the answer");
  }
  return response_of(std::move(reply), request.url, now);
}

awaitable<Result<std::unique_ptr<WebSocket>>> TestnetWeb::connect(std::string url) {
  return connect_as(std::move(url), std::string());
}

awaitable<Result<std::unique_ptr<WebSocket>>> TestnetWeb::connect_as(std::string url,
                                                                     std::string token) {
  const size_t place = requests_.size();
  requests_.push_back({.at = clock_.now(), .url = url, .token = token});
  const auto parsed = parse_url(url);
  const auto host = parsed ? hosts_.find(authority(parsed->origin())) : hosts_.end();
  if (host == hosts_.end()) co_return unreachable(url);
  co_await clock_.sleep(options_.latency);
  const Time now = clock_.now();
  const SiteRequest asked{
      .method = "GET", .target = parsed->target, .user_agent = options_.user_agent, .token = token};
  std::unique_ptr<SiteStream> stream = host->second.site->subscribe(asked, now);
  if (stream) {
    requests_[place].status = 101;
    std::unique_ptr<WebSocket> connection = std::make_unique<Connection>(*this, std::move(stream));
    co_return connection;
  }
  SiteReply reply = host->second.site->refuse(asked, now);
  if (reply.hang_up) co_return unreachable(url);
  const HttpResponse refusal = response_of(std::move(reply), url, now);
  requests_[place].status = refusal.status;
  const auto error = status_error(refusal, now);
  co_return error ? *error : Error(ErrorKind::protocol, "answered as if it were a page");
}

}  // namespace tagscout::testnet
