// How one tag, in one spelling, was met through one source.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "storage/model/time.h"

namespace tagscout {

struct TagUse {
  struct Day {
    int32_t day = 0;    // UTC days since 1970
    int64_t posts = 0;  // recorded on it
    bool operator==(const Day&) const = default;
  };
  // Of so many days, those with posts, the counts are kept.
  static constexpr int32_t days_kept = 31;

  int64_t posts = 0;  // recorded first through that source, ever
  Time last_seen_at{};
  std::vector<Day> days;  // ascending
  bool operator==(const TagUse&) const = default;

  static int32_t day_of(Time at) {
    return static_cast<int32_t>(
        std::chrono::floor<std::chrono::days>(at).time_since_epoch().count());
  }

  // A post under the tag was shown at that moment; `is_new`: and recorded.
  void see(Time at, bool is_new) {
    last_seen_at = std::max(last_seen_at, at);
    if (!is_new) return;
    ++posts;
    const int32_t day = day_of(at);
    const auto place = std::lower_bound(days.begin(), days.end(), day,
                                        [](const Day& a, int32_t b) { return a.day < b; });
    if (place != days.end() && place->day == day) {
      ++place->posts;
    } else {
      days.insert(place, {day, 1});
    }
    while (days.front().day <= days.back().day - days_kept) days.erase(days.begin());
  }
};

}  // namespace tagscout
