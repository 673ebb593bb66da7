#include "daemon/pipeline/account_ingest.h"

#include <algorithm>
#include <array>

#include "crawlers/source.h"
#include "daemon/judge/opt_out.h"

namespace tagscout {

AccountIngest::AccountIngest(Workspace& workspace, const IngestOptions& options)
    : workspace_(workspace), options_(options) {
  for (const Network network :
       {Network::activitypub, Network::bluesky, Network::youtube, Network::nostr, Network::x}) {
    ladders_[network] = ladders_for(options.bands, network);
  }
}

const std::vector<BandLadder>& AccountIngest::ladders(const AccountId& id) const {
  return ladders_.at(network_of_id(id.text()).value_or(Network::activitypub));
}

AccountEntry* AccountIngest::known(const AccountId& id) {
  return workspace_.find(workspace_.hasher().account(id));
}

bool AccountIngest::keeps_away(const AccountKey& key, const AccountSighting& author,
                               bool home_shows_post, Time now) {
  const std::optional<GoneReason> reason = workspace_.gone(key);
  if (!reason) return false;
  if (home_shows_post && returns_when_active(*reason)) {
    workspace_.revive(key);
    return false;
  }
  if (author.provenance == Provenance::origin) purge_successor(author.moved_to, *reason, now);
  return true;
}

void AccountIngest::apply(const AccountSighting& event, const BatchOrigin& batch) {
  if (event.id.empty()) return;
  if (AccountEntry* account = known(event.id)) see(*account, event, batch);
}

bool AccountIngest::see(AccountEntry& account, const AccountSighting& sighting,
                        const BatchOrigin& batch) {
  AccountFacts& facts = account.facts;
  facts.last_seen_at = std::max(facts.last_seen_at, batch.now);
  account.changed = true;
  if (sighting.bare) return true;
  const bool at_origin = sighting.provenance == Provenance::origin;
  if (sighting.counts.any()) ++workspace_.effects().sources[batch.source].readings;
  // Before its wishes: they cover the account that it moved to.
  if (at_origin) follow_move(account, sighting);
  OptOuts wishes = sighting.opt_outs;
  if (!at_origin) wishes.set(OptOut::suspended, false);  // that server's own judgement
  if (const std::optional<GoneReason> reason = purge_reason(wishes)) {
    purge(account.key, *reason, batch.now);
    return false;
  }
  take_wishes(facts, sighting);
  if (at_origin || !facts.verified) take_description(account, sighting);
  facts.bridged = facts.bridged || sighting.bridged;
  if (at_origin) {
    see_at_origin(account, sighting, batch);
  } else {
    see_copy(account, sighting, batch);
  }
  return true;
}

void AccountIngest::take_wishes(AccountFacts& facts, const AccountSighting& sighting) {
  const bool at_origin = sighting.provenance == Provenance::origin;
  const bool refuses = sighting.discoverable.has_value() && !*sighting.discoverable;
  if (at_origin && sighting.counts.any()) {
    facts.opt_outs = sighting.opt_outs;
    const AccountEntry* before = facts.moved_from ? workspace_.find(*facts.moved_from) : nullptr;
    const bool inherits = before != nullptr && hides(before->facts.opt_outs);
    facts.opt_outs.set(OptOut::not_discoverable, refuses || inherits);
    if (hides(facts.opt_outs)) hide_successor(facts);
  } else if (refuses && !facts.verified) {
    facts.opt_outs.set(OptOut::not_discoverable);
  }
}

void AccountIngest::take_description(AccountEntry& account, const AccountSighting& sighting) {
  AccountFacts& facts = account.facts;
  if (!sighting.handle.empty()) {
    facts.handle = sighting.handle;
    facts.handle_confirmed = workspace_.next_stamp();
  }
  if (!sighting.display_name.empty()) facts.display_name = sighting.display_name;
  if (!sighting.url.empty()) facts.url = sighting.url;
  if (!sighting.home_id.empty()) facts.home_id = sighting.home_id;
  if (sighting.bot) facts.bot = sighting.bot;
}

void AccountIngest::see_at_origin(AccountEntry& account, const AccountSighting& sighting,
                                  const BatchOrigin& batch) {
  if (!sighting.counts.any()) return;  // a short form of the account: no reading
  AccountFacts& facts = account.facts;
  facts.verified = true;
  facts.refresh.failures = 0;
  facts.refresh.missing_since = {};
  facts.refresh.tried_at = batch.now;
  set_origin_error(facts, {});
  // Of a wait that a clock ahead of its time began nobody knows how long it has lasted.
  if (facts.waiting) facts.waiting->since = std::min(facts.waiting->since, batch.now);
  if (facts.zero_since) facts.zero_since = std::min(*facts.zero_since, batch.now);
  const ReadingVerdict verdict =
      judge_reading(facts, sighting.counts.followers, batch.now, options_.reading);
  facts.waiting = verdict.waiting;
  facts.zero_since = verdict.zero_since;
  if (verdict.verdict == Verdict::accepted) {
    accept_reading(account, sighting.counts, batch);
  } else if (!facts.origin.counts.followers && !sighting.counts.followers) {
    // Its followers are hidden: what else it shows is still worth having.
    facts.origin = {sighting.counts, batch.now, workspace_.next_stamp(), Provenance::origin,
                    batch.source};
  }
  plan_next(account, batch);
}

void AccountIngest::accept_reading(AccountEntry& account, const Counts& counts,
                                   const BatchOrigin& batch) {
  AccountFacts& facts = account.facts;
  const std::optional<int64_t> before = facts.origin.counts.followers;
  facts.origin = {counts, batch.now, workspace_.next_stamp(), Provenance::origin, batch.source};
  const bool moved = move_bands(account, before, batch);
  keep_reading(account, moved, batch);
  const auto hint = hints_.find(account.key);
  if (hint != hints_.end()) {
    hint->second.change = 0;
    const bool idle = !hint->second.waits && batch.now - hint->second.hour > std::chrono::hours(1);
    if (moved || idle) hints_.erase(hint);
  }
}

bool AccountIngest::move_bands(AccountEntry& account, std::optional<int64_t> before,
                               const BatchOrigin& batch) {
  AccountFacts& facts = account.facts;
  if (!facts.moved_to.empty()) return false;  // nobody follows it any more to any purpose
  const int64_t followers = *facts.origin.counts.followers;
  bool moved = false;
  for (const BandLadder& ladder : ladders(facts.id)) {
    const NameId number = workspace_.intern(NameKind::ladder, ladder.name());
    auto state = std::find_if(facts.bands.begin(), facts.bands.end(),
                              [&](const BandState& known) { return known.ladder == number; });
    const bool first = state == facts.bands.end();
    const Rung& now = first ? ladder.rung_of(followers) : ladder.after(state->from, followers);
    std::optional<FlagKind> kind;
    if (first) {
      facts.bands.push_back({number, now.from});
      if (now.watch) kind = FlagKind::found;
    } else {
      kind = BandLadder::crossing(ladder.rung_of(state->from), now);
      moved = moved || state->from != now.from;
      state->from = now.from;
    }
    if (!kind || hides(facts.opt_outs) || facts.bridged) continue;
    // Its followers come over by and by: what looks like a rise is an old acquaintance.
    if (facts.moved_from && !was_flagged(facts, ladder.name())) kind = FlagKind::found;
    Flag flag;
    flag.kind = *kind;
    flag.ladder = ladder.name();
    flag.band = now.name;
    flag.followers_before = before;
    raise_flag(account, std::move(flag), batch);
  }
  return moved;
}

void AccountIngest::keep_reading(AccountEntry& account, bool moved, const BatchOrigin& batch) {
  AccountFacts& facts = account.facts;
  const Duration since_kept = batch.now - facts.reading_kept_at;
  if (!moved && since_kept >= Duration{0} && since_kept < options_.min_interval) return;
  facts.reading_kept_at = batch.now;
  Transaction& transaction = workspace_.transaction();
  transaction.put(Column::reading, keys::reading(account.key, facts.origin.stamp),
                  records::encode(facts.origin));
  if (!batch.clock_right) return;  // nothing ages by a clock that may be wrong
  // One old row goes for each new one that comes, so that the history stays bounded.
  transaction.scan(Column::reading, keys::account(account.key), {},
                   [&](std::string_view key, std::string_view value) {
                     if (records::decode_reading(value).at < batch.now - options_.keep_readings) {
                       const std::string oldest(key);
                       transaction.remove(Column::reading, oldest);
                     }
                     return false;
                   });
}

void AccountIngest::see_copy(AccountEntry& account, const AccountSighting& sighting,
                             const BatchOrigin& batch) {
  AccountFacts& facts = account.facts;
  const std::optional<int64_t> followers = sighting.counts.followers;
  if (!sighting.counts.any()) return;
  const std::optional<int64_t> before = facts.foreign.counts.followers;
  facts.foreign = {sighting.counts, batch.now, workspace_.next_stamp(), sighting.provenance,
                   batch.source};
  // A copy moves nothing. One that tells of another band than the account's, and did not tell so
  // before, makes the origin worth asking earlier.
  if (!facts.verified || !followers || followers == before) return;
  if (facts.refresh.host == 0 || !would_move(facts, *followers)) return;
  // Where its home failed last, it is known already when to ask again.
  if (facts.refresh.failures > 0 || facts.refresh.missing_since != Time{}) return;
  const Time earliest = std::max(batch.now, facts.refresh.tried_at + options_.min_interval);
  if (earliest < facts.refresh.due_at) {
    facts.refresh.due_at = earliest;
    facts.refresh.urgency = static_cast<uint8_t>(Urgency::at_once);
  }
}

bool AccountIngest::would_move(const AccountFacts& facts, int64_t followers) {
  if (!facts.moved_to.empty()) return false;
  for (const BandLadder& ladder : ladders(facts.id)) {
    const NameId number = workspace_.intern(NameKind::ladder, ladder.name());
    for (const BandState& state : facts.bands) {
      if (state.ladder == number && ladder.after(state.from, followers).from != state.from) {
        return true;
      }
    }
  }
  return false;
}

NameId AccountIngest::home_queue(AccountFacts& facts) {
  const std::string host = home_host(facts.id.text());
  if (host.empty() || !options_.may_ask(host)) {
    set_origin_error(facts, "its home server may not be asked");
    return 0;
  }
  return workspace_.intern(NameKind::host, host);
}

void AccountIngest::set_origin_error(AccountFacts& facts, const std::string& why) {
  StoreCounts& counts = workspace_.counts();
  counts.unread += (why.empty() ? 0 : 1) - (facts.origin_error.empty() ? 0 : 1);
  facts.origin_error = why;
}

void AccountIngest::plan_first(AccountEntry& account, const BatchOrigin& batch) {
  AccountFacts& facts = account.facts;
  if (facts.verified || facts.refresh.host != 0) return;
  facts.refresh.host = home_queue(facts);
  facts.refresh.due_at = batch.now;
  facts.refresh.urgency = static_cast<uint8_t>(Urgency::at_once);
}

void AccountIngest::plan_next(AccountEntry& account, const BatchOrigin& batch) {
  AccountFacts& facts = account.facts;
  RefreshPlan& plan = facts.refresh;
  if (plan.host == 0) plan.host = home_queue(facts);
  if (facts.waiting || facts.zero_since) {
    const Time since = facts.waiting ? facts.waiting->since : *facts.zero_since;
    const Duration wait = options_.reading.confirm_after;
    // A reading that says nothing leaves the wait as it is, and must not bring the next one at
    // once.
    plan.due_at = since + wait > batch.now ? since + wait : batch.now + wait;
    plan.urgency = static_cast<uint8_t>(Urgency::at_once);
    return;
  }
  const RefreshTurn turn =
      facts.moved_to.empty()
          ? refresh_turn(ladders(facts.id), facts.origin.counts.followers, options_.refresh)
          : RefreshTurn{Urgency::other, options_.refresh.other};
  plan.due_at = batch.now + std::max(turn.after, options_.min_interval);
  plan.urgency = static_cast<uint8_t>(turn.urgency);
  ask_again_for_hint(account, batch);
}

}  // namespace tagscout
