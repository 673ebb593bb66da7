// How one tag of one instance is read: which page to ask for next, and what an answer means for
// the cursor. Pure: the time is an argument.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crawlers/batch.h"
#include "crawlers/sources/mastodon_parse.h"
#include "storage/model/time.h"

namespace tagscout {

// Order of post ids: decimal numbers by value, all others by their bytes. Beyond that ids are
// opaque.
bool status_id_less(std::string_view a, std::string_view b);

// The id that a snowflake server gives to a post that arrives at `time`.
std::string snowflake_id(Time time);

// The time in a snowflake id; nothing if it cannot be one.
std::optional<Time> snowflake_time(std::string_view id);

// True if the ids of a page carry times, and these agree with what the posts say of themselves.
bool has_snowflake_ids(const MastodonPage& page);

struct MastodonFeedOptions {
  Duration lookback{};  // how far back a tag without a cursor is read, and a sweep goes
  Duration sweep{};     // from one sweep to the next; 0 = none
  Duration catch_up{};  // further behind than this: start again at now - lookback
};

// What is known when a page is asked for or has come.
struct MastodonMoment {
  Time now{};
  bool clock_right = false;  // only then `now` is compared with what servers say
  bool snowflakes = false;   // the instance's ids carry times
  bool stale = false;        // the page came from a cache
};

// Forward, the feed walks without gaps: each page holds what follows the cursor immediately, and
// an empty one is the end. Where no id can stand for now - lookback it walks back from the head
// instead, and only then has a cursor. A sweep walks back likewise, in turn with forward pages,
// for the posts that a server inserts behind the cursor.
class MastodonFeed {
 public:
  // `stored`: the cursor as last committed, or null.
  MastodonFeed(std::string tag, const FeedCursor* stored, MastodonFeedOptions options);

  const std::string& tag() const { return tag_; }

  // True once a page came up empty, or after rest(), until wake().
  bool idle() const { return idle_; }
  void rest() { idle_ = true; }
  void wake() { idle_ = false; }

  // Settles what the next page is; a gap is noted in the batch.
  void begin(const MastodonMoment& moment, Batch& batch);

  // Query of the next page, after begin().
  std::string query() const;

  // Takes the page that was asked for: its posts, oldest first, and the cursor go to the batch.
  void take(MastodonPage page, const MastodonMoment& moment, Batch& batch);

 private:
  // A way back from the newest post to the horizon.
  struct Walk {
    Time started{};
    Time horizon{};
    std::string head;    // newest id met
    std::string before;  // what is older than this comes next; empty at first
    int pages = 0;
  };

  void check_gap(const MastodonMoment& moment, Batch& batch);
  void start(const MastodonMoment& moment);
  void take_forward(MastodonPage& page, const MastodonMoment& moment, Batch& batch);
  void take_walk(MastodonPage& page, const MastodonMoment& moment, Batch& batch);
  void come_up_empty(const MastodonMoment& moment, Batch& batch);
  void finish_walk(const MastodonMoment& moment, Batch& batch);
  void emit_cursor(Batch& batch) const;

  std::string tag_;
  MastodonFeedOptions options_;
  std::string id_;  // everything up to it has been handed over; empty before the first
  Time position_{};
  Time swept_at_{};
  bool stored_ = false;
  bool checked_ = false;    // for a gap
  bool restarted_ = false;  // because the server's ids are not those of the cursor
  bool idle_ = false;
  bool asks_walk_ = false;
  std::optional<Walk> walk_;
};

}  // namespace tagscout
