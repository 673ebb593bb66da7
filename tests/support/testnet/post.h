// The posts of the simulation, each with everything that will ever happen to it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/testnet/account.h"
#include "tests/support/testnet/options.h"
#include "tests/support/testnet/vocabulary.h"

namespace tagscout::testnet {

struct Post {
  uint32_t index = 0;
  uint32_t account = 0;
  Time created{};  // whole milliseconds
  TagSet tags = 0;
  TagSet tags_edited = 0;
  Time edited_at = never;
  Time deleted_at = never;
  // When an instance shows it; never if it does not.
  std::array<Time, instances_max> arrived = {never, never, never, never, never};
  // Bits of the instances that fetched it late and gave it an id by its age.
  uint8_t behind = 0;
  bool still = false;        // nothing happens to it: nobody could read it again
  bool by_page = false;      // only its page, which its home alone names, tells its id there
  Time served_at = never;    // when it was first shown with a watched tag
  Time served_home = never;  // likewise by its own server
  bool left_out = false;     // a batch has once forgotten it

  // When it was first shown by somebody who told how to read it again.
  Time readable_at() const { return by_page ? served_home : served_at; }

  bool odd_time = false;  // claims to be of another year
  // The edit takes the last watched tag away.
  bool loses_watched() const {
    return (tags & watched_tags) != 0 && (tags_edited & watched_tags) == 0;
  }
};

struct PostCounts {
  int64_t likes = 0;
  int64_t reposts = 0;
  int64_t replies = 0;
  int64_t quotes = 0;
  bool operator==(const PostCounts&) const = default;
};

// When the post says that it was made.
Time declared_at(const Post& post);

// "de" or "en".
std::string_view language_of(const Post& post);

// The post's tags at its own server. On a polled network an edit that hides the post from all
// watched tags waits until the post has surely been recorded, else truth would depend on luck.
TagSet tags_at(const Post& post, Time now, bool polled);

// When the post is deleted. Where only its page tells how to ask for it, deletions and edits wait
// until it has surely been recorded.
Time deleted_from(const Post& post);

// The post's counters at its own server: coming and going, and at rest from nine tenths of
// `rest_age` on.
PostCounts counts_at(const Post& post, Time now, Duration rest_age);

// The identifier in a post's URI: a snowflake on Mastodon, a TID on Bluesky.
uint64_t snowflake(Time at, uint32_t index);
std::string tid(Time at, uint32_t index);

// All posts, by time of creation. Every account that is special, and most others, have a post under
// a watched tag before `start`.
std::vector<Post> make_posts(const Options& options, const std::vector<Account>& accounts,
                             Time start);

}  // namespace tagscout::testnet
