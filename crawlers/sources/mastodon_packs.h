// Which feeds are read together. Pure.
#pragma once

#include <cstddef>
#include <vector>

#include "crawlers/sources/mastodon_feed.h"

namespace tagscout {

// The places of `feeds` that are to become one feed each, in groups of two and more; feeds that
// are in none stay as they are. A full pack stays as it is, and each group has a feed whose tag the
// server knows: without one it would answer nothing.
std::vector<std::vector<size_t>> plan_packs(const std::vector<const MastodonFeed*>& feeds);

}  // namespace tagscout
