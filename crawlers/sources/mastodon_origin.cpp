#include "crawlers/sources/mastodon_origin.h"

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "crawlers/url.h"

namespace tagscout {
namespace {

using boost::asio::awaitable;

// Who a reading is by where no source is configured for the home server.
constexpr std::string_view home_source = "_home";

// Asked in this order: the first is Mastodon 4, the second all that came before.
constexpr std::array<std::string_view, 2> instance_paths{"/api/v2/instance", "/api/v1/instance"};

// Beyond this many hosts what is known of them is learned anew.
constexpr size_t answered_max = 65'536;

// The id of a post at its origin. Only where the URI has the shape that servers of this kind give
// it; other software counts its posts otherwise.
std::optional<std::string> status_id_of(std::string_view uri) {
  constexpr std::string_view folder = "/statuses/";
  const size_t at = uri.rfind(folder);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view id = uri.substr(at + folder.size());
  if (id.empty() || id.find_first_of("/?#") != std::string_view::npos) return std::nullopt;
  return std::string(id);
}

std::string account_path(const AccountTarget& target) {
  if (!target.home_id.empty()) return "/api/v1/accounts/" + percent_encode(target.home_id);
  const std::string username = target.handle.substr(0, target.handle.find('@'));
  return "/api/v1/accounts/lookup?acct=" + percent_encode(username);
}

// The domain of the handles at the account's home, which need not be the name of its host.
std::string domain_of(const AccountTarget& target, const std::string& host) {
  const size_t at = target.handle.find('@');
  if (at != std::string::npos) return target.handle.substr(at + 1);
  return host.substr(host.find("://") + 3);
}

Event unreadable(const AccountTarget& target, std::string why, bool refused = false) {
  return AccountUnreadable{.id = target.id, .why = std::move(why), .refused = refused};
}

Event unreadable(const PostTarget& target, std::string why) {
  return PostUnreadable{.id = target.id, .author = target.author, .why = std::move(why)};
}

const AccountId* account_of(const Event& event) {
  if (const auto* account = std::get_if<AccountSighting>(&event)) return &account->id;
  if (const auto* gone = std::get_if<AccountGone>(&event)) return &gone->id;
  return nullptr;
}

// What the answer says, if it is about the account that was meant: names are given anew.
Event checked(const Result<Event>& event, const AccountTarget& target) {
  if (!event) return unreadable(target, event.error().detail);
  const AccountId* const id = account_of(*event);
  if (id != nullptr && *id == target.id) return *event;
  const bool named = id != nullptr && !id->empty();
  return unreadable(target,
                    named ? "its home answers for another account" : "its home names no actor uri");
}

Event checked(const Result<std::optional<Event>>& event, const PostTarget& target,
              const MastodonView& view) {
  if (!event) return unreadable(target, event.error().detail);
  // There, but not for everybody: to us it is gone.
  if (!*event) return PostDeleted{.id = target.id, .author = target.author, .rev = {}};
  const auto* const sighting = std::get_if<PostSighting>(&**event);
  if (sighting == nullptr) {
    const AccountId* const gone = account_of(**event);
    const bool meant = gone != nullptr && *gone == target.author;
    return meant ? **event : unreadable(target, "its home names another author");
  }
  if (sighting->id != target.id) return unreadable(target, "its home answers another post");
  PostSighting post = *sighting;
  if (post.author.id.empty()) {
    // Older servers name no actor uri. The author of a post does not change.
    post.author = AccountSighting();
    post.author.id = target.author;
    post.author.bare = true;
    const bool home = !view.stale && home_host(target.author.text()) == view.server;
    post.provenance = home ? Provenance::origin : Provenance::foreign;
  }
  return post;
}

}  // namespace

MastodonOrigin::MastodonOrigin(std::vector<SourceSection> sections, SourceTools tools)
    : tools_(std::move(tools)) {
  for (SourceSection& section : sections) {
    if (const std::optional<Url> url = parse_url(section.url)) {
      sections_.try_emplace(url->origin(), std::move(section));
    }
  }
}

std::string MastodonOrigin::source_name(const std::string& host) const {
  const auto section = sections_.find(host);
  return section == sections_.end() ? std::string(home_source) : section->second.name;
}

MastodonView MastodonOrigin::view(const std::string& host, const HttpResponse& response) const {
  return {
      .server = host, .domain = {}, .stale = from_stale_cache(response), .bridges = tools_.bridges};
}

Batch MastodonOrigin::make_batch(const std::string& host) const {
  Batch batch;
  batch.source = source_name(host);
  batch.now = tools_.clock.now();
  batch.clock_right = tools_.fetcher.clock_right();
  return batch;
}

void MastodonOrigin::note_answer(const std::string& host) {
  if (answered_.size() >= answered_max) answered_.clear();
  answered_.insert(host);
}

awaitable<Result<HttpResponse>> MastodonOrigin::ask(const std::string& host, std::string path) {
  const auto section = sections_.find(host);
  HttpRequest request(host + path, section == sections_.end() ? "" : section->second.token);
  co_return co_await tools_.fetcher.get(std::move(request), source_name(host));
}

awaitable<Result<bool>> MastodonOrigin::speaks(const std::string& host) {
  if (answered_.contains(host)) co_return true;
  for (const std::string_view path : instance_paths) {
    const Result<HttpResponse> response = co_await ask(host, std::string(path));
    if (response && parse_instance(response->body)) {
      note_answer(host);
      co_return true;
    }
    if (!response && response.error().kind != ErrorKind::not_found &&
        response.error().kind != ErrorKind::bad_request) {
      co_return response.error();
    }
  }
  co_return false;
}

awaitable<Result<Batch>> MastodonOrigin::read_accounts(std::string host,
                                                       std::vector<AccountTarget> targets) {
  std::vector<Event> events;
  for (const AccountTarget& target : targets) {
    Result<Event> event = co_await read_account(host, target);
    if (!event) co_return event.error();
    events.push_back(std::move(*event));
  }
  Batch batch = make_batch(host);
  batch.events = std::move(events);
  co_return batch;
}

awaitable<Result<Batch>> MastodonOrigin::read_posts(std::string host,
                                                    std::vector<PostTarget> targets) {
  std::vector<Event> events;
  for (const PostTarget& target : targets) {
    Result<Event> event = co_await read_post(host, target);
    if (!event) co_return event.error();
    events.push_back(std::move(*event));
  }
  Batch batch = make_batch(host);
  batch.events = std::move(events);
  co_return batch;
}

awaitable<Result<Event>> MastodonOrigin::read_account(const std::string& host,
                                                      const AccountTarget& target) {
  if (target.home_id.empty() && target.handle.empty()) {
    co_return unreadable(target, "neither its handle nor its id at home is known");
  }
  const Result<HttpResponse> response = co_await ask(host, account_path(target));
  if (response) {
    note_answer(host);
    MastodonView seen = view(host, *response);
    seen.domain = domain_of(target, host);
    co_return checked(parse_account(response->body, seen), target);
  }
  if (response.error().kind != ErrorKind::not_found) co_return response.error();
  const Result<bool> speaking = co_await speaks(host);
  if (!speaking) co_return speaking.error();
  if (!*speaking) co_return unreadable(target, "its home does not speak the Mastodon API", true);
  co_return Event(AccountMissing{.id = target.id});
}

awaitable<Result<Event>> MastodonOrigin::read_post(const std::string& host,
                                                   const PostTarget& target) {
  const std::optional<std::string> id = status_id_of(target.id.native());
  if (!id) co_return unreadable(target, "its uri does not tell its id at home");
  const Result<HttpResponse> response =
      co_await ask(host, "/api/v1/statuses/" + percent_encode(*id));
  if (response) {
    note_answer(host);
    const MastodonView seen = view(host, *response);
    co_return checked(parse_status(response->body, seen), target, seen);
  }
  if (response.error().kind != ErrorKind::not_found) co_return response.error();
  const Result<bool> speaking = co_await speaks(host);
  if (!speaking) co_return speaking.error();
  if (!*speaking) co_return unreadable(target, "its home does not speak the Mastodon API");
  co_return Event(PostDeleted{.id = target.id, .author = target.author, .rev = {}});
}

}  // namespace tagscout
