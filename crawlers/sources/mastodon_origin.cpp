#include "crawlers/sources/mastodon_origin.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "crawlers/url.h"

namespace tagscout {
namespace {

using boost::asio::awaitable;

// Who a reading is by where no source is configured for the home server.
constexpr std::string_view home_source = "_home";

// Of what a reading of several leaves open, so many are asked for one by one at once.
constexpr size_t singly_max = 5;

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

Event unreadable(const PostTarget& target, std::string why, bool refused = false) {
  return PostUnreadable{
      .id = target.id, .author = target.author, .why = std::move(why), .refused = refused};
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

// The account of that id in a list; not_found if it is not there.
Result<Event> find_account(const std::vector<MastodonAccount>& rows, const AccountTarget& target) {
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const MastodonAccount& each) {
    return each.id == target.home_id;
  });
  if (row == rows.end()) return Error(ErrorKind::not_found, "left out");
  if (!row->event) return Error(ErrorKind::protocol, "it cannot be read");
  return *row->event;
}

// The id of the post at its home; nothing if it is not known. A page elsewhere tells nothing of it.
std::optional<std::string> id_at_home(const PostTarget& target, const MastodonDialect& dialect) {
  const bool own_page = home_host("ap:" + target.url) == home_host(target.id.text());
  return status_id_of(target.id.native(), own_page ? target.url : std::string(), dialect);
}

// What a list says of a post whose id there is `id`.
Event listed_post(const MastodonPage& page, const std::string& id, const PostTarget& target,
                  const MastodonView& view) {
  const auto row = std::find_if(page.rows.begin(), page.rows.end(),
                                [&](const MastodonStatus& each) { return each.id == id; });
  if (row == page.rows.end()) return PostMissing{.id = target.id, .author = target.author};
  if (row->shown && !row->event) return unreadable(target, "it cannot be read");
  std::optional<Event> event = row->event;
  if (event) {
    if (auto* const post = std::get_if<PostSighting>(&*event)) post->reread = true;
  }
  return checked(Result<std::optional<Event>>(std::move(event)), target, view);
}

// "?id[]=1&id[]=2"
std::string batch_query(std::string_view parameter, const std::vector<std::string>& ids) {
  std::string query;
  for (const std::string& id : ids) {
    query.append(query.empty() ? "?" : "&")
        .append(parameter)
        .append("=")
        .append(percent_encode(id));
  }
  return query;
}

// The server does not know readings of several at once.
bool refuses_batches(const Error& error) {
  return error.kind == ErrorKind::bad_request || error.kind == ErrorKind::not_found;
}

constexpr int method_not_allowed = 405;

// How many of the first targets fulfil a condition, between 1 and `most`.
template <class Target, class Condition>
size_t run_length(const std::vector<Target>& targets, size_t most, const Condition& fits) {
  const auto end = std::find_if_not(targets.begin(), targets.end(), fits);
  return std::clamp<size_t>(static_cast<size_t>(end - targets.begin()), 1,
                            std::max<size_t>(most, 1));
}

std::string webfinger_url(const std::string& server, const std::string& handle) {
  return server + "/.well-known/webfinger?resource=" + percent_encode("acct:" + handle);
}

}  // namespace

MastodonOrigin::MastodonOrigin(const std::vector<SourceSection>& sections, SourceTools tools)
    : tools_(std::move(tools)), probe_(tools_.software, tools_.fetcher, tools_.clock) {
  for (const SourceSection& section : sections) {
    const std::optional<Url> url = parse_url(section.url);
    if (url) sections_.try_emplace(url->origin(), section);
  }
}

const SourceSection* MastodonOrigin::section_of(const std::string& host) const {
  const auto section = sections_.find(host);
  return section == sections_.end() ? nullptr : &section->second;
}

std::string MastodonOrigin::source_name(const std::string& host) const {
  const SourceSection* const section = section_of(host);
  return section == nullptr ? std::string(home_source) : section->name;
}

MastodonView MastodonOrigin::view(const std::string& host, const HttpResponse& response) const {
  const MastodonDialect dialect = probe_.remembered(host);
  return {.server = host,
          .domain = {},
          .stale = from_stale_cache(response),
          .bridges = tools_.bridges,
          .zero_may_hide = dialect.zero_may_hide,
          .classic_actors = dialect.classic_actors};
}

