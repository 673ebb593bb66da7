#include "crawlers/sources/mastodon_packs.h"

#include <algorithm>

namespace tagscout {

std::vector<std::vector<size_t>> plan_packs(const std::vector<const MastodonFeed*>& feeds) {
  struct Group {
    std::vector<size_t> places;
    size_t tags = 0;
  };
  std::vector<size_t> order(feeds.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  // Large ones first, so that what was together stays together.
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return feeds[a]->tags().size() > feeds[b]->tags().size();
  });
  size_t open = 0;  // tags that are not in a full pack
  for (const MastodonFeed* const feed : feeds) {
    if (feed->tags().size() < MastodonFeed::tags_max) open += feed->tags().size();
  }
  const size_t wanted = (open + MastodonFeed::tags_max - 1) / MastodonFeed::tags_max;
  std::vector<Group> groups;
  std::vector<size_t> rest;
  for (const size_t place : order) {
    const size_t size = feeds[place]->tags().size();
    if (size >= MastodonFeed::tags_max) continue;
    if (groups.size() < wanted && feeds[place]->known()) {
      groups.push_back({.places = {place}, .tags = size});
    } else {
      rest.push_back(place);
    }
  }
  for (const size_t place : rest) {
    const size_t size = feeds[place]->tags().size();
    const auto group = std::find_if(groups.begin(), groups.end(), [size](const Group& each) {
      return each.tags + size <= MastodonFeed::tags_max;
    });
    if (group == groups.end()) continue;
    group->places.push_back(place);
    group->tags += size;
  }
  std::vector<std::vector<size_t>> packs;
  for (Group& group : groups) {
    if (group.places.size() > 1) packs.push_back(std::move(group.places));
  }
  return packs;
}

}  // namespace tagscout
