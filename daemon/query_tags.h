// What is known of watched tags, as JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/database.h"
#include "storage/model/time.h"

namespace tagscout {

// A tag that is watched, with the niches that it is watched for.
struct WatchedTag {
  std::string exact;   // its key
  std::string folded;  // as servers that fold tags write it; may be the same
  std::vector<std::string> niches;
};

class TagQuery {
 public:
  // Both must outlive it. `now` is the moment that ages are counted to.
  TagQuery(const Reader& reader, const std::vector<WatchedTag>& watched, Time now)
      : reader_(reader), watched_(watched), now_(now) {}

  // {"items":[…],"next":null}: every watched tag, in order of key.
  std::string list() const;

  // One tag, with its days, sources and spellings; nothing if it is neither watched nor was ever.
  std::optional<std::string> tag(std::string_view exact, std::string_view folded) const;

 private:
  const WatchedTag* find(std::string_view exact) const;

  const Reader& reader_;
  const std::vector<WatchedTag>& watched_;
  Time now_;
};

}  // namespace tagscout
