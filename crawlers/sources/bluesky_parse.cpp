#include "crawlers/sources/bluesky_parse.h"

#include <algorithm>
#include <array>
#include <utility>

#include "crawlers/json_document.h"
#include "crawlers/sources/bluesky_ids.h"
#include "crawlers/sources/bluesky_labels.h"
#include "crawlers/text.h"

namespace tagscout {
namespace {

constexpr size_t name_bytes_max = 512;

// Stands where an account's handle cannot be confirmed.
constexpr std::string_view invalid_handle = "handle.invalid";

struct XrpcKind {
  std::string_view name;
  ErrorKind kind;
};

// Errors that say more than the status they come with.
constexpr std::array<XrpcKind, 17> xrpc_kinds{{
    {"AuthMissing", ErrorKind::auth},
    {"AuthenticationRequired", ErrorKind::auth},
    {"InvalidToken", ErrorKind::auth},
    {"ExpiredToken", ErrorKind::auth},
    {"Forbidden", ErrorKind::forbidden},
    {"BlockedActor", ErrorKind::forbidden},
    {"BlockedByActor", ErrorKind::forbidden},
    {"NotFound", ErrorKind::not_found},
    {"HandleNotFound", ErrorKind::not_found},
    {"AccountDeactivated", ErrorKind::not_found},
    {"AccountTakedown", ErrorKind::not_found},
    {"RateLimitExceeded", ErrorKind::rate_limited},
    {"MethodNotImplemented", ErrorKind::bad_request},
    {"InternalServerError", ErrorKind::transient},
    {"UpstreamFailure", ErrorKind::transient},
    {"UpstreamTimeout", ErrorKind::transient},
    {"NotEnoughResources", ErrorKind::transient},
}};

// With these an InvalidRequest means that there is no such thing.
constexpr std::array<std::string_view, 3> not_found_messages{"Profile not found", "Actor not found",
                                                             "Post not found"};

struct XrpcFailure {
  std::string name;
  std::string message;
};

XrpcFailure read_failure(std::string_view body) {
  JsonProblem problem;
  JsonParser parser;
  const Result<JsonValue> root = parser.parse(body, problem);
  if (!root || !root->is_object()) return {};
  return {.name = std::string(root->field("error").optional_text().value_or("")),
          .message = std::string(root->field("message").optional_text().value_or(""))};
}

std::optional<int64_t> read_account_count(const JsonValue& value) {
  const std::optional<int64_t> count = value.optional_count();
  return count && *count >= 0 ? count : std::nullopt;
}

bool is_bridged(std::string_view handle, const AppViewMoment& moment) {
  return std::any_of(moment.bridges.begin(), moment.bridges.end(), [&](const std::string& host) {
    return handle.size() > host.size() && handle.ends_with(host) &&
           handle[handle.size() - host.size() - 1] == '.';
  });
}

// What a profile and the author of a post have in common.
AccountSighting read_actor(const JsonValue& actor, const AppViewMoment& moment) {
  AccountSighting sighting;
  const std::string_view did = actor.field("did").text();
  if (!is_did(did)) actor.field("did").note("is not a DID");
  sighting.id = AccountId(Network::bluesky, did);
  const std::string_view handle = actor.field("handle").text();
  if (handle != invalid_handle) sighting.handle = clipped(handle, name_bytes_max);
  sighting.display_name =
      clipped(actor.field("displayName").optional_text().value_or(""), name_bytes_max);
  sighting.url = bluesky_account_url(did);
  sighting.provenance = moment.stale ? Provenance::foreign : Provenance::origin;
  const LabelWishes labels = read_labels(actor.field("labels"), moment.now);
  sighting.opt_outs = labels.opt_outs;
  if (labels.bot) sighting.bot = true;
  sighting.bridged = is_bridged(sighting.handle, moment);
  return sighting;
}

AccountSighting read_profile(const JsonValue& profile, const AppViewMoment& moment) {
  AccountSighting sighting = read_actor(profile, moment);
  sighting.counts = {.followers = read_account_count(profile.field("followersCount")),
                     .following = read_account_count(profile.field("followsCount")),
                     .posts = read_account_count(profile.field("postsCount"))};
  sighting.opt_outs.set(OptOut::nobot_tag,
                        has_bio_marker(profile.field("description").optional_text().value_or("")));
  return sighting;
}

// The author as a post shows it. Without a wish in it, it is no more than a name: counts and bio
// are not shown here.
AccountSighting read_author(const JsonValue& author, const AppViewMoment& moment) {
  AccountSighting sighting = read_actor(author, moment);
  if (sighting.opt_outs != OptOuts()) return sighting;
  AccountSighting bare;
  bare.id = sighting.id;
  bare.handle = sighting.handle;
  bare.bare = true;
  return bare;
}

Engagement read_counts(const JsonValue& post) {
  Engagement counts;
  const auto read = [&](std::string_view key) -> std::optional<int64_t> {
    const std::optional<int64_t> count = post.field(key).optional_count();
    if (!count || *count >= 0) return count;
    counts.hidden = true;
    return std::nullopt;
  };
  counts.likes = read("likeCount");
  counts.reposts = read("repostCount");
  counts.replies = read("replyCount");
  counts.quotes = read("quoteCount");
  return counts;
}

PostSighting read_post(const JsonValue& view, const AppViewMoment& moment) {
  PostSighting post;
  const std::optional<PostAddress> address = parse_post_address(view.field("uri").text());
  post.author = read_author(view.field("author"), moment);
  if (!address || post.author.id != AccountId(Network::bluesky, address->did)) {
    view.field("uri").note("is not a post of its author");
    return post;
  }
  post.id = bluesky_post_id(address->did, address->record_key);
  post.url = bluesky_post_url(address->did, address->record_key);
  const JsonValue record = view.field("record");
  const std::optional<Time> created_at = parse_time(record.field("createdAt").text());
  if (!created_at) record.field("createdAt").note("is not a time");
  post.created_at = created_at.value_or(Time());
  record.field("langs").each([&](const JsonValue& language) {
    if (post.language.empty()) post.language = clipped(language.text(), name_bytes_max);
  });
  post.counts = read_counts(view);
  post.provenance = moment.stale ? Provenance::foreign : Provenance::origin;
  post.reread = true;
  return post;
}

// Reads each element of an array on its own, so that a bad one costs the others nothing. Rows
// without a name cannot be matched to anything and are left out.
template <class Row>
std::map<std::string, Result<Row>> read_rows(const JsonValue& array, std::string_view name,
                                             Row (*read)(const JsonValue& value,
                                                         const AppViewMoment& moment),
                                             const AppViewMoment& moment) {
  if (!array.has_value()) array.note("is missing");
  std::map<std::string, Result<Row>> rows;
  array.each([&](const JsonValue& value) {
    JsonProblem problem;
    const JsonValue element = value.reported_to(problem);
    std::string key(element.field(name).text());
    if (problem.found()) return;
    Row row = read(element, moment);
    rows.try_emplace(std::move(key),
                     problem.found() ? Result<Row>(problem.error()) : Result<Row>(std::move(row)));
  });
  return rows;
}

}  // namespace

Result<ProfileRows> parse_profiles(std::string_view body, const AppViewMoment& moment) {
  return read_json(body, [&](const JsonValue& root) {
    return read_rows(root.field("profiles"), "did", read_profile, moment);
  });
}

Result<AccountSighting> parse_profile(std::string_view body, const AppViewMoment& moment) {
  return read_json(body, [&](const JsonValue& root) { return read_profile(root, moment); });
}

Result<PostRows> parse_posts(std::string_view body, const AppViewMoment& moment) {
  return read_json(body, [&](const JsonValue& root) {
    return read_rows(root.field("posts"), "uri", read_post, moment);
  });
}

Error xrpc_error(Error error) {
  const XrpcFailure failure = read_failure(error.body);
  if (failure.name.empty()) return error;
  const auto* const known =
      std::find_if(xrpc_kinds.begin(), xrpc_kinds.end(),
                   [&](const XrpcKind& kind) { return kind.name == failure.name; });
  if (known != xrpc_kinds.end()) error.kind = known->kind;
  const bool absent =
      std::any_of(not_found_messages.begin(), not_found_messages.end(),
                  [&](std::string_view message) { return failure.message.starts_with(message); });
  if (failure.name == "InvalidRequest" && absent) error.kind = ErrorKind::not_found;
  return error;
}

std::optional<GoneReason> xrpc_gone_reason(const Error& error) {
  const XrpcFailure failure = read_failure(error.body);
  if (failure.name == "AccountDeactivated") return GoneReason::deactivated;
  if (failure.name == "AccountTakedown") return GoneReason::suspended;
  return std::nullopt;
}

}  // namespace tagscout
