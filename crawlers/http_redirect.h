// The rules of being sent elsewhere.
#pragma once

#include <optional>

#include "crawlers/error.h"
#include "crawlers/http.h"

namespace tagscout {

// True if the answer sends us somewhere else.
bool leads_elsewhere(const HttpResponse& response);

// The request that `response` sends us to make instead of `request`: never from https to http, the
// token only within one origin. Fails with forbidden for a place that is not followed. Nothing if
// the answer is no redirect.
std::optional<Result<HttpRequest>> redirected(const HttpRequest& request,
                                              const HttpResponse& response);

}  // namespace tagscout
