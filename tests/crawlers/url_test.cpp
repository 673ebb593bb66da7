#include "crawlers/url.h"

#include <gtest/gtest.h>

#include <string>

namespace tagscout {
namespace {

TEST(Url, IsTakenApart) {
  struct Case {
    const char* text;
    const char* scheme;
    const char* host;
    uint16_t port;
    const char* target;
    const char* origin;
  };
  const Case cases[] = {
      {"https://a.test", "https", "a.test", 443, "/", "https://a.test"},
      {"HTTPS://A.Test/B?C=D#E", "https", "a.test", 443, "/B?C=D", "https://a.test"},
      {"http://a.test:80/", "http", "a.test", 80, "/", "http://a.test"},
      {"http://a.test:443/", "http", "a.test", 443, "/", "http://a.test:443"},
      {"https://a.test:8443?x", "https", "a.test", 8443, "/?x", "https://a.test:8443"},
      {"https://a.test:/x", "https", "a.test", 443, "/x", "https://a.test"},
      {"ws://a.test/s", "ws", "a.test", 80, "/s", "ws://a.test"},
      {"wss://a.test/s?wanted=x", "wss", "a.test", 443, "/s?wanted=x", "wss://a.test"},
      {"http://127.0.0.1:8080/x", "http", "127.0.0.1", 8080, "/x", "http://127.0.0.1:8080"},
      {"http://[::1]:8080/", "http", "::1", 8080, "/", "http://[::1]:8080"},
      {"https://[2A00:0:0::1]/", "https", "2a00::1", 443, "/", "https://[2a00::1]"},
      {"https://a.test/api?any[]=x&any[]=y", "https", "a.test", 443, "/api?any[]=x&any[]=y",
       "https://a.test"},
      {"https://xn--bcher-kva.test/", "https", "xn--bcher-kva.test", 443, "/",
       "https://xn--bcher-kva.test"},
      {"https://a_b.test/@x:y", "https", "a_b.test", 443, "/@x:y", "https://a_b.test"},
      {"https://a.test/x?u=https://b.test/#c", "https", "a.test", 443, "/x?u=https://b.test/",
       "https://a.test"},
  };
  for (const Case& c : cases) {
    const auto url = parse_url(c.text);
    ASSERT_TRUE(url) << c.text;
    EXPECT_EQ(url->scheme, c.scheme) << c.text;
    EXPECT_EQ(url->host, c.host) << c.text;
    EXPECT_EQ(url->port, c.port) << c.text;
    EXPECT_EQ(url->target, c.target) << c.text;
    EXPECT_EQ(url->origin(), c.origin) << c.text;
    EXPECT_EQ(url->text(), std::string(c.origin) + c.target) << c.text;
  }
}

TEST(Url, RefusesEverythingElse) {
  const std::string bad[] = {
      "",
      "https",
      "https:",
      "https://",
      "https:///x",
      "https:a.test",
      "//a.test/x",
      "/x",
      "a.test",
      "ftp://a.test/",
      "file:///etc/passwd",
      "javascript:alert(1)",
      "https://user@a.test/",
      "https://user:word@a.test/",
      "https://a.test:0/",
      "https://a.test:65536/",
      "https://a.test:99999999999999/",
      "https://a.test:8x/",
      "https://a.test:-1/",
      "https://a.test: 80/",
      "https://a..test/",
      "https://.a.test/",
      "https://a.test./",
      "https://a%2etest/",
      "https://a.test\\@b.test/",
      "https://a.test/\\b",
      "https://a test/",
      "https://a.test/a b",
      "https://a.test/a\nb",
      "https://a.test/a\rb",
      std::string("https://a.test/a\0b", 18),
      "https://b\u00FCcher.test/",
      "https://a.test/\xC3\xBC",
      "https://[::1/",
      "https://::1/",
      "https://[::g]/",
      "https://[fe80::1%25eth0]/",
      "https://[127.0.0.1]/",
      "https://[::1]x/",
      "https://a,b.test/",
      "https://" + std::string(300, 'a') + ".test/",
  };
  for (const std::string& text : bad) EXPECT_FALSE(parse_url(text)) << text;
}

TEST(Url, ResolvesWhereARedirectLeads) {
  struct Case {
    const char* location;
    const char* expected;  // null = refused
  };
  const Case cases[] = {
      {"https://b.test/y", "https://b.test/y"},
      {"http://b.test/y", "http://b.test/y"},
      {"//b.test:81/y", "https://b.test:81/y"},
      {"/y", "https://a.test:8443/y"},
      {"/y?z#f", "https://a.test:8443/y?z"},
      {"y", "https://a.test:8443/one/y"},
      {"./y", "https://a.test:8443/one/y"},
      {"../y", "https://a.test:8443/y"},
      {"../../../y", "https://a.test:8443/y"},
      {"..", "https://a.test:8443/"},
      {".", "https://a.test:8443/one/"},
      {"/a/b/../c/./d", "https://a.test:8443/a/c/d"},
      {"/a/b/..", "https://a.test:8443/a/"},
      {"/a?b=/../c", "https://a.test:8443/a?b=/../c"},
      {"?z", "https://a.test:8443/one/two?z"},
      {"", "https://a.test:8443/one/two?q=1"},
      {"#f", "https://a.test:8443/one/two?q=1"},
      {"a/b:c", "https://a.test:8443/one/a/b:c"},
      {"/@user:x", "https://a.test:8443/@user:x"},
      {"ftp://b.test/", nullptr},
      {"file:///etc/passwd", nullptr},
      {"mailto:x@b.test", nullptr},
      {"https://u@b.test/", nullptr},
      {"//", nullptr},
      {"/a b", nullptr},
      {"/\\b.test", nullptr},
      {"/caf\xC3\xA9", nullptr},
  };
  const Url base = *parse_url("https://a.test:8443/one/two?q=1");
  for (const Case& c : cases) {
    const auto url = resolve_url(base, c.location);
    EXPECT_EQ(url.has_value(), c.expected != nullptr) << c.location;
    if (url && c.expected != nullptr) {
      EXPECT_EQ(url->text(), c.expected) << c.location;
    }
  }
}

TEST(Url, PercentEncodesAllButUnreservedCharacters) {
  EXPECT_EQ(percent_encode("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(percent_encode("a b/c?d#e&f=g+%"), "a%20b%2Fc%3Fd%23e%26f%3Dg%2B%25");
  EXPECT_EQ(percent_encode("\xC3\xBC"), "%C3%BC");
  EXPECT_EQ(percent_encode(std::string_view("\0\xFF", 2)), "%00%FF");
  EXPECT_EQ(percent_encode(""), "");
}

}  // namespace
}  // namespace tagscout
