// Addresses of servers as the operator writes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tagscout {

struct Endpoint {
  std::string scheme;  // "http", "https", "ws" or "wss"; empty for a bare host:port
  std::string host;    // lower case, no brackets around an IPv6 address
  uint16_t port = 0;   // the scheme's default where none is written
  std::string path;    // from the first '/', empty if there is none

  bool secure() const { return scheme == "https" || scheme == "wss"; }
  // Scheme, host and port, without a default port: "https://host".
  std::string base() const;
};

// An absolute URL of these schemes without user information, query and fragment. Nothing for
// anything else.
std::optional<Endpoint> parse_endpoint(std::string_view text);

// "host:port" or "[v6]:port". Nothing for anything else.
std::optional<Endpoint> parse_host_port(std::string_view text);

}  // namespace tagscout