Batch MastodonOrigin::make_batch(const std::string& host, std::vector<Event> events) const {
  Batch batch;
  batch.source = source_name(host);
  batch.now = tools_.clock.now();
  batch.clock_right = tools_.fetcher.clock_right();
  batch.events = std::move(events);
  return batch;
}

size_t MastodonOrigin::accounts_max(const std::string& host,
                                    const std::vector<AccountTarget>& targets) const {
  return run_length(targets, probe_.remembered(host).accounts_max,
                    [](const AccountTarget& target) { return !target.home_id.empty(); });
}

size_t MastodonOrigin::posts_max(const std::string& host,
                                 const std::vector<PostTarget>& targets) const {
  const MastodonDialect dialect = probe_.remembered(host);
  return run_length(targets, dialect.statuses_max, [&](const PostTarget& target) {
    return !target.missing && id_at_home(target, dialect).has_value();
  });
}

awaitable<Result<HttpResponse>> MastodonOrigin::ask(const std::string& host, std::string path) {
  const SourceSection* const section = section_of(host);
  HttpRequest request(host + path, section == nullptr ? std::string() : section->token);
  Result<HttpResponse> answer = co_await tools_.fetcher.get(std::move(request), source_name(host));
  if (!answer && answer.error().status == method_not_allowed) probe_.forget(host);
  co_return answer;
}

awaitable<Result<std::string>> MastodonOrigin::unfit(std::string host) {
  const SourceSection* const section = section_of(host);
  std::string token = section == nullptr ? std::string() : section->token;
  const Result<MastodonDialect> dialect =
      co_await probe_.learn(host, std::move(token), source_name(host));
  if (!dialect) co_return dialect.error();
  if (!dialect->speaks) co_return std::string("its home does not speak the Mastodon API");
  const bool closed = dialect->needs_token && (section == nullptr || section->token.empty());
  if (closed) co_return std::string(dialect->software) + " answers only with a user's token";
  co_return std::string();
}

awaitable<Result<Batch>> MastodonOrigin::read_accounts(std::string host,
                                                       std::vector<AccountTarget> targets) {
  return read(std::move(host), std::move(targets));
}

awaitable<Result<Batch>> MastodonOrigin::read_posts(std::string host,
                                                    std::vector<PostTarget> targets) {
  return read(std::move(host), std::move(targets));
}

template <class Target>
awaitable<Result<Batch>> MastodonOrigin::read(std::string host, std::vector<Target> targets) {
  const Result<std::string> why = co_await unfit(host);
  if (!why) co_return why.error();
  std::vector<Event> events;
  if (!why->empty()) {
    for (const Target& target : targets) events.push_back(unreadable(target, *why, true));
    co_return make_batch(host, std::move(events));
  }
  Result<void> done;
  if (targets.size() > 1) {
    done = co_await read_listed(host, std::move(targets), events);
  } else {
    done = co_await read_singly(host, std::move(targets), events);
  }
  if (!done) co_return done.error();
  co_return make_batch(host, std::move(events));
}

template <class Target>
awaitable<Result<void>> MastodonOrigin::read_singly(std::string host, std::vector<Target> targets,
                                                    std::vector<Event>& events) {
  for (size_t i = 0; i < std::min(targets.size(), singly_max); ++i) {
    Result<Event> event = co_await read_one(host, targets[i]);
    // What was read by then is worth keeping; the host is met again soon.
    if (!event && events.empty()) co_return event.error();
    if (!event) break;
    events.push_back(std::move(*event));
  }
  co_return Result<void>();
}

