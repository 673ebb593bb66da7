// Accounts, posts and flags as the JSON objects that operators see.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/json_writer.h"
#include "daemon/judge/engagement.h"
#include "storage/account_store.h"
#include "storage/database.h"
#include "storage/keys.h"
#include "storage/model/account.h"
#include "storage/model/band.h"
#include "storage/model/flag.h"
#include "storage/model/post.h"

namespace tagscout {

// What the operator's configuration adds to what the store holds.
struct QueryOptions {
  std::vector<Band> bands;
  MaturityRules maturity;
};

// The band that a state stands for; null if the configuration names none.
const Band* find_band(const std::vector<Band>& bands, std::string_view ladder, int64_t from,
                      std::string_view account_id);

// Whether lists, exports and searches by handle may show the account.
bool is_listed(const AccountFacts& facts);

class QueryObjects {
 public:
  // Both must outlive it.
  QueryObjects(const Reader& reader, const QueryOptions& options, Time now)
      : reader_(reader), options_(options), now_(now) {}

  void account(JsonWriter& json, const AccountKey& key, const AccountFacts& facts) const;
  // The same with its newest readings and posts.
  void account_in_full(JsonWriter& json, const AccountKey& key, const AccountFacts& facts) const;
  void post(JsonWriter& json, const AccountId& author, const PostRecord& record) const;
  static void flag(JsonWriter& json, const Flag& flag);

 private:
  void account_fields(JsonWriter& json, const AccountKey& key, const AccountFacts& facts) const;
  void bands(JsonWriter& json, const AccountFacts& facts) const;
  void sums(JsonWriter& json, const AccountKey& key, const AccountFacts& facts) const;
  void counted(JsonWriter& json, NameKind kind, const std::map<NameId, int64_t>& counts) const;
  void recent_posts(JsonWriter& json, const AccountKey& key, const AccountFacts& facts) const;
  const std::string& name(NameKind kind, NameId id) const;

  const Reader& reader_;
  const QueryOptions& options_;
  Time now_;
  // Names met before: the same few tags and niches come back in every object of a page.
  mutable std::map<std::pair<NameKind, NameId>, std::string> names_;
};

}  // namespace tagscout
