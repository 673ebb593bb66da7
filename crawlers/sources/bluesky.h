// Bluesky: posts, deletions and follows from a Jetstream, profiles and counts from an AppView.
#pragma once

#include "crawlers/source.h"

namespace tagscout {

extern const SourceType bluesky_source_type;

}  // namespace tagscout
