#include "storage/model/time.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace tagscout {
namespace {

namespace chr = std::chrono;

// Reads exactly `digits` decimal digits at `at`; -1 if they are not there.
int read_number(std::string_view text, size_t at, size_t digits) {
  if (at + digits > text.size()) return -1;
  int value = 0;
  for (size_t i = at; i < at + digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

// Reads the fraction of a second that starts with '.' at `at`, and moves `at` behind it.
std::optional<Duration> read_fraction(std::string_view text, size_t& at) {
  if (at >= text.size() || text[at] != '.') return Duration{0};
  int64_t value = 0;
  int64_t unit = 1'000'000;
  const size_t first = ++at;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
    if (unit == 1) continue;  // finer than microseconds
    value = value * 10 + (text[at] - '0');
    unit /= 10;
  }
  if (at == first) return std::nullopt;
  return Duration{value * unit};
}

// Reads `Z` or an offset that ends the text.
std::optional<Duration> read_offset(std::string_view text) {
  if (text == "Z" || text == "z") return Duration{0};
  if (text.size() != 5 && text.size() != 6) return std::nullopt;
  if (text[0] != '+' && text[0] != '-') return std::nullopt;
  if (text.size() == 6 && text[3] != ':') return std::nullopt;
  const int hours = read_number(text, 1, 2);
  const int minutes = read_number(text, text.size() - 2, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  const Duration offset = chr::hours(hours) + chr::minutes(minutes);
  return text[0] == '-' ? -offset : offset;
}

}  // namespace

std::string format_time(Time time) {
  constexpr Time first = chr::sys_days(chr::year(0) / 1 / 1);
  constexpr Time last = chr::sys_days(chr::year(10000) / 1 / 1) - Duration{1};
  const Time shown = std::clamp(time, first, last);
  const auto day = chr::floor<chr::days>(shown);
  const chr::year_month_day date(day);
  const chr::hh_mm_ss clock(chr::floor<chr::milliseconds>(shown - day));
  std::array<char, 32> text{};
  const int length = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
      static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
      static_cast<int>(clock.subseconds().count()));
  return {text.data(), static_cast<size_t>(length)};
}

std::optional<Time> parse_time(std::string_view text) {
  const int year = read_number(text, 0, 4);
  const int month = read_number(text, 5, 2);
  const int day = read_number(text, 8, 2);
  if (year < 0 || month < 0 || day < 0 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const chr::year_month_day date(chr::year(year), chr::month(static_cast<unsigned>(month)),
                                 chr::day(static_cast<unsigned>(day)));
  if (!date.ok()) return std::nullopt;
  const Time midnight = chr::sys_days(date);
  if (text.size() == 10) return midnight;
  if (text[10] != 'T' && text[10] != 't' && text[10] != ' ') return std::nullopt;
  const int hour = read_number(text, 11, 2);
  const int minute = read_number(text, 14, 2);
  const int second = read_number(text, 17, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 ||
      text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  size_t at = 19;
  const std::optional<Duration> fraction = read_fraction(text, at);
  if (!fraction) return std::nullopt;
  const std::optional<Duration> offset = read_offset(text.substr(at));
  if (!offset) return std::nullopt;
  return midnight + chr::hours(hour) + chr::minutes(minute) + chr::seconds(second) + *fraction -
         *offset;
}

}  // namespace tagscout
