#include "tests/support/testnet/bluesky_text.h"

#include "tests/support/testnet/dice.h"

namespace tagscout::testnet {
namespace {

constexpr std::string_view post_collection = "app.bsky.feed.post";
constexpr std::string_view follow_collection = "app.bsky.graph.follow";
constexpr std::string_view cid = "bafyreiaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

// How the author happened to write each tag: as in the text, or among the tags beside it.
struct Spelled {
  std::string_view text;
  bool beside = false;
};

std::vector<Spelled> spell(const Post& post, TagSet tags) {
  std::vector<Spelled> spelled;
  for (size_t i = 0; i < vocabulary().size(); ++i) {
    if ((tags >> i & 1u) == 0) continue;
    Dice dice(post.index, 9, i);
    const auto& spellings = vocabulary()[i].spellings;
    spelled.push_back({spellings[dice.below(spellings.size())], dice.chance(0.25)});
  }
  return spelled;
}

std::string_view status_of(Role role) {
  switch (role) {
    case Role::suspended:
      return "suspended";
    case Role::deleted:
      return "deleted";
    default:
      return "deactivated";
  }
}

}  // namespace

std::string_view collection(StreamKind kind) {
  switch (kind) {
    case StreamKind::post_create:
    case StreamKind::post_update:
    case StreamKind::post_delete:
      return post_collection;
    case StreamKind::follow:
    case StreamKind::unfollow:
      return follow_collection;
    case StreamKind::account_gone:
    case StreamKind::account_back:
    case StreamKind::identity:
    case StreamKind::unheard_of:
      return "";
  }
  return "";
}

void BlueskyText::write_labels(JsonText& json, const Account& account) const {
  json.array("labels");
  const auto label = [&](std::string_view value, std::string_view at, bool negated) {
    json.begin_object();
    json.field("src", account.did);
    json.field("uri", "at://" + account.did + "/app.bsky.actor.profile/self");
    json.field("cid", cid);
    json.field("val", value);
    if (negated) json.field("neg", true);
    json.field("cts", at);
    json.end_object();
  };
  if (account.role == Role::no_unauthenticated) {
    label("!no-unauthenticated", "2025-02-03T00:00:00.000Z", false);
  } else if (account.index % 40 == 1) {
    // A wish that was taken back.
    label("!no-unauthenticated", "2024-02-03T00:00:00.000Z", false);
    label("!no-unauthenticated", "2025-02-03T00:00:00.000Z", true);
  }
  json.end_array();
}

void BlueskyText::write_profile(JsonText& json, Account& account, Time now) const {
  json.begin_object();
  json.field("did", account.did);
  json.field("handle", world_.names().handle(account));
  json.field("displayName", account.name);
  json.field("description", account.role == Role::nobot ? "I mend. Please: #NoBot"
                                                        : "I mend & sew, mostly on Sundays.");
  json.field("followersCount", world_.show_followers(account, now));
  json.field("followsCount", account.following);
  json.field("postsCount", account.statuses);
  json.field("createdAt", "2023-05-01T08:00:00.000Z");
  json.field("indexedAt", "2024-05-01T08:00:00.000Z");
  write_labels(json, account);
  json.end_object();
}

void BlueskyText::write_record(JsonText& json, const Post& post, TagSet tags) const {
  const std::vector<Spelled> spelled = spell(post, tags);
  std::string text = "Three holes in one elbow, and a week of evenings to close them.";
  json.begin_object();
  json.field("$type", post_collection);
  json.array("facets");
  for (const Spelled& tag : spelled) {
    if (tag.beside) continue;
    json.begin_object();
    json.object("index");
    json.field("byteStart", text.size() + 1);
    text.append(" #").append(tag.text);
    json.field("byteEnd", text.size());
    json.end_object();
    json.array("features");
    json.begin_object();
    json.field("$type", "app.bsky.richtext.facet#tag");
    json.field("tag", tag.text);
    json.end_object();
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.field("text", text);
  json.array("langs");
  json.value(language_of(post));
  json.end_array();
  json.array("tags");
  for (const Spelled& tag : spelled) {
    if (tag.beside) json.value(tag.text);
  }
  json.end_array();
  json.field("createdAt", format_time(declared_at(post)));
  json.end_object();
}

void BlueskyText::write_post(JsonText& json, const Post& post, Time now) const {
  const Account& author = world_.accounts()[post.account];
  const PostCounts counts = world_.counts(post, now);
  json.begin_object();
  json.field("uri", world_.names().native(post, author));
  json.field("cid", cid);
  json.object("author");
  json.field("did", author.did);
  json.field("handle", world_.names().handle(author));
  json.field("displayName", author.name);
  write_labels(json, author);
  json.field("createdAt", "2023-05-01T08:00:00.000Z");
  json.end_object();
  json.key("record");
  write_record(json, post, world_.tags(post, now));
  json.field("replyCount", counts.replies);
  json.field("repostCount", counts.reposts);
  json.field("likeCount", counts.likes);
  json.field("quoteCount", counts.quotes);
  json.field("bookmarkCount", 0);
  json.field("indexedAt", format_time(post.created));
  json.empty_array("labels");
  json.end_object();
}

std::string BlueskyText::frame(const StreamEvent& event, Time now) {
  JsonText json;
  json.begin_object();
  switch (event.kind) {
    case StreamKind::post_create:
    case StreamKind::post_update:
    case StreamKind::post_delete:
      write_post_commit(json, event, now);
      break;
    case StreamKind::follow:
    case StreamKind::unfollow:
      write_follow_commit(json, event);
      break;
    case StreamKind::account_gone:
    case StreamKind::account_back:
      write_account(json, event);
      break;
    case StreamKind::identity:
      write_identity(json, event);
      break;
    case StreamKind::unheard_of:
      json.field("did", world_.accounts()[event.subject].did);
      json.field("time_us", to_us(event.at));
      json.field("kind", "weather");
      json.object("weather");
      json.field("sky", "blue");
      json.end_object();
      break;
  }
  json.end_object();
  return json.take();
}

void BlueskyText::write_post_commit(JsonText& json, const StreamEvent& event, Time now) {
  Post& post = world_.posts()[event.subject];
  const bool removed = event.kind == StreamKind::post_delete;
  const bool changed = event.kind == StreamKind::post_update;
  const TagSet tags = changed ? post.tags_edited : post.tags;
  if (!removed) world_.show_post(post, tags, true, now);
  json.field("did", world_.accounts()[post.account].did);
  json.field("time_us", to_us(event.at));
  json.field("kind", "commit");
  json.object("commit");
  json.field("rev", tid(event.at, post.index));
  json.field("operation", removed ? "delete" : changed ? "update" : "create");
  json.field("collection", post_collection);
  json.field("rkey", tid(post.created, post.index));
  if (!removed) {
    json.field("cid", cid);
    json.key("record");
    write_record(json, post, tags);
  }
  json.end_object();
}

void BlueskyText::write_follow_commit(JsonText& json, const StreamEvent& event) const {
  const Account& followed = world_.accounts()[event.subject];
  const auto follower = static_cast<uint32_t>(to_us(event.at) % 997);
  const bool follows = event.kind == StreamKind::follow;
  json.field("did", "did:plc:follower" + tid(Time{}, follower) + "aaa");
  json.field("time_us", to_us(event.at));
  json.field("kind", "commit");
  json.object("commit");
  json.field("rev", tid(event.at, 1));
  json.field("operation", follows ? "create" : "delete");
  json.field("collection", follow_collection);
  json.field("rkey", tid(event.at, 0));
  if (follows) {
    json.field("cid", cid);
    json.object("record");
    json.field("$type", follow_collection);
    json.field("subject", followed.did);
    json.field("createdAt", format_time(event.at));
    json.end_object();
  }
  json.end_object();
}

void BlueskyText::write_account(JsonText& json, const StreamEvent& event) const {
  const Account& account = world_.accounts()[event.subject];
  const bool active = event.kind == StreamKind::account_back;
  json.field("did", account.did);
  json.field("time_us", to_us(event.at));
  json.field("kind", "account");
  json.object("account");
  json.field("active", active);
  json.field("did", account.did);
  json.field("seq", to_us(event.at) % 1'000'000'000);
  if (!active) json.field("status", status_of(account.role));
  json.field("time", format_time(event.at));
  json.end_object();
}

void BlueskyText::write_identity(JsonText& json, const StreamEvent& event) const {
  const Account& account = world_.accounts()[event.subject];
  json.field("did", account.did);
  json.field("time_us", to_us(event.at));
  json.field("kind", "identity");
  json.object("identity");
  json.field("did", account.did);
  if (event.at.time_since_epoch().count() % 2 == 0) {
    json.field("handle", world_.names().handle(account));
  }
  json.field("seq", to_us(event.at) % 1'000'000'000);
  json.field("time", format_time(event.at));
  json.end_object();
}

}  // namespace tagscout::testnet
