#include "config/endpoint.h"

#include <gtest/gtest.h>

namespace tagscout {
namespace {

TEST(Endpoint, IsSchemeHostPortAndPath) {
  const struct {
    std::string_view text, base, host, path;
    uint16_t port;
    bool secure;
  } cases[] = {
      {"https://a.example", "https://a.example", "a.example", "", 443, true},
      {"HTTPS://A.Example/", "https://a.example", "a.example", "/", 443, true},
      {"https://a.example:443", "https://a.example", "a.example", "", 443, true},
      {"http://127.0.0.1:8080", "http://127.0.0.1:8080", "127.0.0.1", "", 8080, false},
      {"wss://s.example/sub/x", "wss://s.example", "s.example", "/sub/x", 443, true},
      {"ws://[::1]:9", "ws://[::1]:9", "::1", "", 9, false},
      {"http://h", "http://h", "h", "", 80, false},
  };
  for (const auto& row : cases) {
    const auto endpoint = parse_endpoint(row.text);
    ASSERT_TRUE(endpoint) << row.text;
    EXPECT_EQ(endpoint->base(), row.base);
    EXPECT_EQ(endpoint->host, row.host);
    EXPECT_EQ(endpoint->path, row.path);
    EXPECT_EQ(endpoint->port, row.port);
    EXPECT_EQ(endpoint->secure(), row.secure);
  }
}

TEST(Endpoint, WhatIsNoAddressIsRefused) {
  for (const std::string_view text : {"",
                                      "a.example",
                                      "https://",
                                      "https:///x",
                                      "ftp://a.example",
                                      "https:/a.example",
                                      "https://u@a.example",
                                      "https://u:p@a.example",
                                      "https://a.example:0",
                                      "https://a.example:65536",
                                      "https://a.example:x",
                                      "https://a.example:",
                                      "https://a b",
                                      "https://a.example?q",
                                      "https://a.example/x?q=1",
                                      "https://a.example/#f",
                                      "https://[::1",
                                      "https://[::1]x",
                                      "https://[zz]",
                                      "https://-a",
                                      "https://.a",
                                      "https://\xc3\xa9.example"}) {
    EXPECT_FALSE(parse_endpoint(text)) << text;
  }
}

TEST(Endpoint, HostPortNeedsBoth) {
  const auto pair = parse_host_port("LocalHost:8080");
  ASSERT_TRUE(pair);
  EXPECT_EQ(pair->host, "localhost");
  EXPECT_EQ(pair->port, 8080);
  EXPECT_EQ(parse_host_port("[fe80::1]:1")->host, "fe80::1");
  for (const std::string_view text :
       {"", ":80", "localhost", "localhost:", "localhost:0", "localhost:70000", "localhost:80x",
        "::1:80", "[::1]", "http://localhost:80", "local host:80"}) {
    EXPECT_FALSE(parse_host_port(text)) << text;
  }
}

}  // namespace
}  // namespace tagscout
