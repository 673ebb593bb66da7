// Frames of a Jetstream (v1 wire), as events. Nearly all of them concern nobody: that is decided on
// the parsed frame, before anything of it is copied.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crawlers/error.h"
#include "crawlers/event.h"
#include "crawlers/json.h"
#include "crawlers/tag.h"

namespace tagscout {

class JetstreamReader {
 public:
  explicit JetstreamReader(WatchedTags tags) : tags_(std::move(tags)) {}

  // Appends what the frame says, and returns its time_us; 0 for a frame of an unknown kind without
  // one. New posts are handed over if they carry a watched tag; changes and deletions always, for
  // the post may be known. Fails with protocol, and appends nothing, if it cannot be read.
  Result<int64_t> read(std::string_view frame, std::vector<Event>& events);

 private:
  void read_commit(const JsonValue& root, std::vector<Event>& events);
  void read_post(const JsonValue& root, std::vector<Event>& events);
  bool carries_watched_tag(const JsonValue& record);

  WatchedTags tags_;
  JsonParser parser_;
  std::string key_;  // of the tag being looked at
};

}  // namespace tagscout
