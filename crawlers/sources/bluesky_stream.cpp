#include "crawlers/sources/bluesky_stream.h"

#include <array>
#include <utility>

#include "crawlers/sources/bluesky_ids.h"
#include "crawlers/text.h"

namespace tagscout {
namespace {

constexpr std::string_view tag_feature = "app.bsky.richtext.facet#tag";
constexpr std::string_view invalid_handle = "handle.invalid";
constexpr size_t name_bytes_max = 512;

struct StatusReason {
  std::string_view status;
  GoneReason reason;
};

// Any other status of an inactive account may end as suddenly as it came.
constexpr std::array<StatusReason, 3> status_reasons{{{"deleted", GoneReason::deleted},
                                                      {"suspended", GoneReason::suspended},
                                                      {"takendown", GoneReason::suspended}}};

// Calls visit(spelling) for every tag of a post's record: those in its text, and those beside it.
template <class Visit>
void each_tag(const JsonValue& record, Visit visit) {
  record.field("facets").each([&](const JsonValue& facet) {
    facet.field("features").each([&](const JsonValue& feature) {
      if (feature.field("$type").optional_text() == tag_feature) visit(feature.field("tag").text());
    });
  });
  record.field("tags").each([&](const JsonValue& tag) { visit(tag.text()); });
}

std::string_view read_did(const JsonValue& value) {
  const std::string_view did = value.text();
  if (!is_did(did)) value.note("is not a DID");
  return did;
}

GoneReason reason_of(std::string_view status) {
  for (const StatusReason& known : status_reasons) {
    if (known.status == status) return known.reason;
  }
  return GoneReason::deactivated;
}

void read_account(const JsonValue& root, std::vector<Event>& events) {
  const AccountId id(Network::bluesky, read_did(root.field("did")));
  const JsonValue account = root.field("account");
  const std::optional<bool> active = account.field("active").optional_boolean();
  if (!active) return account.field("active").note("is missing");
  // Not time_us: that is each host's own, and differs after a fail-over.
  const Time at = parse_time(account.field("time").optional_text().value_or("")).value_or(Time());
  if (*active) {
    events.emplace_back(AccountActive{.id = id, .at = at});
  } else {
    const std::string_view status = account.field("status").optional_text().value_or("");
    events.emplace_back(AccountGone{.id = id, .reason = reason_of(status), .at = at});
  }
}

void read_identity(const JsonValue& root, std::vector<Event>& events) {
  const std::string_view did = read_did(root.field("did"));
  const JsonValue identity = root.field("identity");
  if (!identity.has_value()) identity.note("is missing");
  const std::string_view handle = identity.field("handle").optional_text().value_or("");
  if (handle.empty() || handle == invalid_handle || handle.size() > name_bytes_max) return;
  events.emplace_back(
      HandleChanged{.id = AccountId(Network::bluesky, did), .handle = std::string(handle)});
}

void read_follow(const JsonValue& commit, std::vector<Event>& events) {
  // A follow that ends names nobody.
  if (commit.field("operation").text() != "create") return;
  const std::string_view subject = read_did(commit.field("record").field("subject"));
  events.emplace_back(FollowHint{.id = AccountId(Network::bluesky, subject), .change = 1});
}

void fill_from_record(const JsonValue& record, PostSighting& post) {
  const std::optional<Time> created_at = parse_time(record.field("createdAt").text());
  if (!created_at) record.field("createdAt").note("is not a time");
  post.created_at = created_at.value_or(Time());
  record.field("langs").each([&post](const JsonValue& language) {
    if (post.language.empty()) post.language = clipped(language.text(), name_bytes_max);
  });
  std::vector<std::string>& keys = post.tags.emplace();
  each_tag(record, [&keys](std::string_view spelling) { add_post_tag(spelling, keys); });
}

}  // namespace

Result<int64_t> JetstreamReader::read(std::string_view frame, std::vector<Event>& events) {
  JsonProblem problem;
  const Result<JsonValue> root = parser_.parse(frame, problem);
  if (!root) return root.error();
  const size_t before = events.size();
  const std::string_view kind = root->field("kind").text();
  const JsonValue time = root->field("time_us");
  int64_t time_us = 0;
  if (kind == "commit" || kind == "account" || kind == "identity" || time.has_value()) {
    time_us = time.integer();
    if (time_us <= 0) time.note("is not a time");
  }
  if (kind == "commit") read_commit(*root, events);
  if (kind == "account") read_account(*root, events);
  if (kind == "identity") read_identity(*root, events);
  if (!problem.found()) return time_us;
  events.erase(events.begin() + static_cast<std::ptrdiff_t>(before), events.end());
  return problem.error();
}

void JetstreamReader::read_commit(const JsonValue& root, std::vector<Event>& events) {
  const JsonValue commit = root.field("commit");
  const std::string_view collection = commit.field("collection").text();
  if (collection == post_collection) read_post(root, events);
  if (collection == follow_collection) read_follow(commit, events);
}

bool JetstreamReader::carries_watched_tag(const JsonValue& record) {
  bool found = false;
  each_tag(record, [&](std::string_view spelling) {
    if (found) return;
    tag_key_exact(spelling, key_);
    found = tags_.contains(key_, false);
  });
  return found;
}

void JetstreamReader::read_post(const JsonValue& root, std::vector<Event>& events) {
  const JsonValue commit = root.field("commit");
  const JsonValue record = commit.field("record");
  const std::string_view operation = commit.field("operation").text();
  const bool deletes = operation == "delete";
  if (!deletes && operation != "create" && operation != "update") return;
  if (operation == "create" && !carries_watched_tag(record)) return;
  const std::string_view did = read_did(root.field("did"));
  const std::string_view record_key = commit.field("rkey").text();
  if (!is_record_key(record_key)) commit.field("rkey").note("is not a record key");
  const std::string_view rev = commit.field("rev").text();
  const AccountId author(Network::bluesky, did);
  if (deletes) {
    events.emplace_back(PostDeleted{.id = bluesky_post_id(did, record_key),
                                    .author = author,
                                    .rev = std::string(clipped(rev, name_bytes_max))});
    return;
  }
  PostSighting post;
  post.id = bluesky_post_id(did, record_key);
  post.author.id = author;
  post.author.bare = true;
  post.url = bluesky_post_url(did, record_key);
  // The stream carries the author's own record, though it knows no counts.
  post.provenance = Provenance::origin;
  post.rev = clipped(rev, name_bytes_max);
  fill_from_record(record, post);
  events.emplace_back(std::move(post));
}

}  // namespace tagscout
