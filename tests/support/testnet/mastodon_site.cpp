#include "tests/support/testnet/mastodon_site.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <set>

namespace tagscout::testnet {
namespace {

constexpr int64_t budget_limit = 1'000'000;
constexpr Duration budget_period = std::chrono::minutes(5);
constexpr size_t page_limit = 40;
constexpr size_t statuses_limit = 20;
constexpr size_t accounts_limit = 40;

SiteReply error(int status, std::string_view text) {
  SiteReply reply;
  reply.status = status;
  reply.body = "{\"error\":\"" + std::string(text) + "\"}";
  return reply;
}

SiteReply ok(std::string body) {
  SiteReply reply;
  reply.body = std::move(body);
  return reply;
}

SiteReply html_error() {
  SiteReply reply;
  reply.status = 503;
  reply.content_type = "text/html";
  reply.body = "<!DOCTYPE html><html><body><h1>We'll be back soon</h1></body></html>";
  return reply;
}

std::string with_six_decimals(Time at) {
  std::string text = format_time(at);
  text.insert(text.size() - 1, "000");
  return text;
}

std::optional<uint64_t> number_of(const std::string& text) {
  uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc{} || read.ptr != end) return {};
  return value;
}

}  // namespace

SiteReply MastodonSite::answer(const SiteRequest& request, Time now) {
  world_.advance(now);
  if (request.method != "GET") return error(404, "Not Found");
  const Query query(request.target);
  if (!query.path().starts_with("/api/v1/")) return about(query.path());
  ServedHost& host = world_.served().host(base_);
  ++host.requests;
  if (world_.muted()) return html_error();
  const Fault fault = world_.faults().strike(base_, now);
  if (fault != Fault::none) ++host.faults;
  if (fault == Fault::unavailable) return html_error();
  if (fault == Fault::rate_limited) {
    SiteReply reply = error(429, "Too many requests");
    reply.headers.emplace_back("X-RateLimit-Limit", "300");
    reply.headers.emplace_back("X-RateLimit-Remaining", "0");
    reply.headers.emplace_back("X-RateLimit-Reset",
                               with_six_decimals(now + std::chrono::milliseconds(900)));
    return reply;
  }
  if (fault == Fault::cut_off) {
    // Nothing of the world is shown: the body is of the right shape and length for any answer.
    SiteReply reply = ok("[" + std::string(20'000, ' ') + "]");
    reply.cut_off = true;
    return reply;
  }
  SiteReply reply = route(query, now);
  add_budget(reply, now);
  return reply;
}

void MastodonSite::in_flight(int requests) {
  ServedHost& host = world_.served().host(base_);
  host.in_flight_max = std::max(host.in_flight_max, requests);
}

void MastodonSite::add_budget(SiteReply& reply, Time now) {
  const int64_t period = now.time_since_epoch() / budget_period;
  if (period != period_) used_ = 0;
  period_ = period;
  ++used_;
  reply.headers.emplace_back("X-RateLimit-Limit", std::to_string(budget_limit));
  reply.headers.emplace_back("X-RateLimit-Remaining", std::to_string(budget_limit - used_));
  reply.headers.emplace_back("X-RateLimit-Reset",
                             with_six_decimals(Time((period + 1) * budget_period)));
  reply.headers.emplace_back("Cache-Control", "private, no-store");
}

SiteReply MastodonSite::route(const Query& query, Time now) {
  if (const auto tag = query.after("/api/v1/timelines/tag/")) return tag_page(*tag, query, now);
  if (const auto id = query.after("/api/v1/statuses/")) return status(*id, now);
  if (query.path() == "/api/v1/statuses") return statuses(query, now);
  if (query.path() == "/api/v1/accounts/lookup") {
    return account(look_up(query.get("acct").value_or("")), now);
  }
  if (const auto id = query.after("/api/v1/accounts/")) return account(find_account(*id), now);
  if (query.path() == "/api/v1/accounts") return accounts(query, now);
  return error(404, "Not Found");
}

SiteReply MastodonSite::tag_page(const std::string& tag, const Query& query, Time now) {
  // The path's tag and three more; what is beyond is dropped without a word.
  TagSet wanted = find_tag(tag);
  std::set<std::string> names = {tag};
  const std::vector<std::string> others = query.all("any[]");
  for (size_t i = 0; i < std::min<size_t>(others.size(), 3); ++i) {
    wanted = static_cast<TagSet>(wanted | find_tag(others[i]));
    names.insert(others[i]);
  }
  PageRequest request;
  request.max_id = query.number("max_id");
  request.since_id = query.number("since_id");
  request.min_id = query.number("min_id");
  request.limit = std::clamp<size_t>(query.number("limit").value_or(20), 1, page_limit);
  std::string feed = base_;
  for (const std::string& name : names) feed += " #" + name;
  const bool forward = request.min_id && !request.max_id;
  if (forward) world_.served().asked(feed, *request.min_id);
  const std::vector<TimelineEntry> page =
      world_.timeline(place_).page(request, world_.shown_time(now), [&](uint32_t post) {
        const Post& candidate = world_.posts()[post];
        return (text_.tags(candidate, now) & wanted) != 0 && text_.shows(candidate, now);
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
      "Link", self + "&max_id=" + std::to_string(page.back().id) + ">; rel=\"next\", " + self +
                  "&min_id=" + std::to_string(page.front().id) + ">; rel=\"prev\"");
  return reply;
}

bool MastodonSite::writes_status(JsonText& json, const std::string& id, Time now) {
  const auto number = number_of(id);
  if (!number) return false;
  const auto post = world_.timeline(place_).find(*number, world_.shown_time(now));
  if (!post || !text_.shows(world_.posts()[*post], now)) return false;
  text_.write(json, world_.posts()[*post], *number, now);
  return true;
}

SiteReply MastodonSite::status(const std::string& id, Time now) {
  JsonText json;
  if (!writes_status(json, id, now)) return error(404, "Record not found");
  return ok(json.take());
}

SiteReply MastodonSite::statuses(const Query& query, Time now) {
  const std::vector<std::string> ids = query.all("id[]");
  if (ids.size() > statuses_limit) return error(422, "Too many ids");
  JsonText json;
  json.begin_array();
  for (const std::string& id : ids) writes_status(json, id, now);
  json.end_array();
  return ok(json.take());
}

SiteReply MastodonSite::account(Account* account, Time now) {
  if (account == nullptr) return error(404, "Record not found");
  const bool erased = account->role == Role::deleted && account->gone(world_.shown_time(now));
  if (erased && account->place == place_) {
    account->read_at = now;
    return error(404, "Record not found");
  }
  JsonText json;
  text_.write(json, *account, now);
  return ok(json.take());
}

SiteReply MastodonSite::accounts(const Query& query, Time now) {
  const std::vector<std::string> ids = query.all("id[]");
  if (ids.size() > accounts_limit) return error(422, "Too many ids");
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
  const auto index = Names::account_of_local_id(place_, local_id);
  if (!index || *index >= world_.accounts().size()) return nullptr;
  Account& account = world_.accounts()[*index];
  return account.on_bluesky() ? nullptr : &account;
}

Account* MastodonSite::look_up(const std::string& acct) {
  const size_t at = acct.find('@');
  const std::string domain =
      at == std::string::npos ? std::string(Names::domain(place_)) : acct.substr(at + 1);
  Account* account = world_.find_name(std::string_view(acct).substr(0, at));
  if (account == nullptr || account->on_bluesky()) return nullptr;
  return Names::domain(account->place) == domain ? account : nullptr;
}

SiteReply MastodonSite::about(const std::string& path) const {
  if (path == "/api/v2/instance") {
    return ok("{\"domain\":\"" + std::string(Names::domain(place_)) +
              "\",\"title\":\"A simulation\",\"version\":\"4.5.0\",\"source_url\":\"\","
              "\"api_versions\":{\"mastodon\":7},\"configuration\":{\"urls\":{},"
              "\"timelines_access\":{\"hashtag_feeds\":{\"local\":\"public\","
              "\"remote\":\"public\"}}},\"rules\":[]}");
  }
  if (path == "/.well-known/nodeinfo") {
    return ok(
        "{\"links\":[{\"rel\":\"http://nodeinfo.diaspora.software/ns/schema/2.0\",\"href\":\"" +
        base_ + "/nodeinfo/2.0\"}]}");
  }
  if (path == "/nodeinfo/2.0") {
    return ok(
        "{\"version\":\"2.0\",\"software\":{\"name\":\"mastodon\",\"version\":\"4.5.0\"},"
        "\"protocols\":[\"activitypub\"],\"usage\":{\"users\":{}},\"openRegistrations\":false}");
  }
  return error(404, "Not Found");
}

}  // namespace tagscout::testnet
