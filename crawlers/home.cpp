#include "crawlers/source.h"
#include "crawlers/url.h"

namespace tagscout {

std::string home_host(std::string_view id) {
  const std::optional<Network> network = network_of_id(id);
  if (!network) return {};
  if (*network != Network::activitypub) return std::string(network_name(*network));
  const std::optional<Url> url = parse_url(id.substr(id.find(':') + 1));
  return url && (url->scheme == "https" || url->scheme == "http") ? url->origin() : std::string();
}

// On most networks every answer names its author in full.
boost::asio::awaitable<Result<AccountId>> Origin::resolve(std::string) { co_return AccountId(); }

}  // namespace tagscout
