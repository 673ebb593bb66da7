#include <algorithm>

#include "crawlers/source.h"
#include "crawlers/sources/bluesky.h"
#include "crawlers/sources/mastodon.h"
#include "crawlers/sources/peertube.h"

namespace tagscout {

const std::vector<const SourceType*>& source_types() {
  static const std::vector<const SourceType*> types{&bluesky_source_type, &mastodon_source_type,
                                                    &peertube_source_type};
  return types;
}

const SourceType* find_source_type(std::string_view name) {
  const std::vector<const SourceType*>& types = source_types();
  const auto found = std::find_if(types.begin(), types.end(), [name](const SourceType* type) {
    return type->schema.type == name;
  });
  return found == types.end() ? nullptr : *found;
}

}  // namespace tagscout
