#include "crawlers/sources/bluesky.h"

#include <algorithm>
#include <utility>

#include "crawlers/sources/bluesky_origin.h"
#include "crawlers/sources/bluesky_source.h"
#include "crawlers/url.h"

namespace tagscout {
namespace {

std::unique_ptr<Source> make_source(SourceSetup setup, SourceTools tools) {
  return std::make_unique<BlueskySource>(std::move(setup), std::move(tools));
}

std::unique_ptr<Origin> make_origin(const std::vector<SourceSection>& sections, SourceTools tools) {
  return std::make_unique<BlueskyOrigin>(sections, std::move(tools));
}

std::vector<std::string> hosts(const SourceSection& section) {
  std::vector<std::string> addresses = section.jetstream;
  addresses.push_back(section.appview);
  std::vector<std::string> hosts;
  for (const std::string& address : addresses) {
    const std::optional<Url> url = parse_url(address);
    if (url && std::find(hosts.begin(), hosts.end(), url->origin()) == hosts.end()) {
      hosts.push_back(url->origin());
    }
  }
  return hosts;
}

}  // namespace

const SourceType bluesky_source_type{.schema = {.type = "bluesky",
                                                .required = {"jetstream", "appview"},
                                                .optional = {"zstd_dictionary"}},
                                     .network = Network::bluesky,
                                     .software = {},
                                     .make_source = make_source,
                                     .make_origin = make_origin,
                                     .hosts = hosts};

}  // namespace tagscout
