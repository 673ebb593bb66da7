#include "crawlers/http_time.h"

#include <array>
#include <charconv>
#include <vector>

namespace tagscout {
namespace {

constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// The parts between blanks, commas and hyphens: in all three forms the same fields, in two orders.
std::vector<std::string_view> split(std::string_view text) {
  constexpr std::string_view separators = " ,-";
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(separators), text.size());
    if (end > 0) parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, ec] = std::from_chars(text.data(), end, value);
  if (ec != std::errc() || stop != end || value < 0) return {};
  return value;
}

std::optional<Duration> time_of_day(std::string_view text) {
  if (text.size() != 8 || text[2] != ':' || text[5] != ':') return {};
  const auto hour = number(text.substr(0, 2));
  const auto minute = number(text.substr(3, 2));
  const auto second = number(text.substr(6, 2));
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) return {};
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
}

std::optional<int> month_of(std::string_view text) {
  for (size_t i = 0; i < months.size(); ++i) {
    if (text == months[i]) return static_cast<int>(i) + 1;
  }
  return {};
}

std::optional<Time> combine(std::string_view day, std::string_view month, std::string_view year,
                            std::string_view clock) {
  const auto d = number(day);
  const auto m = month_of(month);
  auto y = number(year);
  const auto since_midnight = time_of_day(clock);
  if (!d || !m || !y || !since_midnight || *y > 9999) return {};
  if (year.size() == 2) *y += *y < 70 ? 2000 : 1900;
  const auto date = std::chrono::year(*y) / *m / *d;
  if (!date.ok()) return {};
  return Time(std::chrono::sys_days(date)) + *since_midnight;
}

// A hyphen joins day, month and year of the second form; elsewhere it would be a sign.
bool hyphens_join(std::string_view text) {
  constexpr std::string_view separators = " ,-";
  for (size_t at = text.find('-'); at != std::string_view::npos; at = text.find('-', at + 1)) {
    const bool inside = at > 0 && at + 1 < text.size();
    if (!inside || separators.find(text[at - 1]) != std::string_view::npos ||
        separators.find(text[at + 1]) != std::string_view::npos) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<Time> parse_http_date(std::string_view text) {
  if (!hyphens_join(text)) return {};
  const auto parts = split(text);
  if (parts.size() == 6 && parts[5] == "GMT") {
    return combine(parts[1], parts[2], parts[3], parts[4]);
  }
  if (parts.size() == 5) return combine(parts[2], parts[1], parts[4], parts[3]);
  return {};
}

}  // namespace tagscout
