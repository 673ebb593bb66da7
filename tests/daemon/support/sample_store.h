// A store in a fresh directory, filled row by row as ingest would.
#pragma once

#include <string>

#include "storage/database.h"
#include "storage/keys.h"
#include "storage/model/account.h"
#include "storage/model/band.h"
#include "storage/model/flag.h"
#include "storage/model/post.h"
#include "tests/storage/temporary_store.h"

namespace tagscout {

// 2026-11-22T12:00:00Z, the time at which FakeClock starts.
Time sample_now();

// nano, micro and mid of ladder "default", and "tiny" of ladder "fine".
std::vector<Band> sample_bands();

// A verified account with 12,000 followers in "micro". `name` makes its id, handle and url.
AccountFacts sample_account(const std::string& name);

// A mature post of that name with 30 likes, 12 reposts, 6 replies and no other counters.
PostRecord sample_post(const std::string& name);

// "rose" into default/micro.
Flag sample_flag(const AccountFacts& account);

class SampleStore final {
 public:
  SampleStore();

  Database& database() { return store_.database(); }
  const KeyHasher& hasher() const { return hasher_; }
  // For what else a test needs on disk.
  const std::string& directory() const { return directory_.path(); }

  NameId tag(const std::string& name) { return intern(NameKind::tag, name); }
  NameId niche(const std::string& name) { return intern(NameKind::niche, name); }
  NameId ladder(const std::string& name) { return intern(NameKind::ladder, name); }

  // Each replaces what was there. `band_from`: lower edge of its band on ladder "default".
  AccountKey put(AccountFacts facts, int64_t band_from = 10'000);
  void put(const AccountFacts& author, const PostRecord& record);
  void put(const AccountFacts& account, const CountsReading& reading);
  // Gives it the next id, which is returned.
  uint64_t put(Flag flag);
  // What purging leaves: a tombstone.
  void purge(const AccountFacts& facts);

 private:
  NameId intern(NameKind kind, const std::string& name);
  TemporaryDirectory directory_;
  TemporaryStore store_;
  KeyHasher hasher_;
};

}  // namespace tagscout
