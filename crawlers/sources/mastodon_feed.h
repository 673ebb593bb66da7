// How one tag of one instance, or a pack of them, is read: which page to ask for next, and what an
// answer means for the cursors. Pure: the time is an argument.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawlers/batch.h"
#include "crawlers/sources/mastodon_id.h"
#include "crawlers/sources/mastodon_pace.h"
#include "crawlers/sources/mastodon_parse.h"
#include "storage/model/time.h"

namespace tagscout {

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
  // Servers drop without a word what is asked for beyond this.
  static constexpr size_t tags_max = 4;

  // `stored`: the cursor as last committed, or null.
  MastodonFeed(std::string tag, const FeedCursor* stored, MastodonFeedOptions options);

  // One feed of all the tags of `feeds`, tags_max at most, that goes on at the least of their
  // cursors. Each of them must be packable, and one at least known to the server.
  static MastodonFeed pack(const std::vector<MastodonFeed>& feeds);
  // Each tag by itself again. A pack has read every one of its tags as far as its cursor.
  std::vector<MastodonFeed> unpack() const;

  std::vector<std::string> tags() const;  // ascending
  std::string name() const;               // "#knit #linen"

  // The tag that stands in the path of a request. A server that does not know it answers nothing,
  // whatever else is asked for, so that in a pack it is one that the server knows.
  const std::string& path_tag() const;
  bool known() const;  // whether that one is known

  // True if it may be read with others, and makes none of them start far back.
  bool packable() const { return snowflake_time(reach()).has_value(); }
  bool level_with(const MastodonFeed& other) const { return !id_.empty() && id_ == other.id_; }
  // See PollPace.
  Duration interval(Time now, Duration poll) const { return pace_.interval(now, poll); }

  // True once a page came up empty, or after rest(), until wake().
  bool idle() const { return idle_; }
  void rest() { idle_ = true; }
  void wake() { idle_ = false; }

  // Settles what the next page is; a gap is noted in the batch.
  void begin(const MastodonMoment& moment, Batch& batch);

  // After begin(): true if the next page follows the cursor. False: it is one of a way back.
  bool asks_forward() const { return !asks_walk_; }
  // Query of the next page.
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

  struct Member {
    std::string tag;
    bool known = false;  // the server has shown posts of it
  };

  // The id from which on it has to be read: after a long silence later than the last post.
  std::string reach() const;
  void learn(const MastodonPage& page, bool snowflakes);
  void check_gap(const MastodonMoment& moment, Batch& batch);
  void start(const MastodonMoment& moment);
  void take_forward(MastodonPage& page, const MastodonMoment& moment, Batch& batch);
  void take_walk(MastodonPage& page, const MastodonMoment& moment, Batch& batch);
  void come_up_empty(const MastodonMoment& moment, Batch& batch);
  void finish_walk(const MastodonMoment& moment, Batch& batch);
  void emit_cursor(Batch& batch) const;

  std::vector<Member> members_;  // ascending by tag
  MastodonFeedOptions options_;
  PollPace pace_;
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
