#include "tests/support/testnet/mastodon_text.h"

namespace tagscout::testnet {
namespace {

// How long news of an edit or a deletion travels, where it arrives at all.
constexpr Duration travel = std::chrono::milliseconds(800);

bool hears_of_edits(const Post& post) { return post.index % 4 != 0; }
bool hears_of_deletion(const Post& post) { return post.index % 3 != 0; }

int64_t hidden_as(Hiding hiding, int64_t followers) {
  const bool zero = hiding == Hiding::zero || hiding == Hiding::zero_in_pleroma;
  return followers < 0 && zero ? 0 : followers;
}

}  // namespace

void MastodonText::write(JsonText& json, Account& account, Time now) const {
  const Names& names = world_.names();
  const bool home = at_home(account);
  const bool suspended = home && account.gone(world_.shown_time(now));
  int64_t followers = account.stale_followers;
  if (suspended) {
    followers = 0;
    account.read_at = now;
  } else if (home) {
    followers = world_.show_followers(account, now);
  }
  json.begin_object();
  json.field("id", names.local_id(place_, account.index));
  json.field("username", account.name);
  json.field("acct", home ? account.name : names.ap_handle(account));
  json.field("display_name", suspended ? std::string() : account.name + " & friends");
  json.field("locked", account.index % 17 == 0);
  json.field("bot", account.index % 50 == 0);
  json.field("group", false);
  json.field("created_at", "2021-03-04T00:00:00.000Z");
  json.field("url", names.url(account));
  if (software_.actor_uris) json.field("uri", names.ap_uri(account));
  json.field("followers_count", hidden_as(software_.hiding, followers));
  json.field("following_count", suspended ? 0 : account.following);
  json.field("statuses_count", suspended ? 0 : account.statuses);
  write_profile(json, account);
  if (home && software_.tells_noindex) json.field("noindex", account.role == Role::noindex);
  if (suspended) json.field("suspended", true);
  if (account.moved_to) write_successor(json, *account.moved_to);
  json.end_object();
}

void MastodonText::write_successor(JsonText& json, uint32_t index) const {
  const Account& account = world_.accounts()[index];
  json.object("moved");
  json.field("id", world_.names().local_id(place_, index));
  json.field("username", account.name);
  json.field("acct", at_home(account) ? account.name : world_.names().ap_handle(account));
  json.field("url", world_.names().url(account));
  if (software_.actor_uris) json.field("uri", world_.names().ap_uri(account));
  json.field("followers_count", account.stale_followers);
  json.end_object();
}

void MastodonText::write_privacy(JsonText& json, const Account& account) const {
  const bool hides = account.role == Role::hides_counts;
  if (software_.tells_discoverable) {
    json.key("discoverable");
    if (account.role == Role::not_discoverable) {
      json.value(false);
    } else if (account.index % 5 == 0) {
      json.null();
    } else {
      json.value(true);
    }
  }
  if (software_.hiding != Hiding::zero_in_pleroma) {
    json.field("hide_collections", hides);
    return;
  }
  json.object("pleroma");
  json.field("ap_id", world_.names().native(account));
  json.field("hide_followers", hides);
  json.field("hide_followers_count", hides && at_home(account));
  json.end_object();
}

bool MastodonText::has_media(const Post& post) const {
  const Account& author = world_.accounts()[post.account];
  return !author.on_bluesky() && world_.names().software(author.place).media_by_default;
}

void MastodonText::write_media(JsonText& json, const Post& post) const {
  json.array("media_attachments");
  if (has_media(post)) {
    json.begin_object();
    json.field("id", "7");
    json.field("type", "image");
    json.field("url", "https://media.test/b.png");
    json.end_object();
  }
  json.end_array();
}

void MastodonText::write_profile(JsonText& json, const Account& account) const {
  json.field("note", account.role == Role::nobot
                         ? "<p>I mend. Please <a href=\"/tags/nobot\">#<span>nobot</span></a></p>"
                         : "<p>I mend &amp; sew, mostly on Sundays.</p>");
  json.field("last_status_at", "2026-01-02");
  write_privacy(json, account);
  json.field("indexable", account.index % 2 == 0);
  json.field("avatar", "https://media.test/a.png");
  json.empty_array("emojis");
  json.empty_array("fields");
  json.empty_array("roles");
}

bool MastodonText::shows(const Post& post, Time now) const {
  const Account& author = world_.accounts()[post.account];
  const Time shown = world_.shown_time(now);
  // A copy of a post that the bridge has not taken back.
  if (author.on_bluesky()) return shown < post.deleted_at && !author.gone(shown);
  if (at_home(author)) return world_.stands(post, now);
  if (software_.hears_of_gone && author.gone(shown)) return false;
  const Time deleted = deleted_from(post);
  return !hears_of_deletion(post) || deleted == never || shown < deleted + travel;
}

TagSet MastodonText::tags(const Post& post, Time now) const {
  const Account& author = world_.accounts()[post.account];
  if (at_home(author)) return world_.tags(post, now);
  if (!hears_of_edits(post)) return post.tags;
  return tags_at(post, world_.shown_time(now) - travel, true);
}

void MastodonText::write(JsonText& json, Post& post, uint64_t id, Time now) const {
  Account& author = world_.accounts()[post.account];
  const Names& names = world_.names();
  const TagSet shown_tags = tags(post, now);
  world_.show_post(post, shown_tags, at_home(author), now);
  const std::string& base = names.hosts().mastodon[place_];
  json.begin_object();
  json.field("id", write_id(software_.ids, id));
  json.field("created_at", format_time(post.created));
  json.null_field("in_reply_to_id");
  json.null_field("in_reply_to_account_id");
  json.field("sensitive", false);
  json.field("spoiler_text", "");
  json.field("visibility", "public");
  json.field("language", language_of(post));
  json.field("uri", names.ap_uri(post, author));
  const bool knows_page =
      author.on_bluesky() || at_home(author) || names.software(author.place).page_travels;
  json.field("url", knows_page ? names.url(post, author) : names.ap_uri(post, author));
  write_counts(json, post, now);
  json.key("edited_at");
  if (shown_tags == post.tags) {
    json.null();
  } else {
    json.value(format_time(post.edited_at));
  }
  json.field("content",
             "<p>Three holes in one elbow, and a week of evenings to close them. The wool is older "
             "than I am &amp; still warm.</p>");
  json.null_field("reblog");
  json.array("tags");
  for (const std::string_view name : tag_keys(shown_tags, true)) {
    json.begin_object();
    json.field("name", name);
    json.field("url", base + "/tags/" + std::string(name));
    json.end_object();
  }
  json.end_array();
  json.key("account");
  write(json, author, now);
  write_media(json, post);
  for (const char* nothing : {"mentions", "emojis"}) json.empty_array(nothing);
  json.null_field("card");
  json.null_field("poll");
  json.end_object();
}

void MastodonText::write_counts(JsonText& json, const Post& post, Time now) const {
  const Account& author = world_.accounts()[post.account];
  PostCounts counts = world_.counts(post, now);
  if (!at_home(author)) {
    // What reached this instance, or what it once was told.
    const auto share = static_cast<int64_t>(25 + 30 * place_);
    counts = {counts.likes * share / 100, counts.reposts * share / 100, counts.replies / 3, 0};
  }
  json.field("replies_count", counts.replies);
  json.field("reblogs_count", counts.reposts);
  json.field("favourites_count", counts.likes);
  if (software_.quotes) json.field("quotes_count", counts.quotes);
}

}  // namespace tagscout::testnet
