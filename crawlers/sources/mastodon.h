// Mastodon and the servers that speak its API: tag timelines polled one by one, accounts and posts
// read again at their own server.
#pragma once

#include "crawlers/source.h"

namespace tagscout {

extern const SourceType mastodon_source_type;

}  // namespace tagscout
