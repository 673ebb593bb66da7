#include "crawlers/http_status.h"

#include <algorithm>
#include <array>

#include "crawlers/rate_limit.h"

namespace tagscout {
namespace {

constexpr size_t body_bytes_kept = 4096;
constexpr size_t url_bytes_shown = 200;

// Servers that want a user say so with any of 401, 403 and 422; the text tells this from a refusal
// of another kind.
constexpr std::array<std::string_view, 3> wants_user = {
    "requires an authenticated user", "outside the authorized scopes", "insufficient scope"};

bool for_want_of_user(const HttpResponse& response) {
  const std::string_view body = std::string_view(response.body).substr(0, body_bytes_kept);
  return std::any_of(wants_user.begin(), wants_user.end(), [&](std::string_view text) {
    return body.find(text) != std::string_view::npos;
  });
}

ErrorKind kind_of(const HttpResponse& response) {
  switch (response.status) {
    case 401:
      return ErrorKind::auth;
    case 403:
      return for_want_of_user(response) ? ErrorKind::auth : ErrorKind::forbidden;
    case 422:
      return for_want_of_user(response) ? ErrorKind::auth : ErrorKind::bad_request;
    case 404:
    case 410:
      return ErrorKind::not_found;
    case 429:
      return ErrorKind::rate_limited;
    case 408:
    case 425:
      return ErrorKind::transient;
    default:
      if (response.status >= 500 && response.status < 600) return ErrorKind::transient;
      if (response.status >= 400 && response.status < 500) return ErrorKind::bad_request;
      return ErrorKind::protocol;
  }
}

// A refusal for asking too often may name its end in any header; an overloaded server only means it
// if it says Retry-After.
std::optional<Duration> named_wait(const HttpResponse& response, ErrorKind kind, Time now) {
  if (kind == ErrorKind::rate_limited) return read_rate_limit(response, now).wait();
  if (kind == ErrorKind::transient) return read_rate_limit(response, now).retry_in;
  return {};
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::string_view HttpResponse::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [&](const auto& field) { return same_name(field.first, name); });
  return found == headers.end() ? std::string_view() : found->second;
}

std::vector<std::string_view> HttpResponse::all_headers(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [header_name, value] : headers) {
    if (same_name(header_name, name)) values.push_back(value);
  }
  return values;
}

bool claims_json(const HttpResponse& response) {
  const std::string_view header = response.header("Content-Type");
  std::string type(header.substr(0, header.find(';')));
  type.erase(std::remove_if(type.begin(), type.end(), [](char c) { return c == ' ' || c == '\t'; }),
             type.end());
  std::transform(type.begin(), type.end(), type.begin(), lower);
  return type == "application/json" || type == "text/json" || type.ends_with("+json");
}

std::optional<Error> status_error(const HttpResponse& response, Time now) {
  if (response.status >= 200 && response.status < 300) return {};
  const ErrorKind kind = kind_of(response);
  Error error = answer_error(
      kind, url_for_log(response.url) + " answered " + std::to_string(response.status), response);
  if (const auto wait = named_wait(response, kind, now)) {
    error.until = now + *wait;
    error.detail += ", not before " + format_time(*error.until);
  }
  return error;
}

Error answer_error(ErrorKind kind, std::string detail, const HttpResponse& response) {
  Error error(kind, std::move(detail));
  error.status = response.status;
  error.body = response.body.substr(0, body_bytes_kept);
  return error;
}

std::string url_for_log(const std::string& url) {
  std::string text = url.substr(0, std::min(url.find_first_of("?#"), url_bytes_shown));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c <= ' ' || c >= '\x7f'; }, '?');
  return text;
}

}  // namespace tagscout
