// What one commit window has touched: the transaction, the accounts in it as values, and the caches
// of what the store holds. Everything here is thrown away with a window that fails.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/judge/band_ladder.h"
#include "storage/database.h"
#include "storage/keys.h"
#include "storage/model/account.h"
#include "storage/model/flag.h"
#include "storage/model/post.h"
#include "storage/records.h"

namespace tagscout {

// An account that the open window has read or made.
struct AccountEntry {
  AccountKey key;
  std::optional<AccountFacts> stored;  // as the indexes in the store know it; none for a new one
  AccountFacts facts;
  AccountSums delta;  // what the window adds to its sums
  bool changed = false;
};

// Something is due in a host's queue at that time, or earlier than was known.
struct HostDue {
  NameId host = 0;
  Time at{};
};

// What the window has done, for those who are told after its commit.
struct WindowEffects {
  struct SourceCounts {
    int64_t posts = 0;      // sightings
    int64_t posts_new = 0;  // recorded for the first time
    int64_t readings = 0;   // sightings of accounts with counts
  };
  std::map<std::string, SourceCounts> sources;
  std::map<std::string, int64_t> dropped;  // by reason
  std::vector<Flag> flags;
  uint64_t last_flag = 0;  // the highest id ever given, of this window or an earlier one
  std::vector<HostDue> due;
  std::vector<std::string> unresolved;  // handles that posts wait for
  std::vector<std::string> notes;       // one line each, for the log
};

class Workspace {
 public:
  // Reads the caches from the store. The database must outlive it. Throws DatabaseError.
  explicit Workspace(Database& database);

  Transaction& transaction() { return *transaction_; }
  const KeyHasher& hasher() const { return hasher_; }
  WindowEffects& effects() { return effects_; }

  // The next stamp of this window.
  Stamp next_stamp();
  // Stamps and keys used so far, and those that the accounts touched will take.
  size_t size() const { return stamps_ + transaction_->size() + accounts_.size() * 6; }

  // The account, or null if the store does not know it. Valid until commit() or purge().
  AccountEntry* find(const AccountKey& key);
  // The account, made if it is new.
  AccountEntry& find_or_make(const AccountKey& key, const AccountId& id, Time now);

  // Writes a post's record over `before` (nothing if it is new), its queue entry and the difference
  // that it makes to its account's sums.
  void put_post(AccountEntry& account, const PostKey& key, const std::optional<PostRecord>& before,
                const PostRecord& record);
  // Leaves a stub of a post and takes its contribution out.
  void delete_post(AccountEntry& account, const PostKey& key, const PostRecord& record,
                   const std::string& rev);

  // Numbers the flag and stores it.
  void add_flag(AccountEntry& account, Flag flag);

  // Erases all that is known of the account and leaves its tombstone.
  void purge(const AccountKey& key, GoneReason reason, Time now);
  // Why the account is gone, if it is.
  std::optional<GoneReason> gone(const AccountKey& key) const;
  // Lets it come back.
  void revive(const AccountKey& key);

  NameId intern(NameKind kind, const std::string& name);
  StoreCounts& counts() { return counts_; }

  // Writes everything, synced, and opens the next window. Throws DatabaseError; then this object
  // is to be thrown away, and whether the window is on disk only the store can tell.
  WindowEffects commit();

 private:
  void open_window();
  void flush(AccountEntry& entry);
  void flush_handle(const AccountEntry& entry);
  void erase_rows(Column column, const std::string& prefix);
  void forget_posts(const AccountKey& key);

  Database& database_;
  KeyHasher hasher_;
  std::optional<Transaction> transaction_;
  std::unordered_map<AccountKey, AccountEntry> accounts_;
  std::unordered_map<AccountKey, GoneReason> gone_;
  std::map<std::pair<NameKind, std::string>, NameId> names_;
  StoreCounts counts_;
  uint64_t window_ = 0;
  uint64_t next_flag_ = 1;
  size_t stamps_ = 0;  // given in the open window
  WindowEffects effects_;
};

}  // namespace tagscout
