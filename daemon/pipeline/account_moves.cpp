// The part of AccountIngest that follows people from one account to the next. The new actor is an
// account of its own; the two know of each other, the old one's bands stay as they are, and its
// wishes cover the new one. Only the old one's home can tell of a move.
#include "daemon/judge/opt_out.h"
#include "daemon/pipeline/account_ingest.h"
#include "storage/flag_store.h"
#include "storage/meta_store.h"

namespace tagscout {

void AccountIngest::follow_move(AccountEntry& account, const AccountSighting& sighting) {
  AccountFacts& facts = account.facts;
  // A short form of an account says nothing about a move, so it does not take one back either.
  const bool silent = sighting.moved_to.empty() && !sighting.counts.any();
  if (silent || sighting.moved_to == facts.moved_to) return;
  if (!facts.moved_to.empty()) part(account.key, facts.moved_to);
  facts.moved_to.clear();
  const AccountKey successor = workspace_.hasher().account(AccountId(sighting.moved_to));
  if (sighting.moved_to.empty() || successor == account.key) return;
  facts.moved_to = sighting.moved_to;
  meta::put_predecessor(workspace_.transaction(), successor, account.key);
  if (AccountEntry* known = workspace_.find(successor)) {
    known->facts.moved_from = account.key;
    known->changed = true;
  }
}

void AccountIngest::part(const AccountKey& account, const std::string& successor) {
  const AccountKey key = workspace_.hasher().account(AccountId(successor));
  if (meta::predecessor(workspace_.transaction(), key) == account) {
    workspace_.transaction().remove(Column::meta, keys::heir(key));
  }
  AccountEntry* known = workspace_.find(key);
  if (known == nullptr || known->facts.moved_from != account) return;
  known->facts.moved_from.reset();
  known->changed = true;
}

void AccountIngest::hide_successor(const AccountFacts& facts) {
  if (facts.moved_to.empty()) return;
  AccountEntry* successor = known(AccountId(facts.moved_to));
  if (successor == nullptr) return;
  successor->facts.opt_outs.set(OptOut::not_discoverable);
  successor->changed = true;
}

void AccountIngest::purge_successor(const std::string& successor, GoneReason reason, Time now) {
  if (successor.empty() || !covers_successor(reason)) return;
  const AccountKey key = workspace_.hasher().account(AccountId(successor));
  // Where two accounts name each other this ends with the second.
  if (!workspace_.gone(key)) purge(key, reason, now);
}

bool AccountIngest::was_flagged(const AccountFacts& facts, const std::string& ladder) const {
  for (const uint64_t id : facts.flags) {
    const std::optional<Flag> flag = flags::flag(workspace_.transaction(), id);
    if (flag && flag->ladder == ladder) return true;
  }
  return false;
}

}  // namespace tagscout
