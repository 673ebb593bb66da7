// What an answer says about the budget of its server, in whatever dialect.
#pragma once

#include <cstdint>
#include <optional>

#include "crawlers/http.h"
#include "storage/model/time.h"

namespace tagscout {

// Where several headers speak, the most pessimistic word of each kind. Times count from now, by the
// server's own clock where it tells it, and lie within [0, 24 h].
struct RateLimit {
  std::optional<int64_t> limit;
  std::optional<int64_t> remaining;
  std::optional<Duration> reset_in;
  std::optional<Duration> retry_in;  // Retry-After

  // How long a refused request has to wait; nothing if the server did not say.
  std::optional<Duration> wait() const;
};

// Reads -Limit, -Remaining, -Reset, -Clear and -Policy of X-RateLimit, RateLimit and X-Rate-Limit
// (times in ISO 8601, seconds or milliseconds since 1970, or seconds from now), however often each
// occurs, and Retry-After (seconds or an HTTP date). `now` is our own wall clock. What cannot be
// read counts as absent.
RateLimit read_rate_limit(const HttpResponse& response, Time now);

// What the server's clock shows: its Date, moved on by the Age of a cached answer.
std::optional<Time> server_time(const HttpResponse& response);

}  // namespace tagscout
