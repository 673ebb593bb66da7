// The part of AccountIngest that hears what became of accounts: gone, back, missing, hinted at.
#include <algorithm>
#include <array>

#include "crawlers/backoff.h"
#include "daemon/judge/opt_out.h"
#include "daemon/pipeline/account_ingest.h"
#include "daemon/pipeline/missing.h"
#include "storage/account_store.h"
#include "storage/meta_store.h"
#include "storage/name_store.h"
#include "storage/post_store.h"

namespace tagscout {
namespace {

// How long after a reading that did not show a hinted crossing the account is asked again.
constexpr std::array<Duration, 3> hint_waits{std::chrono::seconds(2), std::chrono::seconds(5),
                                             std::chrono::seconds(15)};
constexpr int failures_to_give_up = 3;

}  // namespace

void AccountIngest::raise_flag(AccountEntry& account, Flag flag, const BatchOrigin& batch) {
  const AccountFacts& facts = account.facts;
  flag.at = batch.now;
  flag.account = facts.id;
  flag.key = account.key;
  flag.handle = facts.handle;
  flag.url = facts.url;
  flag.followers = *facts.origin.counts.followers;
  flag.as_of = facts.origin.at;
  flag.provenance = Provenance::origin;
  flag.source = batch.source;
  const Transaction& transaction = workspace_.transaction();
  AccountSums sums = accounts::sums(transaction, account.key);
  sums.add(account.delta);
  for (const auto& [niche, count] : sums.niches) {
    flag.niches.push_back(names::text(transaction, NameKind::niche, niche));
  }
  std::sort(flag.niches.begin(), flag.niches.end());
  EngagementMeter meter(options_.maturity, batch.now);
  posts::for_each_of(transaction, account.key, 0, [&](const PostKey&, const PostRecord& post) {
    meter.add(post);
    return true;
  });
  const EngagementRate rate = meter.rate(flag.followers);
  flag.engagement_rate = rate.rate;
  flag.engagement_sample = rate.sample;
  workspace_.add_flag(account, std::move(flag));
}

void AccountIngest::recompute_band(AccountEntry& account, const std::string& ladder) {
  AccountFacts& facts = account.facts;
  const std::optional<int64_t> followers = facts.origin.counts.followers;
  const NameId number = workspace_.intern(NameKind::ladder, ladder);
  std::erase_if(facts.bands, [&](const BandState& state) { return state.ladder == number; });
  account.changed = true;
  for (const BandLadder& known : ladders(facts.id)) {
    if (known.name() == ladder && followers) {
      facts.bands.push_back({number, known.rung_of(*followers).from});
    }
  }
}

void AccountIngest::apply(const AccountGone& event, const BatchOrigin& batch) {
  const AccountKey key = workspace_.hasher().account(event.id);
  // Of accounts that were never met nothing is kept, not even that they are gone.
  if (workspace_.find(key) == nullptr && !workspace_.gone(key)) return;
  // A stream that is read once more tells again of an absence that is over.
  const std::optional<Time> returned = meta::returned(workspace_.transaction(), key);
  if (event.at != Time{} && returned && event.at <= *returned) return;
  purge(key, event.reason, batch.now);
}

void AccountIngest::purge(const AccountKey& key, GoneReason reason, Time now) {
  hints_.erase(key);
  const AccountEntry* known = workspace_.find(key);
  const std::string successor = known == nullptr ? std::string() : known->facts.moved_to;
  if (known != nullptr) purged_.push_back({known->facts.id, known->facts.handle});
  workspace_.purge(key, reason, now);  // the key may have been the account's own
  purge_successor(successor, reason, now);
}

void AccountIngest::apply(const AccountActive& event) {
  const AccountKey key = workspace_.hasher().account(event.id);
  const std::optional<GoneReason> reason = workspace_.gone(key);
  if (!reason || !returns_when_active(*reason)) return;
  workspace_.revive(key);
  if (event.at != Time{}) meta::put_returned(workspace_.transaction(), key, event.at);
}

bool AccountIngest::allow(const AccountId& id) {
  const AccountKey key = workspace_.hasher().account(id);
  const std::optional<GoneReason> reason = workspace_.gone(key);
  if (!reason || !returns_when_allowed(*reason)) return false;
  workspace_.revive(key);
  return true;
}

void AccountIngest::apply(const AccountMissing& event, const BatchOrigin& batch) {
  AccountEntry* account = known(event.id);
  if (account == nullptr) return;
  account->changed = true;
  RefreshPlan& plan = account->facts.refresh;
  plan.tried_at = batch.now;
  const MissingVerdict verdict =
      judge_missing(plan.missing_since, batch.now, batch.clock_right, options_.confirm_missing);
  if (verdict.gone) return purge(account->key, GoneReason::deleted, batch.now);
  plan.missing_since = verdict.since;
  plan.due_at = std::max(verdict.ask_at, batch.now + retry(*account));
  plan.urgency = static_cast<uint8_t>(Urgency::at_once);
}

void AccountIngest::apply(const AccountUnreadable& event, const BatchOrigin& batch) {
  AccountEntry* account = known(event.id);
  if (account == nullptr) return;
  account->changed = true;
  AccountFacts& facts = account->facts;
  RefreshPlan& plan = facts.refresh;
  plan.tried_at = batch.now;
  if (plan.failures++ == 0) plan.failing_since = batch.now;
  const bool gives_up = plan.failures >= failures_to_give_up &&
                        batch.now - plan.failing_since >= options_.give_up_after;
  if (event.refused || gives_up) set_origin_error(facts, event.why);
  plan.due_at = batch.now + (event.refused ? options_.refused_retry : retry(*account));
}

Duration AccountIngest::retry(const AccountEntry& account) const {
  // The account's own key spreads the tries: ingest draws nothing, so that it stays repeatable.
  const double draw = static_cast<double>(account.key.bytes[8]) / UINT8_MAX;
  return backoff(options_.retry_base, account.facts.refresh.failures, draw);
}

void AccountIngest::apply(const HandleChanged& event) {
  AccountEntry* account = known(event.id);
  if (account == nullptr) return;
  account->changed = true;
  account->facts.handle = event.handle;
  account->facts.handle_confirmed = workspace_.next_stamp();
}

void AccountIngest::apply(const FollowHint& event, const BatchOrigin& batch) {
  const AccountKey key = workspace_.hasher().account(event.id);
  AccountEntry* account = workspace_.find(key);
  if (account == nullptr || !account->facts.origin.counts.followers) return;
  AccountFacts& facts = account->facts;
  Hint& hint = hints_[key];
  hint.change += event.change;
  if (facts.refresh.host == 0 || hint.waits) return;
  if (!would_move(facts, *facts.origin.counts.followers + hint.change)) return;
  if (!may_ask_early(hint, batch.now)) return;
  hint.waits = true;
  hint.asked = 0;
  account->changed = true;
  facts.refresh.due_at = std::min(facts.refresh.due_at, batch.now);
  facts.refresh.urgency = static_cast<uint8_t>(Urgency::at_once);
}

bool AccountIngest::may_ask_early(Hint& hint, Time now) const {
  if (now < hint.hour || now - hint.hour >= std::chrono::hours(1)) {
    hint.hour = now;
    hint.extra = 0;
  }
  return hint.extra++ < options_.extra_per_hour;
}

void AccountIngest::ask_again_for_hint(AccountEntry& account, const BatchOrigin& batch) {
  const auto found = hints_.find(account.key);
  if (found == hints_.end() || !found->second.waits) return;
  Hint& hint = found->second;
  if (hint.asked >= hint_waits.size() || !may_ask_early(hint, batch.now)) {
    hint.waits = false;
    return;
  }
  RefreshPlan& plan = account.facts.refresh;
  plan.due_at = std::min(plan.due_at, batch.now + hint_waits[hint.asked++]);
  plan.urgency = static_cast<uint8_t>(Urgency::at_once);
}

}  // namespace tagscout
