// Absolute http, https, ws and wss URLs, taken apart strictly.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tagscout {

struct Url {
  std::string scheme;  // "http", "https", "ws" or "wss"
  std::string host;    // lower case, no brackets around an IPv6 address
  uint16_t port = 0;   // the scheme's default where none is written
  std::string target;  // path and query, at least "/"; the fragment is dropped

  bool secure() const { return scheme == "https" || scheme == "wss"; }
  // "https://host" or "https://host:port": scheme, name and port identify a host everywhere.
  std::string origin() const;
  // origin() and target.
  std::string text() const;
};

// Nothing for anything but an absolute URL of these schemes with a host, without user information,
// with only visible ASCII in it.
std::optional<Url> parse_url(std::string_view text);

// `location` seen from `base`, as a redirect means it.
std::optional<Url> resolve_url(const Url& base, std::string_view location);

// Percent-encodes everything but unreserved characters (RFC 3986, 2.3).
std::string percent_encode(std::string_view text);

}  // namespace tagscout
