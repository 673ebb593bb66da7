#include "crawlers/answer_cache.h"

#include <algorithm>
#include <array>

namespace tagscout {
namespace {

constexpr int ok = 200;
constexpr int not_modified = 304;

// What belongs to the body. Everything else tells of the moment.
constexpr std::array<const char*, 3> of_the_body = {"Content-Type", "ETag", "Last-Modified"};

HttpResponse confirmed(const HttpResponse& copy, const HttpResponse& fresh) {
  HttpResponse result;
  result.status = copy.status;
  result.body = copy.body;
  result.url = fresh.url;
  for (const char* const name : of_the_body) {
    const std::string_view value = copy.header(name);
    if (!value.empty()) result.headers.emplace_back(name, value);
  }
  result.headers.insert(result.headers.end(), fresh.headers.begin(), fresh.headers.end());
  return result;
}

}  // namespace

void AnswerCache::prepare(HttpRequest& request) {
  const auto found = copies_.find(request.url);
  if (found == copies_.end() || !request.token.empty()) return;
  request.etag = found->second.response.header("ETag");
  request.modified = found->second.response.header("Last-Modified");
}

void AnswerCache::complete(const HttpRequest& request, HttpResponse& response) {
  const bool prepared = !request.etag.empty() || !request.modified.empty();
  const auto found = copies_.find(request.url);
  if (response.status == not_modified && prepared && found != copies_.end()) {
    response = confirmed(found->second.response, response);
    found->second.used = ++uses_;
    return;
  }
  if (response.status != ok || !request.token.empty()) return;
  const bool named = !response.header("ETag").empty() || !response.header("Last-Modified").empty();
  if (!named || response.body.size() > body_bytes_max) {
    if (found != copies_.end()) copies_.erase(found);
    return;
  }
  if (found == copies_.end() && copies_.size() >= copies_max) {
    copies_.erase(std::min_element(
        copies_.begin(), copies_.end(),
        [](const auto& left, const auto& right) { return left.second.used < right.second.used; }));
  }
  copies_[request.url] = Copy{response, ++uses_};
}

}  // namespace tagscout
