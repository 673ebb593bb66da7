// What kind of failure an answer is.
#pragma once

#include <optional>
#include <string>

#include "crawlers/error.h"
#include "crawlers/http.h"

namespace tagscout {

// True if the Content-Type is JSON: application/json or any +json.
bool claims_json(const HttpResponse& response);

// The failure that the status stands for: 401, and 403 or 422 for want of a user: auth; 403:
// forbidden; 404, 410: not_found; 429: rate_limited; 408, 425, 5xx: transient; other 4xx:
// bad_request; anything else but 2xx: protocol. Nothing for 2xx. `until` is set where the server
// named a time; `now` is our wall clock.
std::optional<Error> status_error(const HttpResponse& response, Time now);

// An error that carries the status and the first 4 KiB of the body.
Error answer_error(ErrorKind kind, std::string detail, const HttpResponse& response);

// scheme, host and path of a URL, at most 200 bytes: fit for a line of the log.
std::string url_for_log(const std::string& url);

}  // namespace tagscout
