#include "daemon/pipeline/ingest.h"

#include <algorithm>
#include <array>
#include <map>

#include "storage/account_store.h"
#include "storage/meta_store.h"
#include "storage/name_store.h"

namespace tagscout {
namespace {

constexpr size_t recompute_window = 10'000;

// How long the cursor of a feed that no source reads is kept, in case its tag comes back.
constexpr Duration unused_cursor_max = std::chrono::days(30);

// Hands each kind of event to whoever is responsible for it.
class Dispatch {
 public:
  Dispatch(AccountIngest& accounts, PostIngest& posts, PendingPosts& pending,
           const BatchOrigin& batch)
      : accounts_(accounts), posts_(posts), pending_(pending), batch_(batch) {}

  void operator()(const PostSighting& event) {
    if (event.author.id.empty()) return pending_.keep(event, batch_);
    posts_.apply(event, batch_);
  }
  void operator()(const AccountSighting& event) { accounts_.apply(event, batch_); }
  void operator()(const PostDeleted& event) { posts_.apply(event); }
  void operator()(const PostMissing& event) { posts_.apply(event, batch_); }
  void operator()(const PostUnreadable& event) { posts_.apply(event, batch_); }
  void operator()(const AccountGone& event) { accounts_.apply(event, batch_); }
  void operator()(const AccountActive& event) { accounts_.apply(event); }
  void operator()(const AccountMissing& event) { accounts_.apply(event, batch_); }
  void operator()(const AccountUnreadable& event) { accounts_.apply(event, batch_); }
  void operator()(const HandleChanged& event) { accounts_.apply(event); }
  void operator()(const FollowHint& event) { accounts_.apply(event, batch_); }
  void operator()(const HandleResolved& event) { pending_.apply(event); }

 private:
  AccountIngest& accounts_;
  PostIngest& posts_;
  PendingPosts& pending_;
  const BatchOrigin& batch_;
};

// One fingerprint for a ladder on all networks.
std::map<std::string, std::string> fingerprints(const std::vector<Band>& bands) {
  std::map<std::string, std::string> found;
  for (const Network network :
       {Network::activitypub, Network::bluesky, Network::youtube, Network::nostr, Network::x}) {
    for (const BandLadder& ladder : ladders_for(bands, network)) {
      found[ladder.name()] += std::string(id_prefix(network)) + ' ' + ladder.fingerprint();
    }
  }
  return found;
}

}  // namespace

Ingest::Ingest(Database& database, const IngestOptions& options)
    : options_(options),
      workspace_(database),
      accounts_(workspace_, options),
      posts_(workspace_, accounts_, options),
      pending_(workspace_, accounts_, posts_, options) {
  recompute_bands();
}

void Ingest::apply(const Batch& batch) {
  const BatchOrigin origin{batch.source, batch.now, batch.clock_right};
  posts_.begin(origin);
  Dispatch dispatch(accounts_, posts_, pending_, origin);
  for (const Event& event : batch.events) {
    std::visit(dispatch, event);
    forget_purged();
  }
  for (const FeedCursor& cursor : batch.cursors) {
    meta::put_cursor(workspace_.transaction(), batch.source,
                     {cursor.feed, cursor.value, cursor.position});
  }
  if (batch.feeds) retire_cursors(batch);
  for (const auto& [reason, count] : batch.dropped) workspace_.effects().dropped[reason] += count;
}

void Ingest::retire_cursors(const Batch& batch) {
  Transaction& transaction = workspace_.transaction();
  for (const meta::Cursor& cursor : meta::cursors(transaction, batch.source)) {
    const std::string mark = keys::unused(batch.source, cursor.feed);
    const std::optional<std::string> since = transaction.get(Column::meta, mark);
    const bool used =
        std::find(batch.feeds->begin(), batch.feeds->end(), cursor.feed) != batch.feeds->end();
    if (used) {
      if (since) transaction.remove(Column::meta, mark);
    } else if (!batch.clock_right) {
      continue;
    } else if (!since) {
      transaction.put(Column::meta, mark, records::encode_signed(to_us(batch.now)));
    } else if (batch.now - time_from_us(records::decode_signed(*since)) >= unused_cursor_max) {
      transaction.remove(Column::meta, mark);
      transaction.remove(Column::meta, keys::cursor(batch.source, cursor.feed));
    }
  }
}

bool Ingest::ignore(const AccountId& id, Time now) {
  const AccountKey key = workspace_.hasher().account(id);
  if (workspace_.find(key) == nullptr) return false;
  accounts_.purge(key, GoneReason::operator_list, now);
  forget_purged();
  return true;
}

void Ingest::forget_purged() {
  for (const Purged& account : accounts_.take_purged()) pending_.forget(account);
}

bool Ingest::allow(const AccountId& id) { return accounts_.allow(id); }

void Ingest::set_paused(const std::string& source, bool paused) {
  const std::string key = keys::pause(source);
  if (paused) {
    workspace_.transaction().put(Column::meta, key, {});
  } else {
    workspace_.transaction().remove(Column::meta, key);
  }
}

void Ingest::recompute_bands() {
  std::map<std::string, std::string> changed;
  for (const auto& [name, fingerprint] : fingerprints(options_.bands)) {
    if (workspace_.transaction().get(Column::meta, keys::ladder(name)) != fingerprint) {
      changed[name] = fingerprint;
    }
  }
  if (changed.empty()) return;
  // Pages of accounts, a window each; the fingerprints follow last, so that a crash repeats it.
  AccountKey from{};
  bool more = workspace_.counts().accounts > 0;
  while (more) {
    std::vector<AccountKey> page;
    accounts::for_each(workspace_.transaction(), from, [&](const AccountKey& key, const auto&) {
      page.push_back(key);
      return page.size() < recompute_window;
    });
    more = page.size() == recompute_window;
    if (more) from = page.back();
    for (const AccountKey& key : page) {
      for (const auto& [name, fingerprint] : changed) {
        accounts_.recompute_band(*workspace_.find(key), name);
      }
    }
    workspace_.commit();
  }
  for (const auto& [name, fingerprint] : changed) {
    workspace_.transaction().put(Column::meta, keys::ladder(name), fingerprint);
  }
  workspace_.commit();
}

}  // namespace tagscout
