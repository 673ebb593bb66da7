// What each part needs to know of the configuration. Nobody else reads a Config.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "crawlers/fetcher.h"
#include "crawlers/http.h"
#include "crawlers/proxy.h"
#include "crawlers/web_socket.h"
#include "daemon/pipeline/ingest_options.h"
#include "daemon/query_tags.h"

namespace tagscout {

// "tagscout/VERSION (+contact)".
std::string user_agent(const Config& config);

HttpOptions http_options(const Config& config, const ProxyRules& proxy);
WebSocketOptions web_socket_options(const Config& config, const ProxyRules& proxy);
FetcherOptions fetcher_options(const Config& config);
IngestOptions ingest_options(const Config& config);

// Every tag that a niche names, in order of key.
std::vector<WatchedTag> watched_tags(const Config& config);

// Key of every tag that a source is read for, ascending.
std::vector<std::string> source_tags(const Config& config, const SourceSection& section);

}  // namespace tagscout
