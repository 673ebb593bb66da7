#include "tests/support/testnet/world.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "tests/support/testnet/dice.h"

namespace tagscout::testnet {
namespace {

constexpr Duration look_interval = std::chrono::milliseconds(100);
constexpr Duration noise_interval = std::chrono::milliseconds(50);
constexpr int hints_of_a_rise = 25;
// An answer older than this is surely committed: what follows cannot become the first reading.
constexpr Duration surely_committed = std::chrono::seconds(4);

constexpr std::string_view record_path = "/app.bsky.feed.post/";

}  // namespace

World::World(Options options, Hosts hosts, Time start)
    : options_(std::move(options)),
      names_(std::move(hosts), options_),
      start_(start),
      frozen_at_(start + options_.duration),
      accounts_(make_accounts(options_, start)),
      posts_(make_posts(options_, accounts_, start)),
      stream_(accounts_, posts_),
      faults_(options_.seed, options_.faults) {
  for (size_t place = 0; place < names_.instances(); ++place) {
    timelines_.emplace_back(posts_, place);
  }
  for (const Spell& spell : options_.spells) faults_.add(spell, start);
  for (const Account& account : accounts_) {
    if (account.on_bluesky()) dids_.emplace(account.did, account.index);
  }
  for (const Post& post : posts_) {
    const Account& author = accounts_[post.account];
    if (!author.on_bluesky()) continue;
    records_.emplace(author.did + "/" + tid(post.created, post.index), post.index);
  }
  stream_.advance(start);
}

void World::advance(Time now) {
  const Time shown = shown_time(now);
  stream_.advance(shown);
  if (frozen(now)) {
    freeze(now);
    return;
  }
  make_noise(now);
  if (options_.plain || now - looked_at_ < look_interval) return;
  looked_at_ = now;
  for (Account& account : accounts_) {
    if (!account.curve.advance(now) || !account.on_bluesky()) continue;
    // Followers come one by one, but for those who appear between two answers.
    if (!account.curve.rising() || account.role == Role::jumps_over) continue;
    for (int i = 0; i < hints_of_a_rise; ++i) {
      stream_.add(StreamKind::follow, account.index, now);
    }
  }
}

void World::make_noise(Time now) {
  const auto due = static_cast<uint64_t>((now - start_) / noise_interval);
  for (; noises_ < due; ++noises_) {
    Dice dice(options_.seed, 8, noises_);
    const auto someone = static_cast<uint32_t>(dice.below(accounts_.size()));
    constexpr std::array<StreamKind, 8> kinds = {
        StreamKind::follow,   StreamKind::follow,   StreamKind::follow,     StreamKind::unfollow,
        StreamKind::identity, StreamKind::identity, StreamKind::unheard_of, StreamKind::follow};
    const StreamKind kind = kinds[noises_ % kinds.size()];
    if (!accounts_[someone].on_bluesky() || accounts_[someone].gone_at != never) continue;
    stream_.add(kind, someone, now);
  }
}

void World::freeze(Time now) {
  frozen_at_ = std::min(frozen_at_, now);
  faults_.end();
  for (Account& account : accounts_) account.curve.freeze(frozen_at_);
}

int64_t World::show_followers(Account& account, Time now) {
  account.read_at = now;
  if (account.role == Role::hides_counts) return -1;
  ++account.answers;
  int64_t followers = account.curve.value(now);
  if (!account.glitched && !frozen(now)) {
    const bool seen_long =
        !account.shown.empty() && now - account.shown.front().first > surely_committed;
    const bool zero = account.role == Role::zero_glitch && (account.index % 2 == 0 || seen_long);
    const bool spike = account.role == Role::spikes && seen_long;
    account.glitched = zero || spike;
    if (zero) followers = 0;
    if (spike) followers *= 8;
  }
  if (account.shown.empty() || account.shown.back().followers != followers) {
    account.shown.push_back({followers, now, now});
  }
  account.shown.back().last = now;
  account.curve.shown(now);
  return followers;
}

void World::show_post(Post& post, TagSet tags, bool at_home, Time now) {
  if ((tags & watched_tags) == 0) return;
  if (post.served_at == never) post.served_at = now;
  if (at_home && post.served_home == never) post.served_home = now;
}

bool World::stands(const Post& post, Time now) const {
  const Time shown = shown_time(now);
  return post.created <= shown && shown < deleted_from(post) &&
         !accounts_[post.account].gone(shown);
}

TagSet World::tags(const Post& post, Time now) const {
  return tags_at(post, shown_time(now), !accounts_[post.account].on_bluesky());
}

PostCounts World::counts(const Post& post, Time now) const {
  return counts_at(post, shown_time(now), options_.rereads.back());
}

Account* World::find_name(std::string_view name) {
  const std::string_view digits = name.substr(name.rfind('_') + 1);
  uint32_t index = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  if (error != std::errc{} || end != digits.data() + digits.size()) return nullptr;
  if (index >= accounts_.size() || accounts_[index].name != name) return nullptr;
  return &accounts_[index];
}

Account* World::find_did(const std::string& did) {
  const auto found = dids_.find(did);
  return found == dids_.end() ? nullptr : &accounts_[found->second];
}

Post* World::find_post(const std::string& uri) {
  const size_t path = uri.find(record_path);
  if (!uri.starts_with("at://") || path == std::string::npos) return nullptr;
  const auto found =
      records_.find(uri.substr(5, path - 5) + "/" + uri.substr(path + record_path.size()));
  return found == records_.end() ? nullptr : &posts_[found->second];
}

}  // namespace tagscout::testnet
