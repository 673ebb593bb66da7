#include "daemon/pipeline/post_ingest.h"

#include <algorithm>

#include "crawlers/backoff.h"
#include "crawlers/source.h"
#include "daemon/pipeline/missing.h"
#include "storage/meta_store.h"
#include "storage/post_store.h"

namespace tagscout {
namespace {

constexpr uint16_t posts_per_day_max = 200;
constexpr size_t tags_per_post_max = 32;
constexpr size_t tags_per_account_max = 256;
constexpr int failures_to_give_up = 3;

// What spreads a post's retries: 0 … 1, drawn by its key so that ingest stays repeatable.
double draw_of(const PostKey& key) { return static_cast<double>(key.post & 0xffff) / 0xffff; }

// The tags an answer gives, or the one that was asked for where lists carry none.
std::vector<std::string> tags_of(const PostSighting& post) {
  if (post.tags) return *post.tags;
  if (post.queried_tag.empty()) return {};
  return {post.queried_tag};
}

}  // namespace

PostIngest::PostIngest(Workspace& workspace, AccountIngest& accounts, const IngestOptions& options)
    : workspace_(workspace),
      accounts_(accounts),
      options_(options),
      ledger_(workspace, options.niches) {
  for (const Niche& niche : options.niches) niches_.emplace_back(niche.name, niche.tags);
}

void PostIngest::drop(const std::string& reason, int64_t count) {
  workspace_.effects().dropped[reason] += count;
}

std::vector<std::string> PostIngest::niches_of(const PostSighting& post) const {
  std::vector<std::string> found;
  const std::vector<std::string> tags = tags_of(post);
  for (const auto& niche : niches_) {
    const bool carries = std::any_of(tags.begin(), tags.end(), [&](const std::string& tag) {
      return niche.second.contains(tag, post.folded);
    });
    if (carries) found.push_back(niche.first);
  }
  return found;
}

std::optional<PostIngest::Known> PostIngest::find(const AccountId& author, const PostId& id) {
  const AccountKey account = workspace_.hasher().account(author);
  AccountEntry* entry = workspace_.find(account);
  if (entry == nullptr) return std::nullopt;
  const PostKey key = workspace_.hasher().post(account, id);
  PostRow row = posts::row(workspace_.transaction(), key);
  if (!row.record) return std::nullopt;
  return Known{entry, key, *std::move(row.record)};
}

void PostIngest::apply(const PostSighting& event, const BatchOrigin& batch) {
  const AccountKey account = workspace_.hasher().account(event.author.id);
  const bool home_shows_post =
      event.provenance == Provenance::origin && event.rev.empty() && !event.reread;
  if (accounts_.keeps_away(account, event.author, home_shows_post, batch.now)) {
    return drop("gone");
  }
  const PostKey key = workspace_.hasher().post(account, event.id);
  PostRow row = posts::row(workspace_.transaction(), key);
  if (row.record) {
    AccountEntry* entry = workspace_.find(account);
    if (entry == nullptr) return;
    if (!event.reread) ledger_.note(batch.source, tags_of(event), event.folded, false, batch.now);
    // The post first: a flag that its author's counts raise tells of it, too.
    see_again({entry, key, *std::move(row.record)}, event, batch);
    accounts_.see(*entry, event.author, batch);
    return;
  }
  const std::vector<std::string> niches = niches_of(event);
  if (!niches.empty() && precedes_return(event, account)) return drop("gone");
  if (!row.stub && !event.reread && !niches.empty()) return record_new(event, niches, batch);
  // Nothing to record, but its author may be known and is worth a look.
  if (!event.author.bare) accounts_.apply(event.author, batch);
}

// A stream that is read once more tells again of what an account had before it went away. Whoever
// comes back starts anew.
bool PostIngest::precedes_return(const PostSighting& event, const AccountKey& account) const {
  if (event.rev.empty()) return false;
  const std::optional<Time> returned = meta::returned(workspace_.transaction(), account);
  return returned && event.created_at <= *returned;
}

bool PostIngest::flooded(AccountFacts& facts, Time now) {
  const auto day =
      static_cast<int32_t>(std::chrono::floor<std::chrono::days>(now).time_since_epoch().count());
  if (facts.flood_day != day) {
    facts.flood_day = day;
    facts.flood_posts = 0;
  }
  if (facts.flood_posts >= posts_per_day_max) return true;
  ++facts.flood_posts;
  return false;
}

void PostIngest::record_new(const PostSighting& post, const std::vector<std::string>& niches,
                            const BatchOrigin& batch) {
  const AccountKey key = workspace_.hasher().account(post.author.id);
  AccountEntry& account = workspace_.find_or_make(key, post.author.id, batch.now);
  const bool flooding = flooded(account.facts, batch.now);
  // The post first: a flag that its author's counts raise tells of it, too.
  if (!flooding) put_new(account, post, niches, batch);
  if (!accounts_.see(account, post.author, batch)) return;  // it is gone, and so is the post
  accounts_.plan_first(account, batch);
  if (flooding) return drop("flood");
  ++workspace_.effects().sources[batch.source].posts;
  ++workspace_.effects().sources[batch.source].posts_new;
  ledger_.note(batch.source, tags_of(post), post.folded, true, batch.now);
}

void PostIngest::put_new(AccountEntry& account, const PostSighting& post,
                         const std::vector<std::string>& niches, const BatchOrigin& batch) {
  PostRecord record;
  record.id = post.id;
  record.url = post.url;
  record.created_at = post.created_at;
  record.first_seen_at = batch.now;
  record.language = post.language;
  record.rev = post.rev;
  take_tags(account, record, post);
  take_niches(record, niches);
  take_counts(record, post, batch);
  const std::string host = home_host(post.id.text());
  const std::optional<Time> due = first_reread(options_.reread_after, record.born_at(), batch.now);
  if (due && !host.empty() && options_.may_ask(host)) {
    record.reread.host = workspace_.intern(NameKind::host, host);
    record.reread.due_at = *due;
  }
  workspace_.put_post(account, workspace_.hasher().post(account.key, post.id), std::nullopt,
                      record);
}

void PostIngest::take_tags(AccountEntry& account, PostRecord& record, const PostSighting& post) {
  std::vector<std::string> tags = tags_of(post);
  if (tags.size() > tags_per_post_max) {
    // What is watched must not fall to the limit.
    std::stable_partition(tags.begin(), tags.end(), [&](const std::string& tag) {
      return std::any_of(niches_.begin(), niches_.end(), [&](const auto& niche) {
        return niche.second.contains(tag, post.folded);
      });
    });
    drop("flood", static_cast<int64_t>(tags.size() - tags_per_post_max));
    tags.resize(tags_per_post_max);
  }
  record.tags.clear();
  std::vector<NameId>& known = account.facts.tags;
  for (const std::string& tag : tags) {
    const NameId number = workspace_.intern(NameKind::tag, tag);
    if (std::count(record.tags.begin(), record.tags.end(), number) > 0) continue;
    const auto place = std::lower_bound(known.begin(), known.end(), number);
    if (place == known.end() || *place != number) {
      if (known.size() >= tags_per_account_max) {
        drop("flood");
        continue;
      }
      known.insert(place, number);
    }
    record.tags.push_back(number);
  }
  // Servers list the same tags in any order.
  std::sort(record.tags.begin(), record.tags.end());
}

void PostIngest::take_niches(PostRecord& record, const std::vector<std::string>& niches) {
  record.niches.clear();
  for (const std::string& niche : niches) {
    record.niches.push_back(workspace_.intern(NameKind::niche, niche));
  }
}

void PostIngest::take_counts(PostRecord& record, const PostSighting& post,
                             const BatchOrigin& batch) {
  record.stamp = workspace_.next_stamp();
  record.changed = record.stamp;
  if (!post.counts) return;
  record.counts = *post.counts;
  record.counts_at = batch.now;
  record.provenance = post.provenance;
  record.clock_right = batch.clock_right;
}

void PostIngest::see_again(Known known, const PostSighting& post, const BatchOrigin& batch) {
  ++workspace_.effects().sources[batch.source].posts;
  if (!post.rev.empty() && post.rev <= known.record.rev) return;  // a replay, or out of order
  PostRecord record = known.record;
  record.rev = std::max(record.rev, post.rev);
  const bool at_origin = post.provenance == Provenance::origin;
  if (at_origin) record.reread.missing_since = {};
  if (at_origin || record.provenance != Provenance::origin) {
    if (post.tags) {
      take_tags(*known.account, record, post);
      // Niches follow the tags: where those are as before, a change of the configuration is no
      // reason to take them away.
      if (record.tags != known.record.tags) take_niches(record, niches_of(post));
    }
    if (!post.url.empty()) record.url = post.url;
    if (!post.language.empty()) record.language = post.language;
    take_counts(record, post, batch);
  }
  if (post.reread && at_origin) {
    count_passed(record, batch);
    plan_after(record, batch);
  }
  write(known, record);
  // A copy is no answer: its origin is to be asked again.
  if (post.reread && !at_origin) {
    apply(PostUnreadable{post.id, post.author.id, "a stale copy"}, batch);
  }
}

// Readings for which the budget of its home left no room.
void PostIngest::count_passed(const PostRecord& record, const BatchOrigin& batch) {
  if (record.reread.host == 0) return;
  const int64_t passed =
      rereads_passed(options_.reread_after, record.born_at(), record.reread.due_at, batch.now);
  if (passed > 0) drop("reread", passed);
}

void PostIngest::plan_after(PostRecord& record, const BatchOrigin& batch) const {
  record.reread.failures = 0;
  record.reread.missing_since = {};
  const std::optional<Time> next = next_reread(options_.reread_after, record.born_at(), batch.now);
  if (next) {
    record.reread.due_at = *next;
  } else {
    record.reread = {};
  }
}

void PostIngest::write(const Known& known, const PostRecord& record) {
  workspace_.put_post(*known.account, known.key, known.record, record);
}

void PostIngest::apply(const PostDeleted& event) {
  const std::optional<Known> known = find(event.author, event.id);
  if (!known) return;
  if (!event.rev.empty() && event.rev < known->record.rev) return;
  workspace_.delete_post(*known->account, known->key, known->record, event.rev);
}

void PostIngest::apply(const PostMissing& event, const BatchOrigin& batch) {
  std::optional<Known> known = find(event.author, event.id);
  if (!known) return;
  PostRecord record = known->record;
  RereadPlan& plan = record.reread;
  const MissingVerdict verdict =
      judge_missing(plan.missing_since, batch.now, batch.clock_right, options_.confirm_missing);
  if (verdict.gone) {
    workspace_.delete_post(*known->account, known->key, known->record, {});
    return;
  }
  plan.missing_since = verdict.since;
  plan.due_at =
      std::max(verdict.ask_at, batch.now + backoff(options_.retry_base, 1, draw_of(known->key)));
  write(*known, record);
}

void PostIngest::apply(const PostUnreadable& event, const BatchOrigin& batch) {
  std::optional<Known> known = find(event.author, event.id);
  if (!known) return;
  PostRecord record = known->record;
  RereadPlan& plan = record.reread;
  if (plan.failures++ == 0) plan.failing_since = batch.now;
  const bool gives_up = plan.failures >= failures_to_give_up &&
                        batch.now - plan.failing_since >= options_.give_up_after;
  if (event.refused || gives_up) {
    drop("reread");
    plan_after(record, batch);
  } else {
    plan.due_at = batch.now + backoff(options_.retry_base, plan.failures, draw_of(known->key));
  }
  write(*known, record);
}

}  // namespace tagscout
