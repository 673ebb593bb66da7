#include "tests/support/testnet/control_site.h"

#include <algorithm>

#include "tests/support/testnet/json_text.h"
#include "tests/support/testnet/query.h"
#include "tests/support/testnet/truth.h"

namespace tagscout::testnet {
namespace {

constexpr size_t named_max = 5;  // of the accounts that are waited for

SiteReply ok(std::string body) {
  SiteReply reply;
  reply.body = std::move(body);
  return reply;
}

SiteReply refused(int status, const char* why) {
  SiteReply reply;
  reply.status = status;
  reply.body = std::string("{\"error\":\"") + why + "\"}";
  return reply;
}

}  // namespace

SiteReply ControlSite::answer(const SiteRequest& request, Time now) {
  world_.advance(now);
  if (request.method == "GET") {
    if (request.target == "/control/state") return ok(state(now));
    if (request.target == "/control/truth?shown=1") {
      return ok(to_json(shown_truth(world_, confirm_after_)));
    }
    if (request.target != "/control/truth") return refused(404, "no such thing");
    if (!world_.frozen(now)) return refused(409, "still changing");
    return ok(to_json(scripted_truth(world_)));
  }
  if (request.method != "POST") return refused(405, "GET or POST");
  const Query query(request.target);
  if (query.path() == "/control/spell") {
    const std::optional<Spell> spell = parse_spell(query.get("spell").value_or(""));
    if (!spell) return refused(400, "FAULT:WHERE:FROM-TO");
    world_.faults().add(*spell, now);
  } else if (request.target == "/control/freeze") {
    world_.freeze(now);
  } else if (request.target == "/control/mute") {
    world_.freeze(now);
    world_.mute();
  } else if (request.target == "/control/killed") {
    world_.served().killed(now);
  } else {
    return refused(404, "no such thing");
  }
  return ok(state(now));
}

void ControlSite::write_progress(JsonText& json, Time now) const {
  const auto& posts = world_.posts();
  const Time shown = world_.shown_time(now);
  json.field("posts_created", std::count_if(posts.begin(), posts.end(), [&](const Post& post) {
               return post.created <= shown;
             }));
  json.field("posts_shown", std::count_if(posts.begin(), posts.end(), [](const Post& post) {
               return post.served_at != never;
             }));
  // Accounts that a quiet end waits for: known by a post, and not yet read since the freeze.
  std::vector<bool> known(world_.accounts().size(), false);
  for (const Post& post : posts) {
    if (post.served_at != never) known[post.account] = true;
  }
  int64_t shown_accounts = 0;
  int64_t unread = 0;
  std::vector<std::string> named;
  for (const Account& account : world_.accounts()) {
    if (!known[account.index]) continue;
    ++shown_accounts;
    const bool purged = opts_out(account) || account.gone_at <= shown;
    if (purged || account.read_at >= world_.frozen_at()) continue;
    ++unread;
    if (named.size() < named_max) named.push_back(world_.names().id(account));
  }
  json.field("accounts_shown", shown_accounts);
  json.field("accounts_unread", unread);
  json.array("unread");
  for (const std::string& id : named) json.value(id);
  json.end_array();
}

void ControlSite::write_hosts(JsonText& json) const {
  json.array("hosts");
  for (const auto& [name, manners] : manners_) {
    const Behaviour& behaviour = manners->behaviour();
    const auto faults = world_.served().hosts().find(name);
    json.begin_object();
    json.field("name", name);
    json.field("requests", behaviour.requests);
    json.field("refused", behaviour.refused);
    json.field("spent", behaviour.spent);
    json.field("faults", faults == world_.served().hosts().end() ? 0 : faults->second.faults);
    json.field("in_flight_max", behaviour.in_flight_max);
    json.field("above_limit", behaviour.above_limit);
    json.field("before_reset", behaviour.before_reset);
    json.field("before_robots", behaviour.before_robots);
    json.field("against_robots", behaviour.against_robots);
    json.field("gaps_short", behaviour.gaps_short);
    json.array("user_agents");
    for (const std::string& agent : behaviour.agents) json.value(agent);
    json.end_array();
    json.end_object();
  }
  json.end_array();
}

std::string ControlSite::state(Time now) const {
  JsonText json;
  json.begin_object();
  json.field("now_us", to_us(now));
  json.field("frozen", world_.frozen(now));
  json.field("frozen_at_us", to_us(world_.frozen_at()));
  // From here on every post is old enough for its last re-read.
  json.field("quiet_at_us", to_us(world_.frozen_at() + world_.options().rereads.back()));
  write_progress(json, now);
  write_hosts(json);
  json.array("feeds");
  for (const auto& [name, feed] : world_.served().feeds()) {
    json.begin_object();
    json.field("name", name);
    json.field("asked", std::to_string(feed.asked));
    json.field("answered", std::to_string(feed.answered));
    json.end_object();
  }
  json.end_array();
  json.array("restarts");
  for (const ServedRestart& restart : world_.served().restarts()) {
    json.begin_object();
    json.field("at_us", to_us(restart.at));
    json.field("asked", restart.asked);
    json.array("behind");
    for (const std::string& feed : restart.behind) json.value(feed);
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return json.take();
}

}  // namespace tagscout::testnet
