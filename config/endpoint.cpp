#include "config/endpoint.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace tagscout {
namespace {

struct Scheme {
  std::string_view name;
  uint16_t port;
};

constexpr std::array<Scheme, 4> schemes = {
    {{"http", 80}, {"https", 443}, {"ws", 80}, {"wss", 443}}};

const Scheme* find_scheme(std::string_view name) {
  const auto found = std::find_if(schemes.begin(), schemes.end(),
                                  [name](const Scheme& scheme) { return scheme.name == name; });
  return found == schemes.end() ? nullptr : &*found;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool is_host(std::string_view host, bool bracketed) {
  constexpr size_t bytes_max = 253;
  const std::string_view plain = "abcdefghijklmnopqrstuvwxyz0123456789.-_";
  const std::string_view v6 = "0123456789abcdef:.";
  return !host.empty() && host.size() <= bytes_max && host.front() != '.' && host.front() != '-' &&
         host.find_first_not_of(bracketed ? v6 : plain) == std::string_view::npos;
}

// Host and port of "host", "host:port" or "[v6]:port" into `out`; false if it is none of these.
bool read_authority(std::string_view text, Endpoint& out) {
  const bool bracketed = text.starts_with('[');
  const size_t host_end = bracketed ? text.find(']') : std::min(text.find(':'), text.size());
  if (host_end == std::string_view::npos) return false;
  out.host = lower(text.substr(bracketed ? 1 : 0, host_end - (bracketed ? 1 : 0)));
  text.remove_prefix(host_end + (bracketed ? 1 : 0));
  if (!is_host(out.host, bracketed)) return false;
  if (text.empty()) return true;
  if (text.front() != ':') return false;
  text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out.port);
  return error == std::errc() && end == text.data() + text.size() && out.port != 0;
}

}  // namespace

std::string Endpoint::base() const {
  const bool v6 = host.find(':') != std::string::npos;
  std::string text = scheme + "://" + (v6 ? "[" + host + "]" : host);
  const Scheme* known = find_scheme(scheme);
  if (known == nullptr || known->port != port) text += ":" + std::to_string(port);
  return text;
}

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  const size_t colon = text.find("://");
  if (colon == std::string_view::npos) return {};
  Endpoint endpoint;
  endpoint.scheme = lower(text.substr(0, colon));
  const Scheme* scheme = find_scheme(endpoint.scheme);
  if (scheme == nullptr) return {};
  text.remove_prefix(colon + 3);
  const size_t slash = std::min(text.find('/'), text.size());
  endpoint.path = text.substr(slash);
  const bool visible =
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (!visible || endpoint.path.find_first_of("?#") != std::string::npos) return {};
  endpoint.port = scheme->port;
  if (!read_authority(text.substr(0, slash), endpoint)) return {};
  return endpoint;
}

std::optional<Endpoint> parse_host_port(std::string_view text) {
  Endpoint endpoint;
  if (!read_authority(text, endpoint) || endpoint.port == 0) return {};
  return endpoint;
}

}  // namespace tagscout
