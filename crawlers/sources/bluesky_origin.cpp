#include "crawlers/sources/bluesky_origin.h"

#include <utility>

#include "crawlers/url.h"

namespace tagscout {
namespace {

using boost::asio::awaitable;

// "METHOD?NAME=ID&NAME=ID…" of the targets' native ids.
template <class Target>
std::string query(std::string_view method, std::string_view name,
                  const std::vector<Target>& targets) {
  std::string text(method);
  char separator = '?';
  for (const Target& target : targets) {
    text.push_back(separator);
    text.append(name).append("=").append(percent_encode(target.id.native()));
    separator = '&';
  }
  return text;
}

Event unreadable(const AccountId& id, std::string why) {
  return AccountUnreadable{.id = id, .why = std::move(why), .refused = false};
}

Event post_event(const PostRows& rows, const PostTarget& target) {
  const auto row = rows.find(std::string(target.id.native()));
  if (row == rows.end()) return PostMissing{.id = target.id, .author = target.author};
  if (row->second) return *row->second;
  return PostUnreadable{
      .id = target.id, .author = target.author, .why = row->second.error().detail};
}

}  // namespace

BlueskyOrigin::BlueskyOrigin(const std::vector<SourceSection>& sections, SourceTools tools)
    : tools_(std::move(tools)) {
  if (sections.empty()) return;
  source_ = sections.front().name;
  const std::optional<Url> url = parse_url(sections.front().appview);
  if (url) appview_ = url->origin();
}

AppViewMoment BlueskyOrigin::moment(const HttpResponse& response) const {
  return {
      .now = tools_.clock.now(), .stale = from_stale_cache(response), .bridges = tools_.bridges};
}

Batch BlueskyOrigin::make_batch(std::vector<Event> events) const {
  Batch batch;
  batch.source = source_;
  batch.now = tools_.clock.now();
  batch.clock_right = tools_.fetcher.clock_right();
  batch.events = std::move(events);
  return batch;
}

awaitable<Result<HttpResponse>> BlueskyOrigin::ask(std::string method_and_query) {
  if (appview_.empty()) co_return Error(ErrorKind::forbidden, "no AppView is configured");
  HttpRequest request(appview_ + "/xrpc/" + method_and_query);
  Result<HttpResponse> response = co_await tools_.fetcher.get(std::move(request), source_);
  if (!response) co_return xrpc_error(response.error());
  co_return response;
}

awaitable<Result<Batch>> BlueskyOrigin::read_accounts(std::string,
                                                      std::vector<AccountTarget> targets) {
  const Result<HttpResponse> response =
      co_await ask(query("app.bsky.actor.getProfiles", "actors", targets));
  if (!response) co_return response.error();
  const Result<ProfileRows> rows = parse_profiles(response->body, moment(*response));
  if (!rows) co_return rows.error();
  std::vector<Event> events;
  std::string given_up;  // why the AppView is asked no further
  for (const AccountTarget& target : targets) {
    const auto row = rows->find(std::string(target.id.native()));
    if (row != rows->end()) {
      events.push_back(row->second ? Event(*row->second)
                                   : unreadable(target.id, row->second.error().detail));
      continue;
    }
    if (given_up.empty()) {
      const Result<Event> event = co_await read_missing(target.id);
      if (event) {
        events.push_back(*event);
        continue;
      }
      given_up = event.error().detail;
    }
    events.push_back(unreadable(target.id, given_up));
  }
  co_return make_batch(std::move(events));
}

awaitable<Result<Event>> BlueskyOrigin::read_missing(const AccountId& id) {
  const Result<HttpResponse> response =
      co_await ask("app.bsky.actor.getProfile?actor=" + percent_encode(id.native()));
  if (response) {
    const Result<AccountSighting> profile = parse_profile(response->body, moment(*response));
    if (!profile) co_return unreadable(id, profile.error().detail);
    if (profile->id != id) co_return unreadable(id, "the AppView answers for another account");
    co_return Event(*profile);
  }
  const Error& error = response.error();
  if (const std::optional<GoneReason> reason = xrpc_gone_reason(error)) {
    co_return Event(AccountGone{.id = id, .reason = *reason});
  }
  if (error.kind == ErrorKind::not_found) co_return Event(AccountMissing{.id = id});
  if (error.kind == ErrorKind::bad_request) co_return unreadable(id, error.detail);
  co_return error;
}

awaitable<Result<Batch>> BlueskyOrigin::read_posts(std::string, std::vector<PostTarget> targets) {
  const Result<HttpResponse> response =
      co_await ask(query("app.bsky.feed.getPosts", "uris", targets));
  if (!response) co_return response.error();
  const Result<PostRows> rows = parse_posts(response->body, moment(*response));
  if (!rows) co_return rows.error();
  std::vector<Event> events;
  events.reserve(targets.size());
  for (const PostTarget& target : targets) events.push_back(post_event(*rows, target));
  co_return make_batch(std::move(events));
}

}  // namespace tagscout
