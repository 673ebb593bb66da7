#include "crawlers/address.h"

#include <algorithm>
#include <array>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <charconv>
#include <stdexcept>

namespace tagscout {
namespace {

namespace ip = boost::asio::ip;

struct Net4 {
  uint32_t prefix;
  int bits;
};
// IANA IPv4 Special-Purpose Address Registry: what is not globally reachable, multicast, and the
// withdrawn 6to4 relays.
constexpr std::array<Net4, 15> closed4 = {{
    {0x00000000, 8},   // this network
    {0x0A000000, 8},   // private
    {0x64400000, 10},  // shared (carriers' NAT)
    {0x7F000000, 8},   // loopback
    {0xA9FE0000, 16},  // link-local, cloud metadata
    {0xAC100000, 12},  // private
    {0xC0000000, 24},  // protocol assignments
    {0xC0000200, 24},  // documentation
    {0xC0586300, 24},  // 6to4 relays
    {0xC0A80000, 16},  // private
    {0xC6120000, 15},  // benchmarks
    {0xC6336400, 24},  // documentation
    {0xCB007100, 24},  // documentation
    {0xE0000000, 4},   // multicast
    {0xF0000000, 4},   // reserved, broadcast
}};

bool inside(uint32_t address, const Net4& net) {
  return ((address ^ net.prefix) >> (32 - net.bits)) == 0;
}

bool is_public4(uint32_t address) {
  return std::none_of(closed4.begin(), closed4.end(),
                      [&](const Net4& net) { return inside(address, net); });
}

using Bytes6 = ip::address_v6::bytes_type;

struct Net6 {
  std::array<unsigned char, 8> prefix;
  int bits;
};
// Parts of 2000::/3, the only global unicast space, that are not globally reachable. The first
// holds Teredo: whatever address hides in one, nothing is to be reached through it any more.
constexpr std::array<Net6, 3> closed6 = {{
    {{0x20, 0x01, 0x00}, 23},        // protocol assignments, Teredo, ORCHID
    {{0x20, 0x01, 0x0D, 0xB8}, 32},  // documentation
    {{0x3F, 0xFF, 0x00}, 20},        // documentation
}};
constexpr std::array<unsigned char, 12> mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr std::array<unsigned char, 12> nat64 = {0x00, 0x64, 0xFF, 0x9B};  // 64:ff9b::/96
constexpr std::array<unsigned char, 2> six_to_four = {0x20, 0x02};

bool inside(const Bytes6& address, const Net6& net) {
  for (int bit = 0; bit < net.bits; bit += 8) {
    const auto index = static_cast<size_t>(bit / 8);
    const int unused = std::max(0, 8 - (net.bits - bit));
    if (((address[index] ^ net.prefix[index]) >> unused) != 0) return false;
  }
  return true;
}

uint32_t embedded(const Bytes6& address, size_t at) {
  uint32_t value = 0;
  for (size_t i = at; i < at + 4; ++i) value = (value << 8) | address[i];
  return value;
}

template <size_t n>
bool begins(const Bytes6& address, const std::array<unsigned char, n>& prefix) {
  return std::equal(prefix.begin(), prefix.end(), address.begin());
}

bool is_public6(const ip::address_v6& v6) {
  const Bytes6 address = v6.to_bytes();
  if (begins(address, mapped) || begins(address, nat64)) return is_public4(embedded(address, 12));
  if (begins(address, six_to_four)) return is_public4(embedded(address, 2));
  // Leaves out unspecified, loopback, v4-compatible, local NAT64, discard, unique local,
  // link-local, site-local and multicast addresses in one go.
  if ((address[0] >> 5) != 1 || v6.scope_id() != 0) return false;
  return std::none_of(closed6.begin(), closed6.end(),
                      [&](const Net6& net) { return inside(address, net); });
}

std::string plain_host(std::string_view host) {
  std::string text(host);
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  boost::system::error_code ec;
  const auto address = ip::make_address(text, ec);
  return ec ? text : address.to_string();
}

}  // namespace

void AllowPrivate::add(std::string_view host_port) {
  const auto refuse = [&]() {
    throw std::invalid_argument('"' + std::string(host_port) + "\" is not HOST:PORT");
  };
  const size_t colon = host_port.rfind(':');
  if (colon == std::string_view::npos) refuse();
  std::string_view host = host_port.substr(0, colon);
  const std::string_view port = host_port.substr(colon + 1);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  const bool six = host.find(':') != std::string_view::npos;
  if (host.empty() || six != bracketed || host.find_first_of("[]/@ ") != std::string_view::npos) {
    refuse();
  }
  uint16_t number = 0;
  const char* const end = port.data() + port.size();
  const auto [stop, ec] = std::from_chars(port.data(), end, number);
  if (ec != std::errc() || stop != end || number == 0) refuse();
  pairs_.emplace(plain_host(host), number);
}

bool AllowPrivate::contains(std::string_view host, uint16_t port) const {
  return !pairs_.empty() && pairs_.contains({plain_host(host), port});
}

bool is_public(const ip::address& address) {
  return address.is_v4() ? is_public4(address.to_v4().to_uint()) : is_public6(address.to_v6());
}

}  // namespace tagscout
