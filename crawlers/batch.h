// What a source hands over: the seam between fetching and remembering. A batch has a codec, so that
// it can travel through a log; what ingest writes is a function of the store, the batches in order
// and the configuration alone.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawlers/event.h"
#include "storage/model/time.h"

namespace tagscout {

// How far a feed of a source has been read. `position` is the wall-clock time that the value stands
// for: everything of the feed before it has been handed over.
struct FeedCursor {
  std::string feed;   // a tag's key_exact, or the name of a stream
  std::string value;  // opaque
  Time position{};
  bool operator==(const FeedCursor&) const = default;
};

struct Batch {
  std::string source;         // the source's name; "_home" for readings at home servers
  Time now{};                 // when the answer was processed
  bool clock_right = false;   // the wall clock agreed with a server's within the last hour
  std::vector<Event> events;  // in the order in which they are to take effect
  std::vector<FeedCursor> cursors;
  std::map<std::string, int64_t> dropped;  // by reason
  std::vector<std::string> notes;          // what an operator should know, a line each: for the log
  // In the first batch of a source that may be given other feeds: all that it reads now.
  std::optional<std::vector<std::string>> feeds;
  bool caught_up = false;  // nothing more to get now: the runner waits for the poll interval
  bool operator==(const Batch&) const = default;
};

// The batch as bytes, and back. decode_batch returns nothing for bytes that are not one whole batch
// of this version; it never throws.
std::string encode_batch(const Batch& batch);
std::optional<Batch> decode_batch(std::string_view bytes);

}  // namespace tagscout
