#include "crawlers/url.h"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address_v6.hpp>
#include <charconv>

namespace tagscout {
namespace {

struct Scheme {
  std::string_view name;
  uint16_t port;
};
constexpr std::array<Scheme, 4> schemes = {
    {{"http", 80}, {"https", 443}, {"ws", 80}, {"wss", 443}}};
constexpr size_t host_length_max = 253;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }

std::string lowered(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

// A backslash is visible, but browsers take it for a slash: such a text means two things.
bool plain_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > ' ' && c < '\x7f' && c != '\\'; });
}

const Scheme* find_scheme(std::string_view name) {
  const auto found = std::find_if(schemes.begin(), schemes.end(),
                                  [&](const Scheme& scheme) { return scheme.name == name; });
  return found == schemes.end() ? nullptr : &*found;
}

bool valid_name(std::string_view host) {
  if (host.empty() || host.size() > host_length_max || host.front() == '.' || host.back() == '.') {
    return false;
  }
  if (host.find("..") != std::string_view::npos) return false;
  return std::all_of(host.begin(), host.end(), [](char c) {
    return letter(c) || digit(c) || c == '-' || c == '.' || c == '_';
  });
}

// The host of an authority, and what follows it; nothing if it is none.
struct HostAndRest {
  std::string host;
  std::string_view rest;
};
std::optional<HostAndRest> split_host(std::string_view authority) {
  if (authority.starts_with('[')) {
    const size_t end = authority.find(']');
    if (end == std::string_view::npos) return {};
    const std::string inside(authority.substr(1, end - 1));
    boost::system::error_code ec;
    const auto address = boost::asio::ip::make_address_v6(inside, ec);
    if (ec || address.scope_id() != 0 || inside.find('%') != std::string::npos) return {};
    return HostAndRest{address.to_string(), authority.substr(end + 1)};
  }
  const std::string_view name = authority.substr(0, authority.find(':'));
  if (!valid_name(name)) return {};
  return HostAndRest{lowered(name), authority.substr(name.size())};
}

// The port in ":8080"; the default for "" and ":"; nothing if it is none.
std::optional<uint16_t> parse_port(std::string_view text, uint16_t fallback) {
  if (text.empty() || text == ":") return fallback;
  if (!text.starts_with(':')) return {};
  unsigned value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, ec] = std::from_chars(text.data() + 1, end, value);
  if (ec != std::errc() || stop != end || value == 0 || value > 65535) return {};
  return static_cast<uint16_t>(value);
}

// RFC 3986, 5.2.4: "/a/b/../c/./d" is "/a/c/d".
std::string remove_dots(std::string_view path) {
  std::string out;
  size_t at = 0;
  while (at < path.size()) {
    const size_t end = std::min(path.find('/', at + 1), path.size());
    const std::string_view segment = path.substr(at, end - at);
    const bool last = end == path.size();
    if (segment == "/..") out.resize(out.empty() ? 0 : out.rfind('/'));
    if (segment != "/." && segment != "/..") {
      out += segment;
    } else if (last) {
      out += '/';
    }
    at = end;
  }
  return out.empty() ? "/" : out;
}

bool has_scheme(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !letter(text.front())) return false;
  const std::string_view name = text.substr(0, colon);
  return std::all_of(name.begin(), name.end(), [](char c) {
    return letter(c) || digit(c) || c == '+' || c == '-' || c == '.';
  });
}

std::string_view without_fragment(std::string_view text) { return text.substr(0, text.find('#')); }

// Path and query with the dots of the path resolved.
std::string tidy_target(std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  return remove_dots(path) + std::string(target.substr(path.size()));
}

}  // namespace

std::string Url::origin() const {
  const std::string name = host.find(':') == std::string::npos ? host : '[' + host + ']';
  const Scheme* const known = find_scheme(scheme);
  const bool usual = known != nullptr && known->port == port;
  return scheme + "://" + name + (usual ? "" : ':' + std::to_string(port));
}

std::string Url::text() const { return origin() + target; }

std::optional<Url> parse_url(std::string_view text) {
  if (!plain_visible(text)) return {};
  const size_t colon = text.find("://");
  if (colon == std::string_view::npos) return {};
  Url url;
  url.scheme = lowered(text.substr(0, colon));
  const Scheme* const scheme = find_scheme(url.scheme);
  if (scheme == nullptr) return {};
  const std::string_view rest = without_fragment(text.substr(colon + 3));
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
  const auto host = split_host(authority);
  if (!host) return {};
  const auto port = parse_port(host->rest, scheme->port);
  if (!port) return {};
  url.host = host->host;
  url.port = *port;
  url.target = rest.substr(authority.size());
  if (!url.target.starts_with('/')) url.target.insert(0, 1, '/');
  return url;
}

std::optional<Url> resolve_url(const Url& base, std::string_view location) {
  if (!plain_visible(location)) return {};
  if (has_scheme(location)) return parse_url(location);
  if (location.starts_with("//")) return parse_url(base.scheme + ":" + std::string(location));
  location = without_fragment(location);
  Url url = base;
  if (location.empty()) return url;
  const std::string base_path = base.target.substr(0, base.target.find('?'));
  if (location.starts_with('/')) {
    url.target = tidy_target(location);
  } else if (location.starts_with('?')) {
    url.target = base_path + std::string(location);
  } else {
    const std::string folder = base_path.substr(0, base_path.rfind('/') + 1);
    url.target = tidy_target(folder + std::string(location));
  }
  return url;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (letter(c) || digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += hex[byte >> 4];
    out += hex[byte & 15];
  }
  return out;
}

}  // namespace tagscout
