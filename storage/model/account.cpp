#include "storage/model/account.h"

namespace tagscout {
namespace {

void add_counts(std::map<NameId, int64_t>& sums, const std::map<NameId, int64_t>& others) {
  for (const auto& [name, count] : others) {
    const auto [entry, is_new] = sums.try_emplace(name, count);
    if (!is_new) entry->second += count;
    if (entry->second == 0) sums.erase(entry);
  }
}

}  // namespace

void AccountSums::add(const AccountSums& other) {
  posts_seen += other.posts_seen;
  engagement.add(other.engagement);
  add_counts(tags, other.tags);
  add_counts(niches, other.niches);
}

}  // namespace tagscout
