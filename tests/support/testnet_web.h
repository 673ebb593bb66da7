// The simulated network as crawlers reach it, without sockets: whoever asks is answered by the site
// of that host, at the time of the clock.
//
//   TestnetWeb web(clock);
//   web.serve("https://loom.example", site);      // https, http, wss and ws of that host
//   Fetcher fetcher(web, clock, chance, options, nullptr);
//   SourceTools tools{fetcher, web, clock, chance, software};
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "crawlers/clock.h"
#include "crawlers/http.h"
#include "crawlers/web_socket.h"
#include "tests/support/testnet/site.h"

namespace tagscout::testnet {

struct WebOptions {
  std::string user_agent = "tagscout-test (+ada@ops.example)";
  Duration latency = std::chrono::milliseconds(20);        // of every answer and upgrade
  Duration stream_pause = std::chrono::milliseconds(100);  // a waiting stream looks again
  size_t frames_max = 256;                                 // that one read returns
};

// What was asked, and the status it was answered with: 101 for an upgrade, 0 if it broke.
struct WebRequest {
  Time at{};
  std::string url;
  std::string token;
  int status = 0;
};

class TestnetWeb final : public Http, public WebSockets {
 public:
  // `clock` must outlive it.
  explicit TestnetWeb(Clock& clock, WebOptions options = {})
      : clock_(clock), options_(std::move(options)) {}

  // The host of this URL is `site`, which must outlive it. Others cannot be reached.
  void serve(const std::string& url, Site& site);

  // Breaks as the real one does: transient where an answer is cut off or does not come.
  boost::asio::awaitable<Result<HttpResponse>> get(HttpRequest request) override;

  boost::asio::awaitable<Result<std::unique_ptr<WebSocket>>> connect(std::string url) override;
  boost::asio::awaitable<Result<std::unique_ptr<WebSocket>>> connect_as(std::string url,
                                                                        std::string token) override;

  // Everything asked, in order.
  const std::vector<WebRequest>& requests() const { return requests_; }
  // Those among them whose URL contains `part`.
  std::vector<WebRequest> requests(const std::string& part) const;

 private:
  class Connection;

  struct Host {
    Site* site = nullptr;
    int in_flight = 0;
  };
  Result<HttpResponse> answer(Host& host, const HttpRequest& request, const std::string& target);

  Clock& clock_;
  WebOptions options_;
  std::map<std::string, Host> hosts_;  // by authority
  std::vector<WebRequest> requests_;
};

}  // namespace tagscout::testnet
