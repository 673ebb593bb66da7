#include "daemon/pipeline/tag_ledger.h"

#include "storage/tag_store.h"

namespace tagscout {
namespace {

WatchedTags watched_tags(const std::vector<Niche>& niches) {
  std::vector<std::string> spellings;
  for (const Niche& niche : niches) {
    spellings.insert(spellings.end(), niche.tags.begin(), niche.tags.end());
  }
  return WatchedTags(spellings);
}

}  // namespace

TagLedger::TagLedger(Workspace& workspace, const std::vector<Niche>& niches)
    : workspace_(workspace), watched_(watched_tags(niches)) {}

void TagLedger::begin(Time now, bool clock_right) {
  if (begun_ || !clock_right) return;
  begun_ = true;
  Transaction& transaction = workspace_.transaction();
  for (const std::string& tag : watched_.keys()) {
    const NameId number = workspace_.intern(NameKind::tag, tag);
    if (!tags::watched_since(transaction, number)) {
      tags::put_watched_since(transaction, number, now);
    }
  }
}

void TagLedger::note(const std::string& source, const std::vector<std::string>& tags, bool folded,
                     bool is_new, Time now) {
  for (const std::string& tag : tags) {
    if (!watched_.contains(tag, folded)) continue;
    const std::pair key(workspace_.intern(NameKind::tag, tag),
                        workspace_.intern(NameKind::source, source));
    const auto [place, is_first] = uses_.try_emplace(key);
    Entry& entry = place->second;
    if (is_first) {
      entry.use = tags::use(workspace_.transaction(), key.first, key.second).value_or(TagUse());
    }
    entry.use.see(now, is_new);
    entry.changed = true;
  }
}

void TagLedger::flush() {
  for (auto& [key, entry] : uses_) {
    if (!entry.changed) continue;
    tags::put_use(workspace_.transaction(), key.first, key.second, entry.use);
    entry.changed = false;
  }
}

}  // namespace tagscout
