// Http with manners: one request in flight per host, gaps and budgets kept, robots.txt honoured,
// and every status turned into the kind of failure it is.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crawlers/chance.h"
#include "crawlers/clock.h"
#include "crawlers/error.h"
#include "crawlers/host_report.h"
#include "crawlers/http.h"

namespace tagscout {

struct FetcherOptions {
  Duration gap = std::chrono::seconds(3);     // least time between two requests to one host
  std::map<std::string, Duration> host_gaps;  // by Url::origin(); overrides `gap`
  AllowPrivate allow_private;                 // hosts without built-in budgets
  bool respect_robots = true;
  std::string robots_name = "tagscout";  // our name in robots.txt
  // Whether a redirect may lead from another host to this one (Url::origin()).
  std::function<bool(const std::string&)> may_lead_to = [](const std::string&) { return true; };
};

// Told of every request that was sent.
class RequestObserver {
 public:
  virtual ~RequestObserver() = default;
  // `outcome` is "ok" or an error kind's name.
  virtual void requested(std::string_view source, std::string_view outcome, Duration took) = 0;
};

class Fetcher {
 public:
  // All of these outlive it. `observer` may be null.
  Fetcher(Http& http, Clock& clock, Chance& chance, FetcherOptions options,
          RequestObserver* observer);
  ~Fetcher();

  // Waits for the host's turn, asks, learns budgets, the server's clock and refusals from the
  // answer. Follows at most five redirects, each as a request of its own with the turn, the gap and
  // the robots.txt of the host it leads to; none from https to http or to a host that may not be
  // asked, and the token stays with its origin. Succeeds for 2xx with a body that claims to be JSON
  // (whatever accept names). Errors: 401, and 403 or 422 for want of a user: auth; 403, robots.txt
  // and a redirect not followed: forbidden; 404, 410: not_found; 429, and a host that rests for
  // more than 2 min (which is then not asked): rate_limited; other 4xx: bad_request; 408, 425, 5xx
  // and a wrong content type: transient. `source` labels the request in metrics. Throws only
  // operation_aborted.
  boost::asio::awaitable<Result<HttpResponse>> get(HttpRequest request, std::string source);

  // Asks a host (Url::origin()) for its robots.txt, on a connection of its own, when it is its
  // turn; the host is taken by the answer from then on. `timings` outlives it, and their phase
  // stays empty if the turn did not come. Errors as of get(), but statuses are none.
  boost::asio::awaitable<Result<HttpResponse>> probe(std::string origin, std::string source,
                                                     HttpTimings& timings);

  // Budget of a host (Url::origin()) as last announced by it; empty if it announced none.
  HostBudget budget(const std::string& origin) const;

  // All that is known of a host (Url::origin()).
  HostReport report(const std::string& origin) const;

  // True while a server's Date (or note_server_time) of the last hour agreed with ours within 1 h.
  bool clock_right() const;

  // A server's own idea of now, from a stream.
  void note_server_time(Time server_time);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// True if the answer came from a cache that may be stale: `Age` above 60 s, or a `Warning: 110`.
// Such an answer is a foreign reading.
bool from_stale_cache(const HttpResponse& response);

}  // namespace tagscout
