// What can be learned from one answer: sightings of accounts and posts, and what became of them.
#pragma once

#include <string>
#include <variant>

#include "crawlers/sighting.h"
#include "storage/model/ids.h"
#include "storage/model/opt_out.h"
#include "storage/model/time.h"

namespace tagscout {

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

// A re-read that was due failed, for a reason that lies with its host. `refused`: another try would
// fail in the same way.
struct PostUnreadable {
  PostId id;
  AccountId author;
  std::string why;
  bool refused = false;
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

// Whom a handle (user@domain) stands for; an empty id: nobody, or it cannot be found out.
struct HandleResolved {
  std::string handle;
  AccountId id;
  bool operator==(const HandleResolved&) const = default;
};

using Event = std::variant<PostSighting, AccountSighting, PostDeleted, PostMissing, PostUnreadable,
                           AccountGone, AccountActive, AccountMissing, AccountUnreadable,
                           HandleChanged, FollowHint, HandleResolved>;

}  // namespace tagscout
