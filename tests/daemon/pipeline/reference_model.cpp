#include "tests/daemon/pipeline/reference_model.h"

#include <algorithm>

namespace tagscout {
namespace {

constexpr int64_t lower = 10'000;
constexpr int64_t upper = 100'000;

}  // namespace

void ReferenceModel::see(const Event& event) {
  if (const auto* post = std::get_if<PostSighting>(&event)) see_post(*post);
  if (const auto* account = std::get_if<AccountSighting>(&event)) {
    if (accounts_.contains(account->id.text())) see_account(*account);
  }
  if (const auto* deleted = std::get_if<PostDeleted>(&event)) {
    const auto author = accounts_.find(deleted->author.text());
    if (author == accounts_.end()) return;
    if (author->second.posts.erase(deleted->id.text()) > 0) {
      author->second.deleted.insert(deleted->id.text());
    }
  }
  if (const auto* gone = std::get_if<AccountGone>(&event)) {
    if (accounts_.erase(gone->id.text()) > 0) gone_.insert(gone->id.text());
    std::erase_if(flags_,
                  [&](const std::string& flag) { return flag.starts_with(gone->id.text() + " "); });
  }
}

void ReferenceModel::see_post(const PostSighting& post) {
  const std::string& author = post.author.id.text();
  if (gone_.contains(author)) return;
  const std::vector<std::string> tags = post.tags.value_or(std::vector<std::string>());
  const auto known = accounts_.find(author);
  const bool recorded = known != accounts_.end() && known->second.posts.contains(post.id.text());
  const bool deleted = known != accounts_.end() && known->second.deleted.contains(post.id.text());
  if (recorded || (!deleted && !niches_of(tags).empty())) {
    Sighting sighting;
    sighting.origin = post.provenance == Provenance::origin;
    sighting.likes = post.counts->likes.value_or(0);
    sighting.tags = tags;
    accounts_[author].posts[post.id.text()].push_back(sighting);
  }
  if (accounts_.contains(author)) see_account(post.author);
}

void ReferenceModel::see_account(const AccountSighting& sighting) {
  if (sighting.provenance != Provenance::origin || !sighting.counts.followers) return;
  Account& account = accounts_[sighting.id.text()];
  const int64_t now = *sighting.counts.followers;
  const auto raise = [&](const char* kind) {
    flags_.push_back(sighting.id.text() + " " + kind + " " + std::to_string(now));
  };
  const bool enters = now >= lower && now < upper;
  if (!account.followers) {
    account.inside = enters;
    account.above = now >= upper;
    if (enters) raise("found");
  } else if (account.inside) {
    account.above = now >= upper;
    account.inside = !account.above && now * 100 >= lower * 95;
  } else if (account.above) {
    account.above = now * 100 >= upper * 95;
    // Below the edge that it left, but above the next: that one holds it.
    account.inside = !account.above && now >= lower;
    if (account.inside) raise("fell");
  } else if (now >= lower) {
    account.inside = enters;
    account.above = !enters;
    if (enters) raise("rose");
  }
  account.followers = now;
}

const ReferenceModel::Sighting& ReferenceModel::best(const std::vector<Sighting>& sightings) {
  const auto origin = std::find_if(sightings.rbegin(), sightings.rend(),
                                   [](const Sighting& sighting) { return sighting.origin; });
  return origin == sightings.rend() ? sightings.back() : *origin;
}

std::set<std::string> ReferenceModel::niches_of(const std::vector<std::string>& tags) {
  std::set<std::string> found;
  for (const std::string& tag : tags) {
    if (tag == "slowfashion" || tag == "mendedclothes") found.insert("slow-fashion");
    if (tag == "gardening") found.insert("garden");
  }
  return found;
}

template <class Visit>
void ReferenceModel::for_each_best(const std::string& account, const Visit& visit) const {
  const auto known = accounts_.find(account);
  if (known == accounts_.end()) return;
  for (const auto& [id, sightings] : known->second.posts) visit(best(sightings));
}

std::set<std::string> ReferenceModel::accounts() const {
  std::set<std::string> found;
  for (const auto& [id, account] : accounts_) found.insert(id);
  return found;
}

int64_t ReferenceModel::posts_seen(const std::string& account) const {
  int64_t count = 0;
  for_each_best(account, [&](const Sighting&) { ++count; });
  return count;
}

int64_t ReferenceModel::likes(const std::string& account) const {
  int64_t sum = 0;
  for_each_best(account, [&](const Sighting& sighting) { sum += sighting.likes; });
  return sum;
}

std::map<std::string, int64_t> ReferenceModel::tags(const std::string& account) const {
  std::map<std::string, int64_t> counts;
  for_each_best(account, [&](const Sighting& sighting) {
    const std::set<std::string> distinct(sighting.tags.begin(), sighting.tags.end());
    for (const std::string& tag : distinct) ++counts[tag];
  });
  return counts;
}

std::map<std::string, int64_t> ReferenceModel::niches(const std::string& account) const {
  std::map<std::string, int64_t> counts;
  for_each_best(account, [&](const Sighting& sighting) {
    for (const std::string& niche : niches_of(sighting.tags)) ++counts[niche];
  });
  return counts;
}

}  // namespace tagscout
