#include "config/units.h"

#include <array>
#include <charconv>
#include <chrono>
#include <limits>

namespace tagscout {
namespace {

struct Unit {
  std::string_view name;
  int64_t value;
};

// Largest first.
constexpr std::array<Unit, 5> time_units = {{{"d", 86'400'000'000},
                                             {"h", 3'600'000'000},
                                             {"m", 60'000'000},
                                             {"s", 1'000'000},
                                             {"ms", 1'000}}};

constexpr std::array<Unit, 5> size_units = {{{"TiB", int64_t{1} << 40},
                                             {"GiB", int64_t{1} << 30},
                                             {"MiB", int64_t{1} << 20},
                                             {"KiB", int64_t{1} << 10},
                                             {"B", 1}}};

constexpr int64_t duration_max_us = 36'500 * time_units[0].value;

// Takes digits off the front of `text`. Nothing if there are none, or too many.
std::optional<int64_t> take_number(std::string_view& text) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return {};
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return {};
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return number;
}

// Takes a unit of time off the front of `text`. Null if there is none.
const Unit* take_time_unit(std::string_view& text) {
  const Unit* found = nullptr;
  for (const Unit& unit : time_units) {
    if (text.starts_with(unit.name) && (found == nullptr || unit.name.size() > found->name.size()))
      found = &unit;
  }
  if (found != nullptr) text.remove_prefix(found->name.size());
  return found;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  if (text == "0") return Duration{};
  int64_t total = 0;
  const Unit* last = nullptr;
  do {
    const std::optional<int64_t> number = take_number(text);
    const Unit* unit = number ? take_time_unit(text) : nullptr;
    if (unit == nullptr || (last != nullptr && unit->value >= last->value)) return {};
    if (*number > (duration_max_us - total) / unit->value) return {};
    total += *number * unit->value;
    last = unit;
  } while (!text.empty());
  return Duration{total};
}

std::string format_duration(Duration duration) {
  std::string text;
  int64_t rest = duration.count();
  for (const Unit& unit : time_units) {
    if (rest >= unit.value) text += std::to_string(rest / unit.value).append(unit.name);
    rest %= unit.value;
  }
  return text.empty() ? "0s" : text;
}

std::optional<int64_t> parse_size(std::string_view text) {
  const std::optional<int64_t> number = take_number(text);
  if (!number || text.empty()) return number;
  for (const Unit& unit : size_units) {
    if (text != unit.name) continue;
    if (*number > std::numeric_limits<int64_t>::max() / unit.value) return {};
    return *number * unit.value;
  }
  return {};
}

std::string format_size(int64_t bytes) {
  for (const Unit& unit : size_units) {
    if (bytes >= unit.value && bytes % unit.value == 0)
      return std::to_string(bytes / unit.value).append(unit.name);
  }
  return std::to_string(bytes);
}

}  // namespace tagscout
