#include "tests/support/testnet/post.h"

#include <algorithm>

#include "tests/support/testnet/dice.h"
#include "tests/support/testnet/software.h"

namespace tagscout::testnet {
namespace {

// How long a post has been served before an edit may hide it: longer than a commit window.
constexpr Duration surely_recorded = std::chrono::seconds(4);
constexpr Duration mood = std::chrono::milliseconds(700);  // how often counters change

Time whole_ms(Time at) { return at - Duration(to_us(at) % 1000); }

// Whether whoever looks has surely recorded by then what it takes to read the post again.
bool recorded_by(const Post& post, Time at) {
  return post.readable_at() != never && post.readable_at() + surely_recorded <= at;
}

TagSet draw_tags(Dice& dice, bool watched) {
  TagSet tags = 0;
  const uint64_t unwatched_words = drawn_words - watched_words;
  const auto pick = [&](uint64_t first, uint64_t n) {
    tags = static_cast<TagSet>(tags | 1u << (first + dice.below(n)));
  };
  if (watched) {
    for (uint64_t n = 1 + dice.below(3) / 2; n > 0; --n) pick(0, watched_words);
  }
  for (uint64_t n = dice.below(3) + (watched ? 0 : 1); n > 0; --n) {
    pick(watched_words, unwatched_words);
  }
  return tags;
}

class PostMaker {
 public:
  PostMaker(const Options& options, const std::vector<Account>& accounts, Time start)
      : options_(options), accounts_(accounts), start_(start), last_(options.rereads.back()) {}

  std::vector<Post> make() {
    make_history();
    make_live();
    std::stable_sort(posts_.begin(), posts_.end(),
                     [](const Post& a, const Post& b) { return a.created < b.created; });
    for (uint32_t i = 0; i < posts_.size(); ++i) {
      posts_[i].index = i;
      make_odd(posts_[i]);
    }
    return std::move(posts_);
  }

 private:
  void make_history() {
    const auto oldest = options_.history.count();
    for (uint32_t i = 0; i < options_.history_posts; ++i) {
      Dice dice(options_.seed, 2, i);
      // Each account's first post comes first; some of the ordinary ones begin later.
      const bool first = i < accounts_.size();
      const auto author = first ? i : static_cast<uint32_t>(dice.below(accounts_.size()));
      const bool late = accounts_[author].role == Role::steady && author % 4 == 0;
      if (late) continue;
      const Time created = start_ - Duration(dice.between(oldest / 200, oldest));
      add(dice, author, created, first || dice.chance(0.85));
    }
  }

