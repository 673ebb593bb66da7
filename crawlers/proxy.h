// Which proxy a connection goes through, as HTTPS_PROXY and NO_PROXY say it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tagscout {

// An HTTP proxy that opens tunnels (CONNECT). The operator's word: its address is not vetted.
struct Proxy {
  std::string host;  // empty = none
  uint16_t port = 0;
  std::string authorization;  // value of Proxy-Authorization; a secret; empty = none
};

// Reads "http://user:password@host:port"; the scheme may be missing, the port is 1080 if it is,
// user and password are percent-encoded. Empty text: no proxy. Throws std::invalid_argument, which
// never quotes the text, for anything else; a proxy that is itself spoken to over TLS or SOCKS is
// such a thing.
Proxy parse_proxy(std::string_view text);

class ProxyRules {
 public:
  // Everything is reached directly.
  ProxyRules() = default;

  // `exceptions` as in NO_PROXY: names (of a host and of its subdomains, with a leading dot or
  // without), addresses, networks ("10.0.0.0/8", "fd00::/8"), parted by commas or blanks; "*" is
  // every host.
  ProxyRules(Proxy proxy, std::string_view exceptions);

  // The proxy for this host, null for none. Borrowed from this object.
  const Proxy* find(std::string_view host) const;

 private:
  Proxy proxy_;
  std::vector<std::string> exceptions_;  // lower case, without leading and trailing dots
};

}  // namespace tagscout
