// What is remembered of one account, apart from its sums.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "storage/model/ids.h"
#include "storage/model/opt_out.h"
#include "storage/model/reading.h"
#include "storage/model/time.h"

namespace tagscout {

// Number of a name in one of the store's dictionaries. 0 stands for none.
using NameId = uint32_t;

// The band an account is in on one ladder, named by the band's lower edge.
struct BandState {
  NameId ladder = 0;
  int64_t from = 0;
  bool operator==(const BandState&) const = default;
};

// Counts as one place showed them last.
struct CountsReading {
  Counts counts;
  Time at{};
  Stamp stamp;
  Provenance provenance = Provenance::unknown;
  std::string source;  // the configured source that read it; "_home" if none did
  bool operator==(const CountsReading&) const = default;
};

// A suspicious reading that waits for a second one on the same side.
struct WaitingReading {
  int64_t followers = 0;
  Time since{};
  bool operator==(const WaitingReading&) const = default;
};

// When the account is to be read again at its origin, and how that went.
struct RefreshPlan {
  NameId host = 0;        // whose queue it stands in; 0 while nobody can be asked
  Time due_at{};          // meaningless while host is 0
  uint8_t urgency = 0;    // 0 first of all … 3 last
  uint16_t failures = 0;  // in a row
  Time failing_since{};   // of the first of these failures
  Time missing_since{};   // of the first 404 or 410 in a row; zero if none
  Time tried_at{};        // when its home last answered for it, or failed to
  bool operator==(const RefreshPlan&) const = default;
};

struct AccountFacts {
  AccountId id;
  std::string handle;  // user@host or a Bluesky handle; may be empty
  std::string display_name;
  std::string url;
  std::string home_id;  // the account's id at its home server, where that is not its uri
  Time first_seen_at{};
  Time last_seen_at{};
  bool verified = false;  // its origin has answered for it
  bool bridged = false;
  std::optional<bool> bot;
  OptOuts opt_outs;
  std::string moved_to;  // id of the successor that its home names; its bands stay as they are
  std::optional<AccountKey> moved_from;  // its predecessor, whose home names this account
  std::string origin_error;
  CountsReading origin;   // the last accepted origin reading; provenance unknown before the first
  CountsReading foreign;  // the last foreign or approximate one
  std::vector<BandState> bands;
  std::optional<WaitingReading> waiting;
  std::optional<Time> zero_since;  // a first 0 that waits for a second one
  RefreshPlan refresh;
  Time reading_kept_at{};  // of the newest row of the account's history
  int32_t flood_day = 0;   // days since the epoch
  uint16_t flood_posts = 0;
  std::vector<NameId> tags;     // every tag counted for it, ascending, at most 256
  std::vector<uint64_t> flags;  // ids of its flags, ascending
  Stamp handle_confirmed;
  Stamp changed;
  bool operator==(const AccountFacts&) const = default;
};

// Sums of what an account's posts contribute. Written as differences only.
struct AccountSums {
  int64_t posts_seen = 0;
  EngagementSums engagement;
  std::map<NameId, int64_t> tags;
  std::map<NameId, int64_t> niches;
  bool operator==(const AccountSums&) const = default;

  // Adds another's counters to these; entries that reach 0 vanish.
  void add(const AccountSums& other);
};

}  // namespace tagscout
