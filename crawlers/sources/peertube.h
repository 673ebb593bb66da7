// PeerTube: videos found by tag, counted at their home, with views.
#pragma once

#include "crawlers/source.h"

namespace tagscout {

extern const SourceType peertube_source_type;

}  // namespace tagscout
