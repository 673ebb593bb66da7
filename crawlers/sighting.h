// What one answer shows of accounts and posts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/model/ids.h"
#include "storage/model/opt_out.h"
#include "storage/model/reading.h"
#include "storage/model/time.h"

namespace tagscout {

// One sighting of an account, as complete as the answer that showed it.
struct AccountSighting {
  AccountId id;        // empty where the server names no actor uri: identity unknown
  std::string handle;  // user@host or a Bluesky handle; empty if not shown
  std::string display_name;
  std::string url;
  std::string home_id;                          // its id at its home server; only from an origin
  Counts counts;                                // negative or hidden counts are absent
  Provenance provenance = Provenance::unknown;  // of the counts and of everything else here
  std::optional<bool> bot;
  std::optional<bool> discoverable;  // what it says; absent = not stated
  OptOuts opt_outs;                  // wishes seen, of noindex, no_unauth, nobot_tag, label_hide,
                                     // locked, suspended
  std::string moved_to;              // account id of its successor; empty if none
  bool bridged = false;
  bool bare = false;  // only its id, perhaps its handle, is known: nothing else is to be taken
  bool operator==(const AccountSighting&) const = default;
};

// One sighting of a post.
struct PostSighting {
  PostId id;
  AccountSighting author;
  std::string url;
  Time created_at{};
  std::string language;
  std::optional<std::vector<std::string>> tags;  // key_exact each, once; absent = not said
  std::string queried_tag;  // key_exact of the tag asked for, where lists carry no tags; else empty
  bool folded = false;      // the server folds tags (platforms of the Mastodon family)
  std::optional<Engagement> counts;  // absent = this answer carries none
  Provenance provenance = Provenance::unknown;
  std::string rev;      // revision of a stream event; else empty
  bool reread = false;  // the answer to a re-read
  bool operator==(const PostSighting&) const = default;
};

}  // namespace tagscout
