#include "crawlers/proxy.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <utility>

namespace tagscout {
namespace {

using boost::asio::ip::address;

constexpr uint16_t default_port = 1080;

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return result;
}

std::string percent_decode(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    uint8_t byte = 0;
    const char* const digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      plain += static_cast<char>(byte);
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    for (size_t j = 0; j < 3; ++j) {
      group = group << 8 | (j < count ? static_cast<uint8_t>(bytes[i + j]) : 0u);
    }
    for (size_t j = 0; j < 4; ++j) {
      text += j <= count ? alphabet[group >> (18 - 6 * j) & 63] : '=';
    }
  }
  return text;
}

[[noreturn]] void refuse(const char* why) { throw std::invalid_argument(why); }

// The bits of an address, most significant first; v4-mapped ones as the IPv4 address they are.
std::string bits_of(address where) {
  if (where.is_v6() && where.to_v6().is_v4_mapped()) {
    where = boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, where.to_v6());
  }
  const auto spell = [](const auto& bytes) {
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };
  return where.is_v4() ? spell(where.to_v4().to_bytes()) : spell(where.to_v6().to_bytes());
}

std::optional<address> address_of(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  boost::system::error_code ec;
  const address result = boost::asio::ip::make_address(std::string(text), ec);
  return ec ? std::nullopt : std::optional(result);
}

// Whether `where` lies in "10.0.0.0/8", or is "10.0.0.1".
bool within_network(const address& where, std::string_view network) {
  const size_t slash = network.find('/');
  const auto base = address_of(network.substr(0, slash));
  if (!base) return false;
  const std::string ours = bits_of(where);
  const std::string theirs = bits_of(*base);
  if (ours.size() != theirs.size()) return false;
  size_t count = ours.size() * 8;
  if (slash != std::string_view::npos) {
    const std::string_view digits = network.substr(slash + 1);
    const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (ec != std::errc() || end != digits.data() + digits.size() || count > ours.size() * 8) {
      return false;
    }
  }
  const auto bit = [](const std::string& bytes, size_t at) {
    return static_cast<uint8_t>(bytes[at / 8]) >> (7 - at % 8) & 1;
  };
  for (size_t i = 0; i < count; ++i) {
    if (bit(ours, i) != bit(theirs, i)) return false;
  }
  return true;
}

}  // namespace

Proxy parse_proxy(std::string_view text) {
  Proxy proxy;
  if (text.empty()) return proxy;
  const size_t scheme_end = text.find("://");
  if (scheme_end != std::string_view::npos) {
    if (lower(text.substr(0, scheme_end)) != "http") {
      refuse("only proxies spoken to over plain http:// are supported");
    }
    text.remove_prefix(scheme_end + 3);
  }
  text = text.substr(0, text.find_first_of("/?#"));
  if (const size_t at = text.rfind('@'); at != std::string_view::npos) {
    proxy.authorization = "Basic " + base64(percent_decode(text.substr(0, at)));
    text.remove_prefix(at + 1);
  }
  const bool bracketed = text.starts_with('[');
  const size_t host_end = bracketed ? text.find(']') : text.find(':');
  if (bracketed && host_end == std::string_view::npos) refuse("its host is no address");
  proxy.host = lower(text.substr(bracketed ? 1 : 0, host_end - (bracketed ? 1 : 0)));
  proxy.port = default_port;
  const size_t rest_at =
      host_end == std::string_view::npos ? text.size() : host_end + (bracketed ? 1 : 0);
  std::string_view rest = text.substr(rest_at);
  if (!rest.empty()) {
    rest.remove_prefix(1);
    const auto [end, ec] = std::from_chars(rest.data(), rest.data() + rest.size(), proxy.port);
    if (ec != std::errc() || end != rest.data() + rest.size() || proxy.port == 0) {
      refuse("its port is none");
    }
  }
  const bool visible = std::all_of(proxy.host.begin(), proxy.host.end(),
                                   [](char c) { return c > ' ' && c < '\x7f'; });
  if (proxy.host.empty() || !visible) refuse("its host is missing or not plain ASCII");
  return proxy;
}

ProxyRules::ProxyRules(Proxy proxy, std::string_view exceptions) : proxy_(std::move(proxy)) {
  constexpr std::string_view separators = ", \t";
  while (!exceptions.empty()) {
    const size_t end = std::min(exceptions.find_first_of(separators), exceptions.size());
    std::string_view one = exceptions.substr(0, end);
    if (one.starts_with('.')) one.remove_prefix(1);
    if (one.ends_with('.')) one.remove_suffix(1);
    if (!one.empty()) exceptions_.push_back(lower(one));
    exceptions.remove_prefix(std::min(end + 1, exceptions.size()));
  }
}

const Proxy* ProxyRules::find(std::string_view host) const {
  if (proxy_.host.empty()) return nullptr;
  if (host.ends_with('.')) host.remove_suffix(1);
  const auto literal = address_of(host);
  for (const std::string& exception : exceptions_) {
    if (exception == "*") return nullptr;
    if (literal) {
      if (within_network(*literal, exception)) return nullptr;
      continue;
    }
    if (host == exception) return nullptr;
    if (host.ends_with(exception) && host[host.size() - exception.size() - 1] == '.') {
      return nullptr;
    }
  }
  return &proxy_;
}

}  // namespace tagscout
