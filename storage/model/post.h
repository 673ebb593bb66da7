// What is remembered of one post, and what it has contributed to its account's sums.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "storage/model/account.h"
#include "storage/model/ids.h"
#include "storage/model/reading.h"
#include "storage/model/time.h"

namespace tagscout {

// When the post is to be read again, and how that went.
struct RereadPlan {
  NameId host = 0;        // whose queue it stands in; 0 when no re-read is to come
  Time due_at{};          // meaningless while host is 0
  uint16_t failures = 0;  // in a row
  Time failing_since{};
  Time missing_since{};  // of the first batch in a row that left it out; zero if none
  bool operator==(const RereadPlan&) const = default;
};

struct PostRecord {
  PostId id;
  std::string url;
  Time created_at{};  // as its author's server declares it
  Time first_seen_at{};
  std::string language;  // BCP 47; empty if unknown
  std::vector<NameId> tags;
  std::vector<NameId> niches;
  Engagement counts;  // what it has contributed
  Time counts_at{};
  Provenance provenance = Provenance::unknown;
  bool clock_right = false;  // the wall clock was trustworthy at counts_at
  Stamp stamp;               // of the best reading
  std::string rev;           // newest revision processed of it, on networks that have revisions
  RereadPlan reread;
  Stamp changed;
  bool operator==(const PostRecord&) const = default;

  // The moment from which ages count (exactness: created_at may lie in the future or be forged).
  Time born_at() const { return std::min(created_at, first_seen_at); }
};

// What is left of a deleted post, so that a replay does not bring it back.
struct PostStub {
  Engagement counts;
  std::string rev;
  bool deleted = true;
  bool operator==(const PostStub&) const = default;
};

}  // namespace tagscout
