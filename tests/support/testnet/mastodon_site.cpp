#include "tests/support/testnet/mastodon_site.h"

#include <algorithm>
#include <array>
#include <set>

#include "tests/support/testnet/mastodon_about.h"
#include "tests/support/testnet/tag_stream.h"

namespace tagscout::testnet {
namespace {

constexpr size_t cached_max = 200;
constexpr Duration storm_rest = std::chrono::seconds(2);
constexpr Duration strike_rest = std::chrono::milliseconds(900);
constexpr std::array<std::string_view, 4> paging_names = {"max_id", "since_id", "min_id", "page"};

SiteReply ok(std::string body) {
  SiteReply reply;
  reply.body = std::move(body);
  return reply;
}

bool pages(const Query& query) {
  return std::any_of(paging_names.begin(), paging_names.end(),
                     [&](std::string_view name) { return query.get(name).has_value(); });
}

}  // namespace

SiteReply MastodonSite::answer(const SiteRequest& request, Time now) {
  world_.advance(now);
  const Query query(request.target);
  if (world_.muted()) return broken(Fault::unavailable, now);
  const bool api = query.path().starts_with("/api/v1/") && query.path() != "/api/v1/instance";
  const Fault lasting = world_.faults().broken(where_, now);
  // Budgets are those of the API alone.
  if (lasting != Fault::none && (api || lasting != Fault::rate_limited)) {
    return broken(lasting, now);
  }
  if (request.user_agent.empty() && software_.needs_user_agent) {
    return error_reply(418, "I'm a teapot: no user-agent sent with request");
  }
  if (request.method != "GET") return error_reply(405, "Method Not Allowed");
  if (!api) return describe(world_, place_, query, now);
  return read(request, query, now);
}

SiteReply MastodonSite::read(const SiteRequest& request, const Query& query, Time now) {
  if (world_.faults().lies(Fault::stale, where_, now)) {
    const auto cached = cache_.find(request.target);
    if (cached == cache_.end()) return broken(Fault::unavailable, now);
    SiteReply reply = cached->second;
    reply.headers.emplace_back("Age", "86400");
    return reply;
  }
  Fault fault = world_.faults().strike(base_, now);
  if (fault == Fault::rate_limited && !budget_.tells()) fault = Fault::unavailable;
  if (fault != Fault::none) {
    ++world_.served().host(base_).faults;
    return fault == Fault::rate_limited ? budget_.refusal(now + strike_rest, now)
                                        : broken(fault, now);
  }
  if (!budget_.take(pages(query), now)) return budget_.refusal(now);
  const int refused = refusal(request, query, now);
  SiteReply reply = refused == 0 ? route(query, now)
                    : refused == software_.token_refusal
                        ? error_reply(refused, software_.refusal)
                        : error_reply(refused, "This method requires an authenticated user");
  budget_.announce(reply, now);
  reply.headers.emplace_back("Cache-Control", "private, no-store");
  if (cache_.size() >= cached_max) cache_.clear();
  if (reply.status == 200) cache_.insert_or_assign(request.target, reply);
  return reply;
}

// Nothing of the world is shown in any of these.
SiteReply MastodonSite::broken(Fault fault, Time now) const {
  if (fault == Fault::rate_limited) return budget_.refusal(now + storm_rest, now);
  SiteReply reply;
  reply.hang_up = fault == Fault::unreachable;
  if (fault == Fault::cut_off) {
    // Of the right shape and length for any answer.
    reply.body = "[" + std::string(20'000, ' ') + "]";
    reply.cut_off = true;
    return reply;
  }
  reply.status = fault == Fault::denied ? 403 : 503;
  reply.content_type = "text/html";
  reply.body = "<!DOCTYPE html><html><body><h1>We'll be back soon</h1></body></html>";
  return reply;
}

// 0, or the status that says no.
int MastodonSite::refusal(const SiteRequest& request, const Query& query, Time now) const {
  const bool token = request.token == access_token;
  if (software_.token_refusal != 0 && !token) return software_.token_refusal;
  if (token || !query.after("/api/v1/timelines/tag/")) return 0;
  const Faults& faults = world_.faults();
  const bool local = query.get("local") == "true";
  const bool remote = query.get("remote") == "true";
  const bool closed = faults.lies(Fault::closed, where_, now) ||
                      (faults.lies(Fault::local_only, where_, now) && !local) ||
                      (faults.lies(Fault::remote_only, where_, now) && !remote);
  return closed ? 422 : 0;
}

std::unique_ptr<SiteStream> MastodonSite::subscribe(const SiteRequest& request, Time now) {
  world_.advance(now);
  const Query query(request.target);
  const bool token =
      request.token == access_token || query.get("access_token") == std::string(access_token);
  const bool dead = world_.muted() || world_.faults().broken(where_, now) != Fault::none;
  const bool unfit = request.user_agent.empty() && software_.needs_user_agent;
  if (query.path() != "/api/v1/streaming" || !token || dead || unfit) return nullptr;
  return std::make_unique<TagStream>(world_, place_, query.get("tag").value_or(""), now);
}

SiteReply MastodonSite::refuse(const SiteRequest& request, Time now) {
  if (world_.muted()) return broken(Fault::unavailable, now);
  const Fault fault = world_.faults().broken(where_, now);
  if (fault != Fault::none) return broken(fault, now);
  if (request.user_agent.empty() && software_.needs_user_agent) {
    return error_reply(418, "I'm a teapot: no user-agent sent with request");
  }
  if (Query(request.target).path() != "/api/v1/streaming") return error_reply(404, "Not Found");
  return error_reply(401, software_.refusal.empty() ? "Missing access token" : software_.refusal);
}

SiteReply MastodonSite::route(const Query& query, Time now) {
  if (const auto tag = query.after("/api/v1/timelines/tag/")) return tag_page(*tag, query, now);
  if (const auto id = query.after("/api/v1/statuses/")) return status(*id, now);
  const bool batches = !software_.batch.empty();
  if (query.path() == "/api/v1/statuses" && batches) return statuses(query, now);
  if (query.path() == "/api/v1/accounts/lookup") {
    return account(look_up(query.get("acct").value_or("")), now);
  }
  if (const auto id = query.after("/api/v1/accounts/")) return account(find_account(*id), now);
  if (query.path() == "/api/v1/accounts" && batches && software_.accounts_max > 0) {
    return accounts(query, now);
  }
  const bool batch = query.path() == "/api/v1/statuses" || query.path() == "/api/v1/accounts";
  return error_reply(batch ? software_.batch_refusal : 404, "Not Found");
}

std::optional<uint64_t> MastodonSite::place_in_feed(const Query& query,
                                                    std::string_view name) const {
  const std::optional<std::string> text = query.get(name);
  if (!text) return {};
  const std::optional<uint64_t> id = read_id(software_.ids, *text);
  return id || software_.passes_over_bad_ids ? id : 0;
}

bool MastodonSite::in_scope(const Query& query, const Post& post, Time now) const {
  const bool here = world_.accounts()[post.account].place == place_;
  if (query.get("local") == "true" && !here) return false;
  if (query.get("remote") == "true" && here) return false;
  const bool media = query.get("only_media").value_or(software_.media_by_default ? "true" : "") ==
                     std::string("true");
  if (media && !text_.has_media(post)) return false;
  return text_.shows(post, now);
}

SiteReply MastodonSite::tag_page(const std::string& tag, const Query& query, Time now) {
  const std::optional<std::string> limit = query.get("limit");
  if (software_.unknown_tag != 200) {
    if (find_tag(tag) == 0) return error_reply(software_.unknown_tag, "tag was not found");
    if (limit && !query.number("limit")) return error_reply(400, "Bad Request");
  }
  // The path's tag and a few more; what is beyond is dropped without a word.
  TagSet wanted = find_tag(tag);
  std::set<std::string> names = {tag};
  const std::vector<std::string> others = query.all("any[]");
  for (size_t i = 0; i < std::min(others.size(), software_.packed - 1); ++i) {
    wanted = static_cast<TagSet>(wanted | find_tag(others[i]));
    names.insert(others[i]);
  }
  PageRequest request;
  request.max_id = place_in_feed(query, "max_id");
  request.since_id = place_in_feed(query, "since_id");
  request.min_id = place_in_feed(query, "min_id");
  request.limit =
      std::clamp<size_t>(query.number("limit").value_or(20), 1, world_.options().page_max);
  std::string feed = base_;
  for (const std::string& name : names) feed += " #" + name;
  const bool forward = request.min_id && !request.max_id;
  if (forward) world_.served().asked(feed, *request.min_id);
  const std::vector<TimelineEntry> page =
      world_.timeline(place_).page(request, world_.shown_time(now), [&](uint32_t post) {
        const Post& candidate = world_.posts()[post];
        const int tags =
            text_.tags(candidate, now) | (software_.keeps_old_tags ? candidate.tags : 0);
        return (tags & wanted) != 0 && in_scope(query, candidate, now);
      });
  JsonText json;
  json.begin_array();
  for (const TimelineEntry& entry : page) {
    text_.write(json, world_.posts()[entry.post], entry.id, now);
  }
  json.end_array();
  SiteReply reply = ok(json.take());
  if (page.empty()) return reply;
  if (forward) world_.served().answered(feed, page.front().id);
  // As the real one, it forgets all that it was asked for but the limit.
  const std::string self =
      "<" + base_ + "/api/v1/timelines/tag/" + tag + "?limit=" + std::to_string(request.limit);
  reply.headers.emplace_back(
      "Link", self + "&max_id=" + write_id(software_.ids, page.back().id) + ">; rel=\"next\", " +
                  self + "&min_id=" + write_id(software_.ids, page.front().id) + ">; rel=\"prev\"");
  return reply;
}

bool MastodonSite::writes_status(JsonText& json, const std::string& id, Time now) {
  const auto number = read_id(software_.ids, id);
  if (!number) return false;
  const auto post = world_.timeline(place_).find(*number, world_.shown_time(now));
  if (!post || !text_.shows(world_.posts()[*post], now)) return false;
  text_.write(json, world_.posts()[*post], *number, now);
  return true;
}

SiteReply MastodonSite::status(const std::string& id, Time now) {
  JsonText json;
  if (!writes_status(json, id, now)) return error_reply(404, "Record not found");
  return ok(json.take());
}

SiteReply MastodonSite::statuses(const Query& query, Time now) {
  const std::vector<std::string> ids = query.all(software_.batch);
  if (ids.size() > software_.statuses_max) return error_reply(422, "Too many ids");
  JsonText json;
  json.begin_array();
  for (const std::string& id : ids) writes_status(json, id, now);
  json.end_array();
  return ok(json.take());
}

SiteReply MastodonSite::account(Account* account, Time now) {
  if (account == nullptr) return error_reply(404, "Record not found");
  const bool erased = account->role == Role::deleted && account->gone(world_.shown_time(now));
  if (erased && account->place == place_) {
    account->read_at = now;
    return error_reply(404, "Record not found");
  }
  JsonText json;
  text_.write(json, *account, now);
  return ok(json.take());
}

SiteReply MastodonSite::accounts(const Query& query, Time now) {
  const std::vector<std::string> ids = query.all(software_.batch);
  if (ids.size() > software_.accounts_max) return error_reply(422, "Too many ids");
  JsonText json;
  json.begin_array();
  for (const std::string& id : ids) {
    Account* one = find_account(id);
    if (one == nullptr) continue;
    const bool erased = one->role == Role::deleted && one->gone(world_.shown_time(now));
    if (erased) one->read_at = now;
    if (!erased) text_.write(json, *one, now);
  }
  json.end_array();
  return ok(json.take());
}

Account* MastodonSite::find_account(const std::string& local_id) {
  const auto index = world_.names().account_of_local_id(place_, local_id);
  if (!index || *index >= world_.accounts().size()) return nullptr;
  Account& account = world_.accounts()[*index];
  return account.on_bluesky() ? nullptr : &account;
}

Account* MastodonSite::look_up(const std::string& acct) {
  const size_t at = acct.find('@');
  const std::string domain =
      at == std::string::npos ? world_.names().domain(place_) : acct.substr(at + 1);
  Account* account = world_.find_name(std::string_view(acct).substr(0, at));
  if (account == nullptr || account->on_bluesky()) return nullptr;
  return world_.names().domain(account->place) == domain ? account : nullptr;
}

}  // namespace tagscout::testnet
