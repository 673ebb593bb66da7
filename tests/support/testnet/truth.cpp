#include "tests/support/testnet/truth.h"

#include <algorithm>

#include "tests/support/testnet/json_text.h"

namespace tagscout::testnet {
namespace {

constexpr Duration clocks_apart = std::chrono::milliseconds(300);

// Whether a reading so far from the last one needs a second one.
enum class Side { normal, below, above };

Side side(int64_t last, int64_t followers) {
  if (last < 1'000) return Side::normal;
  if (followers * 2 < last) return Side::below;
  return followers > last * 5 ? Side::above : Side::normal;
}

// Those of the counts shown that move the account.
std::vector<int64_t> accepted(const std::vector<ShownFollowers>& shown, Duration confirm_after) {
  std::vector<int64_t> values;
  Side waiting = Side::normal;
  Time since{};
  const auto read = [&](int64_t followers, Time at) {
    if (followers == 0) return;
    const Side now = values.empty() ? Side::normal : side(values.back(), followers);
    const bool waits = now != Side::normal && (waiting != now || at - since < confirm_after);
    if (now != waiting) since = at;
    waiting = waits ? now : Side::normal;
    if (!waits) values.push_back(followers);
  };
  for (const ShownFollowers& one : shown) {
    read(one.followers, one.first);
    read(one.followers, one.last);
  }
  return values;
}

class TruthFinder {
 public:
  TruthFinder(const World& world, std::optional<Duration> shown_with_confirm)
      : world_(world),
        end_(world.frozen_at()),
        shown_with_confirm_(shown_with_confirm),
        by_account_(world.accounts().size()),
        seen_(world.accounts().size(), false) {}

  Truth find() {
    for (const Post& post : world_.posts()) look_at(post);
    for (const Account& account : world_.accounts()) look_at(account);
    return std::move(truth_);
  }

 private:
  bool shown_only() const { return shown_with_confirm_.has_value(); }

  // True if the post came before somebody who had seen all of it so far.
  bool appeared(const Post& post, const Account& author) const {
    if (post.created > end_) return false;
    if (shown_only()) return post.served_at != never;
    if ((post.tags & watched_tags) != 0) return true;
    // A stream tells of every edit; a page of a polled network need not.
    const bool edited = post.edited_at <= end_ && post.edited_at < post.deleted_at;
    return author.on_bluesky() && edited && !author.gone(post.edited_at) &&
           (post.tags_edited & watched_tags) != 0;
  }

  void look_at(const Post& post) {
    const Account& author = world_.accounts()[post.account];
    if (!appeared(post, author)) return;
    if (opts_out(author) || author.gone(end_)) return;
    const bool before_return = author.back_at <= end_ && post.created < author.back_at;
    if (before_return) return;
    seen_[author.index] = true;
    if (deleted_from(post) <= end_) return;
    add(post, author);
  }

  void add(const Post& post, const Account& author) {
    const TagSet tags = world_.tags(post, end_);
    TruthPost known{
        .id = world_.names().id(post, author),
        .account = world_.names().id(author),
        .tags = {},
        .counts = world_.counts(post, end_),
        .counts_quotes = author.on_bluesky() || world_.names().software(author.place).quotes};
    TruthAccount& sums = by_account_[author.index];
    for (const std::string_view key : tag_keys(tags, !author.on_bluesky())) {
      known.tags.emplace_back(key);
      ++sums.tags[known.tags.back()];
    }
    ++sums.posts_seen;
    if ((tags & watched_tags) != 0) ++sums.niche_posts;
    sums.sums.likes += known.counts.likes;
    sums.sums.reposts += known.counts.reposts;
    sums.sums.replies += known.counts.replies;
    if (known.counts_quotes) sums.sums.quotes += known.counts.quotes;
    truth_.posts.push_back(std::move(known));
  }

  void look_at(const Account& account) {
    const std::string id = world_.names().id(account);
    if (shown_only() && (account.gone_at != never || account.role == Role::hides_counts)) {
      truth_.undecided.push_back(id);
      return;
    }
    if (!seen_[account.index]) {
      truth_.absent.push_back(id);
      return;
    }
    TruthAccount& known = by_account_[account.index];
    if (known.posts_seen == 0) {
      truth_.idle.push_back(id);
      return;
    }
    describe(account, known);
    if (account.role == Role::not_discoverable || account.role == Role::hides_counts) return;
    if (shown_only()) {
      add_shown_flags(account, id);
      return;
    }
    const bool returned = account.back_at <= end_;
    add_flags(
        id, returned ? std::vector<int64_t>{account.curve.value(end_)} : account.curve.trace(end_));
  }

  // Both clocks measure the wait for a second reading; where it was as long as it had to be within
  // what separates them, nobody can tell.
  void add_shown_flags(const Account& account, const std::string& id) {
    const std::vector<ExpectedFlag> sooner =
        expected_flags(accepted(account.shown, *shown_with_confirm_ - clocks_apart));
    const std::vector<int64_t> later = accepted(account.shown, *shown_with_confirm_ + clocks_apart);
    if (sooner != expected_flags(later)) {
      truth_.undecided.push_back(id);
    } else {
      add_flags(id, later);
    }
  }

  void add_flags(const std::string& id, const std::vector<int64_t>& followers) {
    for (ExpectedFlag& flag : expected_flags(followers)) {
      truth_.flags.push_back({id, std::move(flag)});
    }
  }

  void describe(const Account& account, TruthAccount& known) {
    known.id = world_.names().id(account);
    if (account.role != Role::hides_counts) known.followers = account.curve.value(end_);
    known.following = account.following;
    known.posts = account.statuses;
    known.listed = account.role != Role::not_discoverable;
    truth_.accounts.push_back(std::move(known));
  }

  const World& world_;
  Time end_;
  std::optional<Duration> shown_with_confirm_;
  std::vector<TruthAccount> by_account_;
  std::vector<bool> seen_;
  Truth truth_;
};

void write_counts(JsonText& json, const PostCounts& counts, bool counts_quotes) {
  json.field("likes", counts.likes);
  json.field("reposts", counts.reposts);
  json.field("replies", counts.replies);
  if (counts_quotes) {
    json.field("quotes", counts.quotes);
  } else {
    json.null_field("quotes");
  }
}

void write(JsonText& json, const TruthPost& post) {
  json.begin_object();
  json.field("id", post.id);
  json.field("account", post.account);
  json.array("tags");
  for (const std::string& tag : post.tags) json.value(tag);
  json.end_array();
  write_counts(json, post.counts, post.counts_quotes);
  json.end_object();
}

void write(JsonText& json, const TruthAccount& account) {
  json.begin_object();
  json.field("id", account.id);
  if (account.followers) {
    json.field("followers", *account.followers);
  } else {
    json.null_field("followers");
  }
  json.field("following", account.following);
  json.field("posts", account.posts);
  json.field("posts_seen", account.posts_seen);
  write_counts(json, account.sums, true);
  json.object("tags");
  for (const auto& [tag, posts] : account.tags) json.field(tag, posts);
  json.end_object();
  json.field("niche_posts", account.niche_posts);
  json.field("listed", account.listed);
  json.end_object();
}

void write(JsonText& json, const TruthFlag& flag) {
  json.begin_object();
  json.field("account", flag.account);
  json.field("ladder", flag.flag.ladder);
  json.field("band", flag.flag.band);
  json.field("kind", flag.flag.kind);
  json.end_object();
}

void write(JsonText& json, const std::string& id) { json.value(id); }

template <class Thing>
void write_all(JsonText& json, std::string_view name, const std::vector<Thing>& things) {
  json.array(name);
  for (const Thing& thing : things) write(json, thing);
  json.end_array();
}

}  // namespace

Truth scripted_truth(const World& world) { return TruthFinder(world, {}).find(); }

Truth shown_truth(const World& world, Duration confirm_after) {
  return TruthFinder(world, confirm_after).find();
}

std::string to_json(const Truth& truth) {
  JsonText json;
  json.begin_object();
  write_all(json, "posts", truth.posts);
  write_all(json, "accounts", truth.accounts);
  write_all(json, "flags", truth.flags);
  write_all(json, "absent", truth.absent);
  write_all(json, "idle", truth.idle);
  write_all(json, "undecided", truth.undecided);
  json.end_object();
  return json.take();
}

}  // namespace tagscout::testnet
