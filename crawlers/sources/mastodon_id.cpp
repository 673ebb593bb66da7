#include "crawlers/sources/mastodon_id.h"

#include <algorithm>
#include <charconv>

namespace tagscout {
namespace {

// Snowflakes are milliseconds and 16 bits that tell posts of one millisecond apart.
constexpr int snowflake_shift = 16;
constexpr size_t snowflake_digits_min = 16;
constexpr size_t snowflake_digits_max = 18;

// A post pushed late bears the time of its arrival; most posts of a page are not late.
constexpr Duration snowflake_tolerance = std::chrono::hours(24);

bool is_decimal(std::string_view id) {
  return !id.empty() &&
         std::all_of(id.begin(), id.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool status_id_less(std::string_view a, std::string_view b) {
  if (a.size() != b.size() && is_decimal(a) && is_decimal(b)) return a.size() < b.size();
  return a < b;
}

std::string snowflake_id(Time time) {
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
  return std::to_string(std::max<int64_t>(ms, 0) << snowflake_shift);
}

std::optional<Time> snowflake_time(std::string_view id) {
  if (!is_decimal(id) || id.size() < snowflake_digits_min || id.size() > snowflake_digits_max) {
    return std::nullopt;
  }
  int64_t value = 0;
  std::from_chars(id.data(), id.data() + id.size(), value);
  return Time(std::chrono::milliseconds(value >> snowflake_shift));
}

bool has_snowflake_ids(const MastodonPage& page) {
  bool agrees = false;
  for (const MastodonStatus& row : page.rows) {
    const std::optional<Time> time = snowflake_time(row.id);
    if (!time) return false;
    if (!row.created_at) continue;
    agrees = agrees || std::chrono::abs(*time - *row.created_at) <= snowflake_tolerance;
  }
  return agrees;
}

}  // namespace tagscout
