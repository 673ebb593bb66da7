#include "tests/support/testnet/mastodon_text.h"

namespace tagscout::testnet {
namespace {

// How long news of an edit or a deletion travels, where it arrives at all.
constexpr Duration travel = std::chrono::milliseconds(800);
// This instance never hears of accounts that are gone.
constexpr size_t deaf_place = 2;
// And this one runs an older version, which counts no quotes.
constexpr size_t old_place = 2;

bool hears_of_edits(const Post& post) { return post.index % 4 != 0; }
bool hears_of_deletion(const Post& post) { return post.index % 3 != 0; }

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
  json.field("id", Names::local_id(place_, account.index));
  json.field("username", account.name);
  json.field("acct", home ? account.name : names.handle(account));
  json.field("display_name", suspended ? std::string() : account.name + " & friends");
  json.field("locked", account.index % 17 == 0);
  json.field("bot", account.index % 50 == 0);
  json.key("discoverable");
  if (account.role == Role::not_discoverable) {
    json.value(false);
  } else if (account.index % 5 == 0) {
    json.null();
  } else {
    json.value(true);
  }
  json.field("group", false);
  json.field("created_at", "2021-03-04T00:00:00.000Z");
  json.field("url", names.url(account));
  json.field("uri", names.native(account));
  json.field("followers_count", followers);
  json.field("following_count", suspended ? 0 : account.following);
  json.field("statuses_count", suspended ? 0 : account.statuses);
  write_profile(json, account);
  if (home) json.field("noindex", account.role == Role::noindex);
  if (suspended) json.field("suspended", true);
  json.end_object();
}

void MastodonText::write_profile(JsonText& json, const Account& account) const {
  json.field("note", account.role == Role::nobot
                         ? "<p>I mend. Please <a href=\"/tags/nobot\">#<span>nobot</span></a></p>"
                         : "<p>I mend &amp; sew, mostly on Sundays.</p>");
  json.field("last_status_at", "2026-01-02");
  json.field("hide_collections", account.role == Role::hides_counts);
  json.field("indexable", account.index % 2 == 0);
  json.field("avatar", "https://media.test/a.png");
  json.empty_array("emojis");
  json.empty_array("fields");
  json.empty_array("roles");
}

bool MastodonText::shows(const Post& post, Time now) const {
  const Account& author = world_.accounts()[post.account];
  const Time shown = world_.shown_time(now);
  if (author.on_bluesky()) return false;
  if (at_home(author)) return world_.stands(post, now);
  if (place_ != deaf_place && author.gone(shown)) return false;
  return !hears_of_deletion(post) || post.deleted_at == never || shown < post.deleted_at + travel;
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
  world_.show_post(post, shown_tags, now);
  const std::string uri = names.native(post, author);
  const std::string& base = names.hosts().mastodon[place_];
  json.begin_object();
  json.field("id", std::to_string(id));
  json.field("created_at", format_time(post.created));
  json.null_field("in_reply_to_id");
  json.null_field("in_reply_to_account_id");
  json.field("sensitive", false);
  json.field("spoiler_text", "");
  json.field("visibility", "public");
  json.field("language", post.index % 3 == 0 ? "de" : "en");
  json.field("uri", uri);
  json.field("url", names.url(author) + uri.substr(uri.rfind('/')));
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
  for (const char* nothing : {"media_attachments", "mentions", "emojis"}) json.empty_array(nothing);
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
  if (place_ != old_place) json.field("quotes_count", counts.quotes);
}

}  // namespace tagscout::testnet
