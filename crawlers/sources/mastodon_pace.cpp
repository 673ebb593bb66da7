#include "crawlers/sources/mastodon_pace.h"

#include <algorithm>
#include <vector>

namespace tagscout {
namespace {

constexpr size_t arrivals_max = 41;  // a page, and the post before it
constexpr int half_page = 20;

}  // namespace

void PollPace::quiet_since(Time time) { newest_ = std::max(newest_, time); }

void PollPace::arrived(Time time) {
  if (!arrivals_.empty() && time <= arrivals_.back()) return;
  arrivals_.push_back(time);
  if (arrivals_.size() > arrivals_max) arrivals_.pop_front();
  newest_ = std::max(newest_, time);
}

void PollPace::join(const PollPace& other) {
  std::deque<Time> both;
  std::merge(arrivals_.begin(), arrivals_.end(), other.arrivals_.begin(), other.arrivals_.end(),
             std::back_inserter(both));
  while (both.size() > arrivals_max) both.pop_front();
  arrivals_ = std::move(both);
  newest_ = std::max(newest_, other.newest_);
}

Duration PollPace::median_gap() const {
  std::vector<Duration> gaps;
  for (size_t i = 1; i < arrivals_.size(); ++i) gaps.push_back(arrivals_[i] - arrivals_[i - 1]);
  if (gaps.empty()) return Duration::zero();
  const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2);
  std::nth_element(gaps.begin(), middle, gaps.end());
  return *middle;
}

Duration PollPace::interval(Time now, Duration poll) const {
  if (poll < adaptive_poll_min || poll >= adaptive_poll_max || newest_ == Time()) return poll;
  const Duration between = std::min<Duration>(median_gap(), adaptive_poll_max);
  return std::clamp<Duration>(std::max<Duration>(half_page * between, now - newest_), poll,
                              adaptive_poll_max);
}

}  // namespace tagscout
