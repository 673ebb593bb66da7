// What sightings of accounts change: facts, readings, bands, flags, and when to ask again.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "crawlers/batch.h"
#include "daemon/pipeline/ingest_options.h"
#include "daemon/pipeline/workspace.h"

namespace tagscout {

// The moment and the place of the batch that an event came in.
struct BatchOrigin {
  std::string source;
  Time now{};
  bool clock_right = false;
};

// An account that is known no more, as it was known.
struct Purged {
  AccountId id;
  std::string handle;
};

class AccountIngest {
 public:
  // Both outlive it.
  AccountIngest(Workspace& workspace, const IngestOptions& options);

  // True if the author is gone and stays so; a post shown by its own home revives one that was only
  // away.
  bool keeps_away(const AccountKey& key, const AccountSighting& author, bool home_shows_post,
                  Time now);

  // One sighting of a known account; false if it made the account go.
  bool see(AccountEntry& account, const AccountSighting& sighting, const BatchOrigin& batch);
  // A first sighting of an account: who is to be asked about it, and that it is due.
  void plan_first(AccountEntry& account, const BatchOrigin& batch);

  void apply(const AccountSighting& event, const BatchOrigin& batch);
  void apply(const AccountGone& event, const BatchOrigin& batch);
  void apply(const AccountActive& event);
  void apply(const AccountMissing& event, const BatchOrigin& batch);
  void apply(const AccountUnreadable& event, const BatchOrigin& batch);
  void apply(const HandleChanged& event);
  void apply(const FollowHint& event, const BatchOrigin& batch);

  // Puts the account into the band of the ladder that its last origin reading lies in; no flag.
  void recompute_band(AccountEntry& account, const std::string& ladder);

  // Erases all that is known of an account, hints included, and leaves its tombstone. A wish takes
  // the account that it moved to with it.
  void purge(const AccountKey& key, GoneReason reason, Time now);
  // Whom it has purged since this was last asked.
  std::vector<Purged> take_purged() { return std::exchange(purged_, {}); }
  // Forgets what an operator or a wish keeps away; false if nothing does.
  bool allow(const AccountId& id);

 private:
  // What streams hint at, and how often it was asked about: kept in memory only.
  struct Hint {
    int64_t change = 0;
    size_t asked = 0;    // readings since the hint that showed no crossing
    bool waits = false;  // a reading is due because of it
    Time hour{};
    int64_t extra = 0;  // early readings in that hour
  };

  AccountEntry* known(const AccountId& id);
  const std::vector<BandLadder>& ladders(const AccountId& id) const;
  void take_description(AccountEntry& account, const AccountSighting& sighting);
  void take_wishes(AccountFacts& facts, const AccountSighting& sighting);
  // What its home says of a move: see account_moves.cpp.
  void follow_move(AccountEntry& account, const AccountSighting& sighting);
  void part(const AccountKey& account, const std::string& successor);
  void hide_successor(const AccountFacts& facts);
  void purge_successor(const std::string& successor, GoneReason reason, Time now);
  bool was_flagged(const AccountFacts& facts, const std::string& ladder) const;
  void see_at_origin(AccountEntry& account, const AccountSighting& sighting,
                     const BatchOrigin& batch);
  void see_copy(AccountEntry& account, const AccountSighting& sighting, const BatchOrigin& batch);
  void accept_reading(AccountEntry& account, const Counts& counts, const BatchOrigin& batch);
  void keep_reading(AccountEntry& account, bool moved, const BatchOrigin& batch);
  bool move_bands(AccountEntry& account, std::optional<int64_t> before, const BatchOrigin& batch);
  void raise_flag(AccountEntry& account, Flag flag, const BatchOrigin& batch);
  void plan_next(AccountEntry& account, const BatchOrigin& batch);
  void ask_again_for_hint(AccountEntry& account, const BatchOrigin& batch);
  bool may_ask_early(Hint& hint, Time now) const;
  bool would_move(const AccountFacts& facts, int64_t followers);
  NameId home_queue(AccountFacts& facts);
  void set_origin_error(AccountFacts& facts, const std::string& why);
  Duration retry(const AccountEntry& account) const;

  Workspace& workspace_;
  const IngestOptions& options_;
  std::map<Network, std::vector<BandLadder>> ladders_;
  std::unordered_map<AccountKey, Hint> hints_;
  std::vector<Purged> purged_;
};

}  // namespace tagscout
