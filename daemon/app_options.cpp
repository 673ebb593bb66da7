#include "daemon/app_options.h"

#include <algorithm>
#include <map>

#include "crawlers/source.h"
#include "crawlers/tag.h"
#include "crawlers/url.h"

namespace tagscout {
namespace {

// An AppView answers for a whole network and is built for it.
constexpr Duration appview_gap = std::chrono::milliseconds(100);

AllowPrivate allow_private(const Config& config) {
  AllowPrivate allowed;
  for (const std::string& host_port : config.http.allow_private) allowed.add(host_port);
  return allowed;
}

bool contains(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// Whether the lists of hosts have nothing against the server (Url::origin()). Names of networks are
// queues, not servers.
bool listed(const OriginSection& lists, const std::string& server) {
  const std::optional<Url> url = parse_url(server);
  if (!url) return true;
  if (contains(lists.deny_hosts, url->host)) return false;
  return lists.allow_hosts.empty() || contains(lists.allow_hosts, url->host);
}

// Whether the operator lets a home server be asked.
bool may_ask(const OriginSection& origin, const std::string& server) {
  return (origin.read || !parse_url(server)) && listed(origin, server);
}

}  // namespace

std::string user_agent(const Config& config) {
  return "tagscout/" TAGSCOUT_VERSION " (+" + config.daemon.contact + ")";
}

HttpOptions http_options(const Config& config, const ProxyRules& proxy) {
  HttpOptions options;
  options.user_agent = user_agent(config);
  options.ca_file = config.http.ca_file;
  options.allow_private = allow_private(config);
  options.proxy = proxy;
  return options;
}

WebSocketOptions web_socket_options(const Config& config, const ProxyRules& proxy) {
  WebSocketOptions options;
  options.user_agent = user_agent(config);
  options.ca_file = config.http.ca_file;
  options.allow_private = allow_private(config);
  options.proxy = proxy;
  return options;
}

FetcherOptions fetcher_options(const Config& config) {
  FetcherOptions options;
  options.gap = config.http.gap;
  options.allow_private = allow_private(config);
  options.respect_robots = config.http.respect_robots;
  OriginSection lists = config.origin;
  for (const SourceSection& section : config.sources) {
    const SourceType* type = find_source_type(section.type);
    if (type == nullptr) continue;
    Duration gap = config.http.gap;
    if (section.gap_set) {
      gap = section.gap;
    } else if (!section.appview.empty()) {
      gap = std::min(gap, appview_gap);
    }
    for (const std::string& host : type->hosts(section)) {
      options.host_gaps[host] = gap;
      // Who names a source lets it be asked.
      const std::optional<Url> url = parse_url(host);
      if (url && !lists.allow_hosts.empty()) lists.allow_hosts.push_back(url->host);
    }
  }
  options.may_lead_to = [lists = std::move(lists)](const std::string& server) {
    return listed(lists, server);
  };
  return options;
}

IngestOptions ingest_options(const Config& config) {
  IngestOptions options;
  options.bands = config.bands;
  for (const NicheSection& niche : config.niches)
    options.niches.push_back({niche.name, niche.tags});
  options.maturity.mature_after = config.maturity.mature_after;
  options.maturity.window = config.maturity.window;
  options.reading = {config.origin.confirm_after, config.origin.suspicious_below,
                     config.origin.suspicious_above, config.origin.suspicious_from};
  options.refresh = {config.origin.near_edge, config.origin.in_band, config.origin.other};
  options.reread_after = config.maturity.reread_after;
  options.confirm_missing = config.maturity.confirm_missing;
  options.min_interval = config.origin.min_interval;
  options.give_up_after = config.origin.give_up_after;
  options.refused_retry = config.http.refused_retry;
  options.retry_base = config.http.gap;
  options.keep_readings = config.retention.readings;
  options.extra_per_hour = config.origin.extra_per_hour;
  options.may_ask = [origin = config.origin](const std::string& host) {
    return may_ask(origin, host);
  };
  return options;
}

std::vector<WatchedTag> watched_tags(const Config& config) {
  std::map<std::string, WatchedTag> found;
  for (const NicheSection& niche : config.niches) {
    const WatchedTags keys(niche.tags);
    for (const std::string& key : keys.keys()) {
      WatchedTag& tag = found[key];
      tag.exact = key;
      tag.folded = fold_to_ascii(key);
      tag.niches.push_back(niche.name);
    }
  }
  std::vector<WatchedTag> tags;
  tags.reserve(found.size());
  for (auto& [key, tag] : found) tags.push_back(std::move(tag));
  return tags;
}

std::vector<std::string> source_tags(const Config& config, const SourceSection& section) {
  std::vector<std::string> spellings;
  for (const NicheSection& niche : config.niches) {
    if (!section.niches.empty() && !contains(section.niches, niche.name)) continue;
    spellings.insert(spellings.end(), niche.tags.begin(), niche.tags.end());
  }
  return WatchedTags(spellings).keys();
}

}  // namespace tagscout