awaitable<Result<void>> MastodonOrigin::read_listed(std::string host,
                                                    std::vector<AccountTarget> targets,
                                                    std::vector<Event>& events) {
  std::vector<std::string> ids;
  ids.reserve(targets.size());
  for (const AccountTarget& target : targets) ids.push_back(target.home_id);
  const std::string_view parameter = probe_.remembered(host).batch_parameter;
  const Result<HttpResponse> response =
      co_await ask(host, "/api/v1/accounts" + batch_query(parameter, ids));
  if (!response && !refuses_batches(response.error())) co_return response.error();
  if (!response) {
    probe_.refuse_batches(host);
    co_return co_await read_singly(host, std::move(targets), events);
  }
  MastodonView seen = view(host, *response);
  seen.domain = domain_of(targets.front(), host);
  const Result<std::vector<MastodonAccount>> rows = parse_accounts(response->body, seen);
  std::vector<AccountTarget> absent;
  for (const AccountTarget& target : targets) {
    const Result<Event> event = rows ? find_account(*rows, target) : rows.error();
    if (event) events.push_back(checked(event, target));
    if (!event && event.error().kind != ErrorKind::not_found) {
      events.push_back(unreadable(target, event.error().detail));
    }
    if (!event && event.error().kind == ErrorKind::not_found) absent.push_back(target);
  }
  // That it was left out proves nothing; an answer to it alone does.
  co_return co_await read_singly(host, std::move(absent), events);
}

awaitable<Result<void>> MastodonOrigin::read_listed(std::string host,
                                                    std::vector<PostTarget> targets,
                                                    std::vector<Event>& events) {
  const MastodonDialect dialect = probe_.remembered(host);
  std::vector<std::string> ids;
  ids.reserve(targets.size());
  for (const PostTarget& target : targets) {
    ids.push_back(id_at_home(target, dialect).value_or(std::string()));
  }
  const Result<HttpResponse> response =
      co_await ask(host, "/api/v1/statuses" + batch_query(dialect.batch_parameter, ids));
  if (!response && !refuses_batches(response.error())) co_return response.error();
  if (!response) {
    probe_.refuse_batches(host);
    co_return co_await read_singly(host, std::move(targets), events);
  }
  const MastodonView seen = view(host, *response);
  const Result<MastodonPage> page = parse_timeline(response->body, {}, seen);
  events.reserve(events.size() + targets.size());
  for (size_t i = 0; i < targets.size(); ++i) {
    events.push_back(page ? listed_post(*page, ids[i], targets[i], seen)
                          : unreadable(targets[i], page.error().detail));
  }
  co_return Result<void>();
}

awaitable<Result<Event>> MastodonOrigin::read_one(const std::string& host,
                                                  const AccountTarget& target) {
  if (target.home_id.empty() && target.handle.empty()) {
    co_return unreadable(target, "neither its handle nor its id at home is known");
  }
  const Result<HttpResponse> response = co_await ask(host, account_path(target));
  if (response) {
    MastodonView seen = view(host, *response);
    seen.domain = domain_of(target, host);
    co_return checked(parse_account(response->body, seen), target);
  }
  if (response.error().kind != ErrorKind::not_found) co_return response.error();
  if (target.home_id.empty() && !probe_.remembered(host).knows_lookup) {
    co_return unreadable(target, "its home may not know how to look up a handle");
  }
  co_return Event(AccountMissing{.id = target.id});
}

awaitable<Result<Event>> MastodonOrigin::read_one(const std::string& host,
                                                  const PostTarget& target) {
  const std::optional<std::string> id = id_at_home(target, probe_.remembered(host));
  if (!id) co_return unreadable(target, "its id at home is not known", true);
  const Result<HttpResponse> response =
      co_await ask(host, "/api/v1/statuses/" + percent_encode(*id));
  if (response) {
    const MastodonView seen = view(host, *response);
    co_return checked(parse_status(response->body, seen), target, seen);
  }
  if (response.error().kind != ErrorKind::not_found) co_return response.error();
  co_return Event(PostDeleted{.id = target.id, .author = target.author, .rev = {}});
}

awaitable<Result<AccountId>> MastodonOrigin::resolve(std::string handle) {
  const std::string domain = handle.substr(handle.find('@') + 1);
  std::string server = "https://" + domain;
  const std::string plain = "http://" + domain;
  if (section_of(server) == nullptr && section_of(plain) != nullptr) server = plain;
  HttpRequest request(webfinger_url(server, handle));
  request.accept = "application/jrd+json, application/json";
  const Result<HttpResponse> answer =
      co_await tools_.fetcher.get(std::move(request), source_name(server));
  if (answer) co_return parse_webfinger(answer->body);
  // Nobody of that name, or nothing that answers for names.
  const ErrorKind kind = answer.error().kind;
  if (kind == ErrorKind::not_found || kind == ErrorKind::bad_request) co_return AccountId();
  co_return answer.error();
}

}  // namespace tagscout
