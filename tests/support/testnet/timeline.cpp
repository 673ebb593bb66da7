#include "tests/support/testnet/timeline.h"

#include <algorithm>

namespace tagscout::testnet {
namespace {

bool before(const TimelineEntry& entry, uint64_t id) { return entry.id < id; }

// Above every id that has been given by then.
uint64_t end_of_ids(Time now) { return snowflake(now, 0) + 0x10000u; }

}  // namespace

uint64_t timeline_id(const Post& post, size_t place) {
  const bool fetched = (post.behind >> place & 1u) != 0;
  return snowflake(fetched ? post.created : post.arrived[place], post.index);
}

Timeline::Timeline(const std::vector<Post>& posts, size_t place) {
  for (const Post& post : posts) {
    if (post.arrived[place] == never) continue;
    entries_.push_back({timeline_id(post, place), post.index, post.arrived[place]});
  }
  std::sort(entries_.begin(), entries_.end(),
            [](const TimelineEntry& a, const TimelineEntry& b) { return a.id < b.id; });
}

std::vector<TimelineEntry> Timeline::page(const PageRequest& request, Time now,
                                          const std::function<bool(uint32_t)>& shows) const {
  const uint64_t end_id = std::min(request.max_id.value_or(UINT64_MAX), end_of_ids(now));
  const std::optional<uint64_t> after = request.min_id ? request.min_id : request.since_id;
  const auto first = after ? std::lower_bound(entries_.begin(), entries_.end(), *after + 1, before)
                           : entries_.begin();
  const auto last = std::lower_bound(entries_.begin(), entries_.end(), end_id, before);
  std::vector<TimelineEntry> page;
  if (request.min_id) {
    for (auto i = first; i < last && page.size() < request.limit; ++i) {
      if (i->arrived <= now && shows(i->post)) page.push_back(*i);
    }
    std::reverse(page.begin(), page.end());
    return page;
  }
  for (auto i = last; i > first && page.size() < request.limit;) {
    --i;
    if (i->arrived <= now && shows(i->post)) page.push_back(*i);
  }
  return page;
}

std::optional<uint32_t> Timeline::find(uint64_t id, Time now) const {
  const auto entry = std::lower_bound(entries_.begin(), entries_.end(), id, before);
  if (entry == entries_.end() || entry->id != id || entry->arrived > now) return {};
  return entry->post;
}

std::vector<TimelineEntry> Timeline::arrived(Time from, Time to) const {
  // Nothing is older than this when it is fetched.
  constexpr Duration late_max = std::chrono::minutes(1);
  std::vector<TimelineEntry> found;
  const uint64_t first = snowflake(from - late_max, 0);
  for (auto i = std::lower_bound(entries_.begin(), entries_.end(), first, before);
       i < entries_.end() && i->id < end_of_ids(to); ++i) {
    if (i->arrived > from && i->arrived <= to) found.push_back(*i);
  }
  return found;
}

}  // namespace tagscout::testnet
