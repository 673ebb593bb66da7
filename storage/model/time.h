// Points in time and spans of it, in microseconds since the Unix epoch, UTC.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tagscout {

using Duration = std::chrono::microseconds;
using Time = std::chrono::sys_time<Duration>;

// The moment `microseconds` after 1970-01-01T00:00:00Z.
constexpr Time time_from_us(int64_t microseconds) { return Time{Duration{microseconds}}; }

// Microseconds since 1970-01-01T00:00:00Z.
constexpr int64_t to_us(Time time) { return time.time_since_epoch().count(); }

// RFC 3339 in UTC with milliseconds and `Z`: "2026-11-22T19:05:00.123Z". Years outside 0000-9999
// are clamped to that range.
std::string format_time(Time time);

// Reads an RFC 3339 date-time (any fraction, `Z` or an offset, the offset's colon optional) or a
// bare date "2026-11-22" (midnight UTC). Nothing if the text is neither.
std::optional<Time> parse_time(std::string_view text);

}  // namespace tagscout
