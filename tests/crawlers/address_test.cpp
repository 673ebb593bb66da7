#include "crawlers/address.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace tagscout {
namespace {

struct Case {
  const char* address;
  bool open;
};

// By the IANA special-purpose registries: the first and the last address of each block, and its
// neighbours.
const Case cases[] = {
    // IPv4
    {"0.0.0.0", false},
    {"0.0.0.1", false},
    {"0.255.255.255", false},
    {"1.0.0.0", true},
    {"1.1.1.1", true},
    {"8.8.8.8", true},
    {"9.255.255.255", true},
    {"10.0.0.0", false},
    {"10.20.30.40", false},
    {"10.255.255.255", false},
    {"11.0.0.0", true},
    {"100.63.255.255", true},
    {"100.64.0.0", false},
    {"100.100.100.200", false},
    {"100.127.255.255", false},
    {"100.128.0.0", true},
    {"126.255.255.255", true},
    {"127.0.0.0", false},
    {"127.0.0.1", false},
    {"127.1.2.3", false},
    {"127.255.255.255", false},
    {"128.0.0.0", true},
    {"169.253.255.255", true},
    {"169.254.0.0", false},
    {"169.254.169.254", false},
    {"169.254.255.255", false},
    {"169.255.0.0", true},
    {"172.15.255.255", true},
    {"172.16.0.0", false},
    {"172.31.255.255", false},
    {"172.32.0.0", true},
    {"191.255.255.255", true},
    {"192.0.0.0", false},
    {"192.0.0.170", false},
    {"192.0.0.255", false},
    {"192.0.1.0", true},
    {"192.0.2.0", false},
    {"192.0.2.255", false},
    {"192.0.3.0", true},
    {"192.88.99.1", false},
    {"192.88.100.0", true},
    {"192.167.255.255", true},
    {"192.168.0.0", false},
    {"192.168.1.1", false},
    {"192.168.255.255", false},
    {"192.169.0.0", true},
    {"198.17.255.255", true},
    {"198.18.0.0", false},
    {"198.19.255.255", false},
    {"198.20.0.0", true},
    {"198.51.99.255", true},
    {"198.51.100.7", false},
    {"198.51.101.0", true},
    {"203.0.112.255", true},
    {"203.0.113.9", false},
    {"203.0.114.0", true},
    {"223.255.255.255", true},
    {"224.0.0.1", false},
    {"239.255.255.255", false},
    {"240.0.0.1", false},
    {"255.255.255.254", false},
    {"255.255.255.255", false},
    // IPv6
    {"::", false},
    {"::1", false},
    {"::2", false},
    {"2000::1", true},
    {"2001:200::1", true},
    {"2606:4700:4700::1111", true},
    {"2a00:1450:4001::1", true},
    {"3ffe::1", true},
    {"3fff::1", false},
    {"3fff:fff:ffff::1", false},
    {"3fff:1000::1", true},
    {"4000::1", false},
    {"5f00::1", false},
    {"100::1", false},
    {"1fff::1", false},
    {"2001:1ff:ffff::1", false},
    {"2001:2::1", false},
    {"2001:10::1", false},
    {"2001:20::1", false},
    {"2001:db8::1", false},
    {"2001:db7:ffff::1", true},
    {"2001:db9::1", true},
    {"fc00::1", false},
    {"fd12:3456:789a::1", false},
    {"fe80::1", false},
    {"febf::1", false},
    {"fec0::1", false},
    {"ff02::1", false},
    {"ff0e::1", false},
    // IPv4 in disguise: mapped, compatible, 6to4, NAT64, Teredo
    {"::ffff:127.0.0.1", false},
    {"::ffff:10.0.0.1", false},
    {"::ffff:169.254.169.254", false},
    {"::ffff:8.8.8.8", true},
    {"::127.0.0.1", false},
    {"::8.8.8.8", false},
    {"2002:7f00:1::1", false},
    {"2002:0a00:0001::1", false},
    {"2002:c0a8:0101::1", false},
    {"2002:0808:0808::1", true},
    {"64:ff9b::127.0.0.1", false},
    {"64:ff9b::192.168.1.1", false},
    {"64:ff9b::8.8.8.8", true},
    {"64:ff9b:1::8.8.8.8", false},
    {"64:ff9b:0:1::808:808", false},
    {"2001:0:7f00:1:0:0:80ff:fffe", false},
    {"2001:0:4136:e378:8000:63bf:3fff:fdd2", false},
};

TEST(Address, KnowsWhatBelongsToThePublicInternet) {
  static_assert(std::size(cases) >= 80);
  for (const Case& c : cases) {
    EXPECT_EQ(is_public(boost::asio::ip::make_address(c.address)), c.open) << c.address;
  }
}

TEST(Address, ALinkOfOnesOwnIsNotPublicWhateverItsNumber) {
  EXPECT_FALSE(is_public(boost::asio::ip::make_address("fe80::1%1")));
  EXPECT_FALSE(is_public(boost::asio::ip::make_address("2600::1%1")));
}

TEST(AllowPrivate, HoldsExactlyWhatWasNamed) {
  AllowPrivate allowed;
  allowed.add("127.0.0.1:8080");
  allowed.add("[::1]:9000");
  allowed.add("Box.Local:443");
  EXPECT_TRUE(allowed.contains("127.0.0.1", 8080));
  EXPECT_TRUE(allowed.contains("::1", 9000));
  EXPECT_TRUE(allowed.contains("0:0:0:0:0:0:0:1", 9000));
  EXPECT_TRUE(allowed.contains("box.local", 443));
  EXPECT_TRUE(allowed.contains("BOX.LOCAL", 443));
  EXPECT_FALSE(allowed.contains("127.0.0.1", 8081));
  EXPECT_FALSE(allowed.contains("127.0.0.2", 8080));
  EXPECT_FALSE(allowed.contains("localhost", 8080));
  EXPECT_FALSE(allowed.contains("::1", 8080));
  EXPECT_FALSE(AllowPrivate().contains("127.0.0.1", 8080));
}

TEST(AllowPrivate, RefusesWhatIsNoHostAndPort) {
  const char* const bad[] = {"",        "localhost",  ":80",       "host:",     "host:0",
                             "host:-1", "host:65536", "host:80x",  "::1:80",    "[::1]",
                             "[]:80",   "a b:80",     "[host]:80", "u@host:80", "host/path:80"};
  for (const char* const text : bad) {
    AllowPrivate allowed;
    EXPECT_THROW(allowed.add(text), std::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace tagscout
