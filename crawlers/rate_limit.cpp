#include "crawlers/rate_limit.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>

#include "crawlers/http_time.h"

namespace tagscout {
namespace {

constexpr std::array<std::string_view, 3> families = {"X-RateLimit-", "RateLimit-",
                                                      "X-Rate-Limit-"};
constexpr Duration wait_max = std::chrono::hours(24);
// A number above these is a moment, not a span.
constexpr double epoch_milliseconds_min = 1e12;
constexpr double epoch_seconds_min = 1e9;

// The number at the start of "300", " 300, 300;w=60", "599.0"; at most nine digits would be usual,
// anything from a double will do.
std::optional<double> leading_number(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  double value = 0;
  const auto [stop, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc() || !std::isfinite(value)) return {};
  const std::string_view rest = text.substr(static_cast<size_t>(stop - text.data()));
  if (!rest.empty() && rest.find_first_of(" ,;") != 0) return {};
  return value;
}

std::optional<int64_t> count_of(std::string_view text) {
  constexpr double count_max = 1e15;
  const auto value = leading_number(text);
  if (!value) return {};
  return static_cast<int64_t>(std::floor(std::clamp(*value, 0.0, count_max)));
}

Duration bounded(double seconds) {
  const double max = std::chrono::duration<double>(wait_max).count();
  return std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>(std::clamp(seconds, 0.0, max)));
}

Duration bounded(Duration wait) { return std::clamp(wait, Duration(0), wait_max); }

std::optional<Time> moment_of(std::string_view text) {
  if (const auto time = parse_time(text)) return time;
  return parse_http_date(text);
}

std::optional<Duration> reset_of(std::string_view text, Time server_now) {
  if (const auto value = leading_number(text)) {
    const double now = static_cast<double>(to_us(server_now));
    if (*value > epoch_milliseconds_min) return bounded((*value * 1e3 - now) / 1e6);
    if (*value > epoch_seconds_min) return bounded((*value * 1e6 - now) / 1e6);
    return bounded(*value);
  }
  if (const auto time = moment_of(text)) return bounded(*time - server_now);
  return {};
}

std::optional<Duration> retry_of(std::string_view text, Time server_now) {
  if (const auto value = leading_number(text)) return bounded(*value);
  if (const auto time = parse_http_date(text)) return bounded(*time - server_now);
  return {};
}

template <class T>
void keep_smaller(std::optional<T>& kept, const std::optional<T>& found) {
  if (found && (!kept || *found < *kept)) kept = found;
}

template <class T>
void keep_larger(std::optional<T>& kept, const std::optional<T>& found) {
  if (found && (!kept || *found > *kept)) kept = found;
}

}  // namespace

std::optional<Duration> RateLimit::wait() const {
  std::optional<Duration> longest = retry_in;
  keep_larger(longest, reset_in);
  return longest;
}

RateLimit read_rate_limit(const HttpResponse& response, Time now) {
  const Time server_now = server_time(response).value_or(now);
  RateLimit found;
  for (const std::string_view family : families) {
    const std::string prefix(family);
    keep_smaller(found.limit, count_of(response.header(prefix + "Limit")));
    keep_smaller(found.remaining, count_of(response.header(prefix + "Remaining")));
    keep_larger(found.reset_in, reset_of(response.header(prefix + "Reset"), server_now));
  }
  found.retry_in = retry_of(response.header("Retry-After"), server_now);
  return found;
}

std::optional<Time> server_time(const HttpResponse& response) {
  const auto date = parse_http_date(response.header("Date"));
  if (!date) return {};
  const auto age = leading_number(response.header("Age"));
  return *date + (age ? bounded(*age) : Duration(0));
}

}  // namespace tagscout