  void make_live() {
    const double seconds = std::chrono::duration<double>(options_.duration).count();
    const auto n = static_cast<uint32_t>(seconds * options_.posts_per_second);
    posts_.reserve(posts_.size() + n + accounts_.size() / 32);
    for (uint32_t i = 0; i < n; ++i) {
      Dice dice(options_.seed, 3, i);
      const Time created = start_ + Duration(dice.between(0, options_.duration.count()));
      const auto author = static_cast<uint32_t>(dice.below(accounts_.size()));
      if (accounts_[author].gone(created)) continue;
      Post& post = add(dice, author, created, dice.chance(0.85));
      if (!options_.plain) change_later(dice, post, accounts_[author]);
    }
    for (const Account& account : accounts_) {
      if (account.role != Role::reactivated) continue;
      Dice dice(options_.seed, 4, account.index);
      add(dice, account.index, account.back_at + Duration(dice.between(500'000, 2'000'000)), true);
    }
  }

  Post& add(Dice& dice, uint32_t author, Time created, bool watched) {
    Post& post = posts_.emplace_back();
    post.account = author;
    post.created = whole_ms(created);
    post.tags = draw_tags(dice, watched);
    post.tags_edited = post.tags;
    const Account& account = accounts_[author];
    if (account.on_bluesky()) return post;
    const Software* software = find_software(options_.software[account.place]);
    if (software != nullptr && !uri_tells_id(*software)) {
      post.by_page = page_tells_id(*software);
      post.still = !post.by_page;
    }
    for (size_t place = 0; place < options_.software.size(); ++place) {
      if (place == account.place) {
        post.arrived[place] = post.created;
      } else if (dice.chance(options_.federated)) {
        post.arrived[place] = whole_ms(post.created + Duration(dice.between(50'000, 2'000'000)));
      }
    }
    if (options_.lag > Duration::zero()) delay(post, account.place);
    return post;
  }

  void delay(Post& post, size_t home) const {
    for (size_t place = 0; place < options_.software.size(); ++place) {
      Dice dice(options_.seed, 13 + place, post.index + posts_.size());
      if (place == home || post.arrived[place] == never || !dice.chance(1.0 / 6)) continue;
      post.arrived[place] += options_.lag;
      if (dice.chance(0.5)) post.behind = static_cast<uint8_t>(post.behind | 1u << place);
    }
  }

  // What is asked for beside the ordinary; nothing else depends on it.
  void make_odd(Post& post) const {
    const bool bluesky = accounts_[post.account].on_bluesky();
    if (options_.odd_tags) {
      const uint32_t kind = post.index % 7;
      const unsigned more = kind == 3              ? 1u << marked_word
                            : kind == 5 && bluesky ? 1u << cash_word
                                                   : 0;
      post.tags = static_cast<TagSet>(post.tags | more);
      post.tags_edited = static_cast<TagSet>(post.tags_edited | more);
    }
    post.odd_time = options_.forged_times && bluesky && post.index % 9 == 4;
    if (!bluesky || options_.bridged <= 0) return;
    for (size_t place = 0; place < options_.software.size(); ++place) {
      Dice dice(options_.seed, 30 + place, post.index);
      if (!dice.chance(options_.bridged)) continue;
      post.arrived[place] = whole_ms(post.created + Duration(dice.between(500'000, 3'000'000)));
    }
  }

  // Both happen before the last re-read, which alone can see them on a polled network.
  void change_later(Dice& dice, Post& post, const Account& account) {
    const auto rest = last_.count();
    if (account.role == Role::reactivated || post.still) return;
    if (dice.chance(0.08)) {
      const bool hide = dice.chance(0.3);
      const bool show = account.on_bluesky() && dice.chance(0.3);
      const bool was_watched = (post.tags & watched_tags) != 0;
      post.tags_edited = draw_tags(dice, was_watched ? !hide : show);
      post.edited_at = post.created + Duration(dice.between(rest * 2 / 5, rest * 8 / 10));
    }
    if (dice.chance(0.05)) {
      post.deleted_at = post.created + Duration(dice.between(rest / 10, rest * 8 / 10));
    }
  }

  const Options& options_;
  const std::vector<Account>& accounts_;
  Time start_;
  Duration last_;
  std::vector<Post> posts_;
};

}  // namespace

Time declared_at(const Post& post) {
  constexpr Duration year = std::chrono::hours(24 * 365);
  if (!post.odd_time) return post.created;
  return post.index % 2 == 0 ? post.created + year : post.created - 9 * year;
}

std::string_view language_of(const Post& post) { return post.index % 3 == 0 ? "de" : "en"; }

TagSet tags_at(const Post& post, Time now, bool polled) {
  if (now < post.edited_at) return post.tags;
  const bool too_early =
      polled && (post.loses_watched() || post.by_page) && !recorded_by(post, post.edited_at);
  return too_early ? post.tags : post.tags_edited;
}

Time deleted_from(const Post& post) {
  return post.by_page && !recorded_by(post, post.deleted_at) ? never : post.deleted_at;
}

PostCounts counts_at(const Post& post, Time now, Duration rest_age) {
  Dice dice(post.index, 5, post.account);
  const bool loved = dice.chance(0.1);
  PostCounts rest{dice.between(0, loved ? 900 : 40), dice.between(0, loved ? 200 : 8),
                  dice.between(0, loved ? 90 : 6), dice.between(0, loved ? 30 : 2)};
  const Duration age = now - post.created;
  if (post.still || age >= rest_age * 9 / 10) return rest;
  Dice now_dice(post.index, 6, static_cast<uint64_t>(std::max(age, Duration{}) / mood));
  const auto wobble = [&now_dice](int64_t count) {
    return std::max<int64_t>(0, count + now_dice.between(-count / 2 - 2, count / 3 + 1));
  };
  return {wobble(rest.likes), wobble(rest.reposts), wobble(rest.replies), wobble(rest.quotes)};
}

uint64_t snowflake(Time at, uint32_t index) {
  return static_cast<uint64_t>(to_us(at) / 1000) << 16 | (index & 0xffffu);
}

std::string tid(Time at, uint32_t index) {
  const uint64_t value = static_cast<uint64_t>(to_us(at)) << 10 | (index & 0x3ffu);
  std::string text(13, '2');
  for (size_t i = 0; i < text.size(); ++i) {
    text[text.size() - 1 - i] = "234567abcdefghijklmnopqrstuvwxyz"[value >> (5 * i) & 31u];
  }
  return text;
}

std::vector<Post> make_posts(const Options& options, const std::vector<Account>& accounts,
                             Time start) {
  return PostMaker(options, accounts, start).make();
}

}  // namespace tagscout::testnet
