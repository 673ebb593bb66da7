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

// The smallest of a list. Members with parameters are policies, "300, 300;w=60": they count only
// where nothing else is said.
std::optional<int64_t> count_of(std::string_view list) {
  constexpr double count_max = 1e15;
  std::optional<int64_t> plain;
  std::optional<int64_t> policy;
  while (!list.empty()) {
    const size_t end = std::min(list.find(','), list.size());
    const std::string_view member = list.substr(0, end);
    if (const auto value = leading_number(member)) {
      const auto count = static_cast<int64_t>(std::floor(std::clamp(*value, 0.0, count_max)));
      auto& smallest = member.find(';') == std::string_view::npos ? plain : policy;
      smallest = std::min(smallest.value_or(count), count);
    }
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return plain ? plain : policy;
}

Duration bounded(double seconds) {
  const double max = std::chrono::duration<double>(wait_max).count();
  return std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>(std::clamp(seconds, 0.0, max)));
}

// The window of a policy: "3000;w=300".
std::optional<Duration> window_of(std::string_view policy) {
  constexpr std::string_view key = ";w=";
  const size_t at = policy.find(key);
  if (at == std::string_view::npos) return {};
  const auto seconds = leading_number(policy.substr(at + key.size()));
  return seconds ? std::optional(bounded(*seconds)) : std::nullopt;
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
  std::optional<Duration> clear_in;
  std::optional<Duration> window;
  for (const std::string_view family : families) {
    const auto values = [&](std::string_view suffix) {
      return response.all_headers(std::string(family).append(suffix));
    };
    for (const auto text : values("Limit")) keep_smaller(found.limit, count_of(text));
    for (const auto text : values("Remaining")) keep_smaller(found.remaining, count_of(text));
    for (const auto text : values("Reset")) keep_larger(found.reset_in, reset_of(text, server_now));
    for (const auto text : values("Clear")) keep_larger(clear_in, reset_of(text, server_now));
    for (const auto text : values("Policy")) {
      keep_smaller(found.limit, count_of(text));
      keep_larger(window, window_of(text));
    }
  }
  // A bucket that is emptied says when the next request is taken (Reset) and when it is empty
  // (Clear). Where neither is said, a budget is renewed after its window at the latest.
  if (!found.reset_in) found.reset_in = clear_in;
  if (!found.reset_in && found.remaining) found.reset_in = window;
  for (const std::string_view text : response.all_headers("Retry-After")) {
    keep_larger(found.retry_in, retry_of(text, server_now));
  }
  return found;
}

std::optional<Time> server_time(const HttpResponse& response) {
  const auto date = parse_http_date(response.header("Date"));
  if (!date) return {};
  const auto age = leading_number(response.header("Age"));
  return *date + (age ? bounded(*age) : Duration(0));
}

}  // namespace tagscout
