// The posts that one Mastodon instance knows, in order of its own ids, and pages of them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "tests/support/testnet/post.h"

namespace tagscout::testnet {

// Where a page lies; ids are the instance's own. `min_id` rules out `since_id`.
struct PageRequest {
  std::optional<uint64_t> max_id;    // older than this
  std::optional<uint64_t> since_id;  // the newest ones of those newer than this
  std::optional<uint64_t> min_id;    // the oldest ones of those newer than this
  size_t limit = 20;
};

struct TimelineEntry {
  uint64_t id = 0;  // the instance's own
  uint32_t post = 0;
  Time arrived{};
};

// The id that an instance gives to a post that arrives there.
uint64_t timeline_id(const Post& post, size_t place);

class Timeline {
 public:
  // The posts that ever arrive at that instance.
  Timeline(const std::vector<Post>& posts, size_t place);

  // The page as it stands at `now`, newest first, of the entries that `shows` admits.
  std::vector<TimelineEntry> page(const PageRequest& request, Time now,
                                  const std::function<bool(uint32_t post)>& shows) const;

  // The post with that id, if it has arrived by `now`.
  std::optional<uint32_t> find(uint64_t id, Time now) const;

  // What arrived after `from`, up to `to`.
  std::vector<TimelineEntry> arrived(Time from, Time to) const;

 private:
  std::vector<TimelineEntry> entries_;  // ascending by id
};

}  // namespace tagscout::testnet
