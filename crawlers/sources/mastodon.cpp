#include "crawlers/sources/mastodon.h"

#include <utility>

#include "crawlers/sources/mastodon_origin.h"
#include "crawlers/sources/mastodon_source.h"
#include "crawlers/url.h"

namespace tagscout {
namespace {

std::unique_ptr<Source> make_source(SourceSetup setup, SourceTools tools) {
  return std::make_unique<MastodonSource>(std::move(setup), std::move(tools));
}

std::unique_ptr<Origin> make_origin(const std::vector<SourceSection>& sections, SourceTools tools) {
  return std::make_unique<MastodonOrigin>(sections, std::move(tools));
}

std::vector<std::string> hosts(const SourceSection& section) {
  const std::optional<Url> url = parse_url(section.url);
  return url ? std::vector<std::string>{url->origin()} : std::vector<std::string>();
}

}  // namespace

const SourceType mastodon_source_type{
    .schema = {.type = "mastodon", .required = {"url"}, .optional = {"token_file"}},
    .network = Network::activitypub,
    .software = {},
    .make_source = make_source,
    .make_origin = make_origin,
    .hosts = hosts};

}  // namespace tagscout
