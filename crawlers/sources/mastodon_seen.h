// The posts that one server has shown lately, by their ids there: a deletion names nothing else.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "crawlers/sources/mastodon_parse.h"
#include "storage/model/ids.h"

namespace tagscout {

class MastodonSeen {
 public:
  struct Post {
    PostId id;
    AccountId author;
    bool streamed = false;  // the stream has shown it, whoever was first
  };

  explicit MastodonSeen(size_t posts_max) : posts_max_(posts_max) {}

  // Remembers what the row shows. Beyond posts_max the oldest are forgotten.
  void add(const MastodonStatus& row, bool streamed);

  // True if the stream has shown the post.
  bool streamed(const std::string& id) const;

  // The post of that id, if it is known; it is forgotten.
  std::optional<Post> take(const std::string& id);

 private:
  size_t posts_max_;
  std::unordered_map<std::string, Post> posts_;
  std::deque<std::string> order_;  // ids as they came, some of them taken already
};

}  // namespace tagscout
