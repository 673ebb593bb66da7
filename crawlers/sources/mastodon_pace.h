// How often a feed is worth asking, by what it has yielded. Pure.
#pragma once

#include <deque>

#include "storage/model/time.h"

namespace tagscout {

// Below this a poll interval is used as it is given.
constexpr Duration adaptive_poll_min = std::chrono::seconds(60);
constexpr Duration adaptive_poll_max = std::chrono::minutes(30);

class PollPace {
 public:
  // Nothing of the feed is newer than `time`, as far as is known.
  void quiet_since(Time time);

  // A post came in at `time`. Only what is newer than all before counts.
  void arrived(Time time);

  // What another feed has yielded counts for this one as well.
  void join(const PollPace& other);

  // The time in which half a page is to be expected: twenty times the median time between the last
  // posts, or as long as it has been silent, whichever is longer; from `poll` (at least 60 s) to
  // 30 min. A `poll` below 60 s, or above 30 min, is the interval itself.
  Duration interval(Time now, Duration poll) const;

 private:
  Duration median_gap() const;

  std::deque<Time> arrivals_;  // ascending, the newest
  Time newest_{};              // of them, or since when the feed is known to be quiet
};

}  // namespace tagscout
