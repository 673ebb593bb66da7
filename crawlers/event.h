// What can be learned from one answer: sightings of accounts and posts, and what became of them.
#pragma once

#include <optional>
#include <string>
#include <variant>
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

// The stream, or the post's origin asked for it singly, says that it is deleted.
struct PostDeleted {
  PostId id;
  AccountId author;
  std::string rev;  // of a stream event; else empty
  bool operator==(const PostDeleted&) const = default;
};

// A batch re-read answered for others but left this one out.
struct PostMissing {
  PostId id;
  AccountId author;
  bool operator==(const PostMissing&) const = default;
};

// A re-read that was due failed, for a reason that lies with its host.
struct PostUnreadable {
  PostId id;
  AccountId author;
  std::string why;
  bool operator==(const PostUnreadable&) const = default;
};

struct AccountGone {
  AccountId id;
  GoneReason reason = GoneReason::deleted;
  Time at{};  // when, by the stream's own account of it; zero where it was polled
  bool operator==(const AccountGone&) const = default;
};

// The stream says that the account is active (again).
struct AccountActive {
  AccountId id;
  Time at{};  // as in AccountGone
  bool operator==(const AccountActive&) const = default;
};

// Its home answered 404 or 410 for it, while it answered others.
struct AccountMissing {
  AccountId id;
  bool operator==(const AccountMissing&) const = default;
};

// An origin reading that was due failed. `refused`: for good, until the host is asked again.
struct AccountUnreadable {
  AccountId id;
  std::string why;
  bool refused = false;
  bool operator==(const AccountUnreadable&) const = default;
};

struct HandleChanged {
  AccountId id;
  std::string handle;
  bool operator==(const HandleChanged&) const = default;
};

// Somebody followed (+1) this account: a hint, never stored.
struct FollowHint {
  AccountId id;
  int64_t change = 1;
  bool operator==(const FollowHint&) const = default;
};

// Whom a handle stands for, where servers name the author of a post by no more than that.
struct HandleResolved {
  std::string handle;  // user@domain
  AccountId id;        // empty: nobody, or it cannot be found out
  bool operator==(const HandleResolved&) const = default;
};

using Event = std::variant<PostSighting, AccountSighting, PostDeleted, PostMissing, PostUnreadable,
                           AccountGone, AccountActive, AccountMissing, AccountUnreadable,
                           HandleChanged, FollowHint, HandleResolved>;

}  // namespace tagscout
