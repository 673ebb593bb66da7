#include "crawlers/http_redirect.h"

#include "crawlers/http_status.h"
#include "crawlers/url.h"

namespace tagscout {
namespace {

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Error refused(const HttpResponse& response, const std::string& why) {
  return answer_error(ErrorKind::forbidden,
                      "redirect of " + url_for_log(response.url) + " not followed: " + why,
                      response);
}

}  // namespace

bool leads_elsewhere(const HttpResponse& response) {
  return is_redirect(response.status) && !response.header("Location").empty();
}

std::optional<Result<HttpRequest>> redirected(const HttpRequest& request,
                                              const HttpResponse& response) {
  const std::string_view location = response.header("Location");
  const auto from = parse_url(request.url);
  if (!leads_elsewhere(response) || !from) return {};
  const auto to = resolve_url(*from, location);
  if (!to || (to->scheme != "https" && to->scheme != "http")) {
    return refused(response, "it leads to no http or https URL");
  }
  if (from->secure() && !to->secure()) return refused(response, "from https to " + to->origin());
  HttpRequest next = request;
  next.url = to->text();
  next.etag.clear();
  next.modified.clear();
  if (to->origin() != from->origin()) next.token.clear();
  return Result<HttpRequest>(std::move(next));
}

}  // namespace tagscout
