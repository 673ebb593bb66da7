// Which network addresses may be connected to.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace tagscout {

// host:port pairs on loopback or private addresses that the operator allows.
class AllowPrivate {
 public:
  AllowPrivate() = default;
  // Throws std::invalid_argument for a text that is not host:port or [v6]:port.
  void add(std::string_view host_port);
  bool contains(std::string_view host, uint16_t port) const;

 private:
  std::set<std::pair<std::string, uint16_t>> pairs_;
};

// True if the address belongs to the public Internet: not loopback, private, link-local, shared
// (CGNAT), multicast, documentation, benchmark, reserved or unspecified, nor such an address in one
// of its IPv6 disguises (v4-mapped, v4-compatible, 6to4, NAT64, Teredo). By the IANA
// special-purpose registries.
bool is_public(const boost::asio::ip::address& address);

}  // namespace tagscout
