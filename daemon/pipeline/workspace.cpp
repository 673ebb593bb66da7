#include "daemon/pipeline/workspace.h"

#include <algorithm>

#include "storage/account_store.h"
#include "storage/flag_store.h"
#include "storage/meta_store.h"
#include "storage/name_store.h"
#include "storage/post_store.h"

namespace tagscout {
namespace {

constexpr size_t names_cached_max = 100'000;
constexpr size_t stamps_per_number = UINT16_MAX;

// What a post adds to its account's sums.
AccountSums contribution(const PostRecord& record) {
  AccountSums sums;
  sums.posts_seen = 1;
  sums.engagement.add(record.counts, 1);
  for (const NameId tag : record.tags) sums.tags[tag] = 1;
  for (const NameId niche : record.niches) sums.niches[niche] = 1;
  return sums;
}

AccountSums negated(AccountSums sums) {
  sums.posts_seen = -sums.posts_seen;
  EngagementSums engagement;
  for (auto [to, from] : {std::pair{&engagement.likes, sums.engagement.likes},
                          {&engagement.reposts, sums.engagement.reposts},
                          {&engagement.replies, sums.engagement.replies},
                          {&engagement.quotes, sums.engagement.quotes},
                          {&engagement.views, sums.engagement.views}}) {
    *to = -from;
  }
  sums.engagement = engagement;
  for (auto& [name, count] : sums.tags) count = -count;
  for (auto& [name, count] : sums.niches) count = -count;
  return sums;
}

// For ever outranks a wish, a wish outranks what passes by itself.
int rank(GoneReason reason) {
  switch (reason) {
    case GoneReason::deactivated:
    case GoneReason::suspended:
      return 0;
    case GoneReason::noindex:
    case GoneReason::label:
    case GoneReason::bio_marker:
      return 1;
    case GoneReason::operator_list:
      return 2;
    case GoneReason::deleted:
    case GoneReason::vanish:
    case GoneReason::forgotten:
      return 3;
  }
  return 3;
}

}  // namespace

Workspace::Workspace(Database& database) : database_(database), hasher_(database.secret()) {
  for (const auto& [key, tombstone] : meta::tombstones(database)) gone_[key] = tombstone.reason;
  counts_ = meta::counts(database);
  next_flag_ = flags::next_id(database);
  window_ = meta::window(database);
  open_window();
}

void Workspace::open_window() {
  ++window_;
  stamps_ = 0;
  transaction_.emplace(database_);
  accounts_.clear();
  effects_ = {};
}

Stamp Workspace::next_stamp() {
  // A step larger than a window is meant to be takes the numbers of several.
  const size_t used = stamps_++;
  return {window_ + used / stamps_per_number, static_cast<uint16_t>(used % stamps_per_number + 1)};
}

AccountEntry* Workspace::find(const AccountKey& key) {
  const auto known = accounts_.find(key);
  if (known != accounts_.end()) return &known->second;
  std::optional<AccountFacts> facts = accounts::facts(*transaction_, key);
  if (!facts) return nullptr;
  AccountEntry entry;
  entry.key = key;
  entry.facts = *facts;
  entry.stored = std::move(facts);
  return &accounts_.emplace(key, std::move(entry)).first->second;
}

AccountEntry& Workspace::find_or_make(const AccountKey& key, const AccountId& id, Time now) {
  if (AccountEntry* known = find(key)) return *known;
  AccountEntry entry;
  entry.key = key;
  entry.facts.id = id;
  entry.facts.first_seen_at = now;
  entry.facts.last_seen_at = now;
  entry.facts.moved_from = meta::predecessor(*transaction_, key);
  entry.changed = true;
  ++counts_.accounts;
  return accounts_.emplace(key, std::move(entry)).first->second;
}

void Workspace::put_post(AccountEntry& account, const PostKey& key,
                         const std::optional<PostRecord>& before, const PostRecord& record) {
  if (before) {
    account.delta.add(negated(contribution(*before)));
    if (before->reread.host != 0) transaction_->remove(Column::due, keys::due(before->reread, key));
  } else {
    ++counts_.posts;
  }
  account.delta.add(contribution(record));
  if (record.reread.host != 0) {
    transaction_->put(Column::due, keys::due(record.reread, key), {});
    effects_.due.push_back({record.reread.host, record.reread.due_at});
  }
  transaction_->put(Column::post, keys::post(key), records::encode(record));
  account.changed = true;
}

void Workspace::delete_post(AccountEntry& account, const PostKey& key, const PostRecord& record,
                            const std::string& rev) {
  account.delta.add(negated(contribution(record)));
  account.changed = true;
  --counts_.posts;
  if (record.reread.host != 0) transaction_->remove(Column::due, keys::due(record.reread, key));
  const PostStub stub{record.counts, std::max(rev, record.rev), true};
  transaction_->put(Column::post, keys::post(key), records::encode(stub));
}

void Workspace::add_flag(AccountEntry& account, Flag flag) {
  flag.id = next_flag_++;
  account.facts.flags.push_back(flag.id);
  account.changed = true;
  ++counts_.flags;
  transaction_->put(Column::flag, keys::flag(flag.id), records::encode(flag));
  effects_.flags.push_back(std::move(flag));
}

void Workspace::erase_rows(Column column, const std::string& prefix) {
  std::vector<std::string> found;
  transaction_->scan(column, prefix, {}, [&](std::string_view key, std::string_view) {
    found.emplace_back(key);
    return true;
  });
  for (const std::string& key : found) transaction_->remove(column, key);
}

void Workspace::forget_posts(const AccountKey& key) {
  std::vector<std::string> due;
  posts::for_each_of(*transaction_, key, 0, [&](const PostKey& post, const PostRecord& record) {
    --counts_.posts;
    if (record.reread.host != 0) due.push_back(keys::due(record.reread, post));
    return true;
  });
  for (const std::string& row : due) transaction_->remove(Column::due, row);
  erase_rows(Column::post, keys::account(key));
}

void Workspace::purge(const AccountKey& key, GoneReason reason, Time now) {
  const auto standing = gone_.find(key);
  if (standing == gone_.end() || rank(reason) >= rank(standing->second)) {
    gone_[key] = reason;
    transaction_->put(Column::meta, keys::tombstone(key), records::encode(Tombstone{reason, now}));
  }
  const AccountEntry* entry = find(key);
  if (entry == nullptr) return;
  forget_posts(key);
  const std::string row = keys::account(key);
  for (const uint64_t flag : entry->facts.flags) {
    transaction_->remove(Column::flag, keys::flag(flag));
    --counts_.flags;
    std::erase_if(effects_.flags, [&](const Flag& told) { return told.id == flag; });
  }
  for (const NameId tag : entry->facts.tags) {
    transaction_->remove(Column::index, keys::index(IndexKind::tag, tag, key));
  }
  const std::optional<std::string> niches =
      transaction_->get(Column::meta, keys::next_name(NameKind::niche));
  for (NameId niche = 1; niches && niche < records::decode_number(*niches); ++niche) {
    transaction_->remove(Column::index, keys::index(IndexKind::niche, niche, key));
  }
  if (entry->stored) {
    for (const BandState& band : entry->stored->bands) {
      transaction_->remove(Column::index, keys::band(band, key));
    }
    if (entry->stored->refresh.host != 0) {
      transaction_->remove(Column::due, keys::due(entry->stored->refresh, key));
    }
    if (!entry->stored->handle.empty()) {
      transaction_->remove(Column::handle,
                           keys::handle(hasher_.handle(entry->stored->handle), key));
    }
  }
  transaction_->remove(Column::account, row);
  transaction_->remove(Column::sums, row);
  erase_rows(Column::reading, row);
  --counts_.accounts;
  if (!entry->facts.origin_error.empty()) --counts_.unread;
  accounts_.erase(key);
}

std::optional<GoneReason> Workspace::gone(const AccountKey& key) const {
  const auto found = gone_.find(key);
  if (found == gone_.end()) return std::nullopt;
  return found->second;
}

void Workspace::revive(const AccountKey& key) {
  gone_.erase(key);
  transaction_->remove(Column::meta, keys::tombstone(key));
}

NameId Workspace::intern(NameKind kind, const std::string& name) {
  const auto known = names_.find({kind, name});
  if (known != names_.end()) return known->second;
  if (names_.size() >= names_cached_max) names_.clear();
  const NameId id = names::intern(*transaction_, kind, name);
  names_.emplace(std::pair{kind, name}, id);
  return id;
}

void Workspace::flush_handle(const AccountEntry& entry) {
  const AccountFacts& facts = entry.facts;
  if (entry.stored && entry.stored->handle == facts.handle &&
      entry.stored->handle_confirmed == facts.handle_confirmed) {
    return;
  }
  if (entry.stored && !entry.stored->handle.empty() && entry.stored->handle != facts.handle) {
    transaction_->remove(Column::handle,
                         keys::handle(hasher_.handle(entry.stored->handle), entry.key));
  }
  if (facts.handle.empty()) return;
  transaction_->put(Column::handle, keys::handle(hasher_.handle(facts.handle), entry.key),
                    records::encode_number(facts.handle_confirmed.value()));
}

void Workspace::flush(AccountEntry& entry) {
  if (!entry.changed) return;
  AccountFacts& facts = entry.facts;
  const RefreshPlan before = entry.stored ? entry.stored->refresh : RefreshPlan{};
  if (before.host != 0) transaction_->remove(Column::due, keys::due(before, entry.key));
  if (facts.refresh.host != 0) {
    transaction_->put(Column::due, keys::due(facts.refresh, entry.key), {});
    effects_.due.push_back({facts.refresh.host, facts.refresh.due_at});
  }
  if (!entry.stored || entry.stored->bands != facts.bands) {
    if (entry.stored) {
      for (const BandState& band : entry.stored->bands) {
        transaction_->remove(Column::index, keys::band(band, entry.key));
      }
    }
    for (const BandState& band : facts.bands) {
      transaction_->put(Column::index, keys::band(band, entry.key), {});
    }
  }
  flush_handle(entry);
  facts.changed = next_stamp();
  const std::string row = keys::account(entry.key);
  transaction_->put(Column::account, row, records::encode(facts));
  if (entry.delta != AccountSums{}) {
    transaction_->merge(Column::sums, row, records::encode(entry.delta));
    for (const auto& [tag, count] : entry.delta.tags) {
      transaction_->merge(Column::index, keys::index(IndexKind::tag, tag, entry.key),
                          records::encode_signed(count));
    }
    for (const auto& [niche, count] : entry.delta.niches) {
      transaction_->merge(Column::index, keys::index(IndexKind::niche, niche, entry.key),
                          records::encode_signed(count));
    }
  }
}

WindowEffects Workspace::commit() {
  for (auto& [key, entry] : accounts_) flush(entry);
  window_ += stamps_ / stamps_per_number;
  transaction_->put(Column::meta, keys::window, records::encode_number(window_));
  transaction_->put(Column::meta, keys::next_flag, records::encode_number(next_flag_));
  transaction_->put(Column::meta, keys::counts, records::encode(counts_));
  database_.commit(*transaction_);
  effects_.last_flag = next_flag_ - 1;
  WindowEffects done = std::move(effects_);
  open_window();
  return done;
}

}  // namespace tagscout
