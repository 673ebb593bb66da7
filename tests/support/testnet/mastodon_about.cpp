#include "tests/support/testnet/mastodon_about.h"

#include "tests/support/testnet/json_text.h"

namespace tagscout::testnet {
namespace {

SiteReply json_reply(std::string body) {
  SiteReply reply;
  reply.body = std::move(body);
  return reply;
}

void write_access(JsonText& json, const World& world, size_t place, Time now) {
  const std::string where = std::to_string(place);
  const auto access = [&](Fault other) {
    const bool shut =
        world.faults().lies(Fault::closed, where, now) || world.faults().lies(other, where, now);
    return shut ? "authenticated" : "public";
  };
  json.object("timelines_access");
  json.object("hashtag_feeds");
  json.field("local", access(Fault::remote_only));
  json.field("remote", access(Fault::local_only));
  json.end_object();
  json.end_object();
}

SiteReply instance(const World& world, size_t place, bool second, Time now) {
  const Software& software = world.names().software(place);
  const std::string& base = world.names().hosts().mastodon[place];
  JsonText json;
  json.begin_object();
  json.field(second ? "domain" : "uri", world.names().domain(place));
  json.field("title", "A simulation");
  json.field("version", software.says);
  if (second) {
    json.object("api_versions");
    if (software.feed_access) json.field("mastodon", 7);
    json.end_object();
    json.object("configuration");
    json.object("urls");
    json.field("streaming",
               (base.starts_with("https") ? "wss" : "ws") + base.substr(base.find("://")));
    json.end_object();
    if (software.feed_access) write_access(json, world, place, now);
    json.end_object();
  }
  json.empty_array("rules");
  json.end_object();
  return json_reply(json.take());
}

SiteReply nodeinfo_links(const std::string& base) {
  return json_reply(
      "{\"links\":[{\"rel\":\"http://nodeinfo.diaspora.software/ns/schema/2.0\",\"href\":\"" +
      base + "/nodeinfo/2.0\"}]}");
}

SiteReply nodeinfo(const Software& software) {
  JsonText json;
  json.begin_object();
  json.field("version", "2.0");
  json.object("software");
  json.field("name", software.name);
  json.field("version", software.version);
  json.end_object();
  json.array("protocols");
  json.value("activitypub");
  json.end_array();
  json.object("usage");
  json.end_object();
  json.field("openRegistrations", false);
  json.end_object();
  return json_reply(json.take());
}

SiteReply robots(const World& world, const Software& software) {
  SiteReply reply;
  reply.content_type = "text/plain";
  reply.body = "User-agent: GPTBot\nDisallow: /\n\nUser-agent: *\nDisallow: /media_proxy/\n";
  const bool closed = world.options().robots && !software.robots_closed.empty();
  if (closed) reply.body += "Disallow: " + std::string(software.robots_closed) + "\n";
  return reply;
}

SiteReply webfinger(World& world, size_t place, const Query& query, Time now) {
  const std::string resource = query.get("resource").value_or("");
  const size_t at = resource.find('@');
  const bool address = resource.starts_with("acct:") && at != std::string::npos;
  if (!address) return error_reply(400, "Bad Request");
  Account* account = world.find_name(resource.substr(5, at - 5));
  const bool here = account != nullptr && account->place == place &&
                    resource.substr(at + 1) == world.names().domain(place);
  const Time shown = world.shown_time(now);
  if (!here || (account->role == Role::deleted && account->gone(shown))) {
    return error_reply(404, "Not Found");
  }
  JsonText json;
  json.begin_object();
  json.field("subject", resource);
  json.array("aliases");
  json.value(world.names().url(*account));
  json.value(world.names().native(*account));
  json.end_array();
  json.array("links");
  json.begin_object();
  json.field("rel", "http://webfinger.net/rel/profile-page");
  json.field("type", "text/html");
  json.field("href", world.names().url(*account));
  json.end_object();
  json.begin_object();
  json.field("rel", "self");
  json.field("type", "application/activity+json");
  json.field("href", world.names().native(*account));
  json.end_object();
  json.end_array();
  json.end_object();
  SiteReply reply = json_reply(json.take());
  reply.content_type = "application/jrd+json; charset=utf-8";
  return reply;
}

}  // namespace

SiteReply error_reply(int status, std::string_view text) {
  SiteReply reply;
  reply.status = status;
  reply.body = "{\"error\":\"" + std::string(text) + "\"}";
  return reply;
}

SiteReply describe(World& world, size_t place, const Query& query, Time now) {
  const Software& software = world.names().software(place);
  const std::string& path = query.path();
  if (path == "/robots.txt") return robots(world, software);
  if (path == "/.well-known/nodeinfo") {
    return nodeinfo_links(world.names().hosts().mastodon[place]);
  }
  if (path == "/nodeinfo/2.0") return nodeinfo(software);
  if (path == "/.well-known/webfinger") return webfinger(world, place, query, now);
  if (path == "/api/v1/instance") return instance(world, place, false, now);
  if (path == "/api/v2/instance" && software.v2_instance) return instance(world, place, true, now);
  return error_reply(404, "Not Found");
}

}  // namespace tagscout::testnet
