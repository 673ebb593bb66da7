#include "crawlers/proxy.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <stdexcept>

#include "crawlers/http.h"
#include "crawlers/tunnel.h"
#include "crawlers/web_socket.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_proxy.h"
#include "tests/support/loopback_server.h"
#include "tests/support/run.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;

TEST(Proxy, IsReadAsOperatorsWriteIt) {
  struct Case {
    const char* text;
    const char* host;
    uint16_t port;
    const char* authorization;
  };
  const Case cases[] = {
      {"", "", 0, ""},
      {"http://proxy.test:3128", "proxy.test", 3128, ""},
      {"http://proxy.test:3128/", "proxy.test", 3128, ""},
      {"HTTP://Proxy.TEST", "proxy.test", 1080, ""},
      {"proxy.test:8080", "proxy.test", 8080, ""},
      {"10.1.2.3", "10.1.2.3", 1080, ""},
      {"http://[fd00::1]:3128", "fd00::1", 3128, ""},
      {"http://[fd00::1]", "fd00::1", 1080, ""},
      {"http://Aladdin:open%20sesame@p.test:1", "p.test", 1, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
      {"http://user:p@ss@p.test:1", "p.test", 1, "Basic dXNlcjpwQHNz"},
      {"http://user@p.test:1", "p.test", 1, "Basic dXNlcg=="},
      {"http://a:%zz%4@p.test:1", "p.test", 1, "Basic YTolenolNA=="},
  };
  for (const Case& c : cases) {
    const Proxy proxy = parse_proxy(c.text);
    EXPECT_EQ(proxy.host, c.host) << c.text;
    EXPECT_EQ(proxy.port, c.port) << c.text;
    EXPECT_EQ(proxy.authorization, c.authorization) << c.text;
  }
}

TEST(Proxy, WhatCannotBeUsedIsRefusedWithoutQuotingIt) {
  for (const char* const text :
       {"https://user:secret@proxy.test", "socks5://secret@proxy.test", "http://", "http://secret@",
        "http://secret:0@p.test:0", "http://x:secret@p.test:99999", "http://x:secret@p.test:8x",
        "http://[fd00::1", "http://x:secret@p\x7f.test"}) {
    try {
      parse_proxy(text);
      ADD_FAILURE() << text;
    } catch (const std::invalid_argument& error) {
      EXPECT_EQ(std::string(error.what()).find("secret"), std::string::npos) << error.what();
    }
  }
}

TEST(ProxyRules, NoProxyHoldsForHostsTheirSubdomainsAndNetworks) {
  struct Case {
    const char* exceptions;
    const char* host;
    bool direct;
  };
  const Case cases[] = {
      {"", "a.test", false},
      {"*", "a.test", true},
      {"b.test,*", "a.test", true},
      {"a.test", "a.test", true},
      {"A.Test", "a.test", true},
      {"a.test.", "a.test", true},
      {"a.test", "a.test.", true},
      {".a.test", "a.test", true},
      {".a.test", "sub.a.test", true},
      {"a.test", "deep.sub.a.test", true},
      {"a.test", "na.test", false},
      {"a.test", "test", false},
      {"a.test", "a.test.evil", false},
      {"*.a.test", "sub.a.test", false},
      {"b.test, a.test", "a.test", true},
      {"b.test a.test", "a.test", true},
      {",, ,", "a.test", false},
      {"192.0.2.1", "192.0.2.1", true},
      {"192.0.2.1", "192.0.2.10", false},
      {"2.1", "192.0.2.1", false},
      {"192.0.2.0/24", "192.0.2.77", true},
      {"192.0.2.0/24", "192.0.3.77", false},
      {"192.0.2.0/33", "192.0.2.0", false},
      {"192.0.2.0/x", "192.0.2.0", false},
      {"0.0.0.0/0", "192.0.2.77", true},
      {"2001:db8::/32", "2001:db8::7", true},
      {"[2001:db8::7]", "2001:db8::7", true},
      {"2001:db8::/32", "2001:db9::7", false},
      {"192.0.2.0/24", "2001:db8::7", false},
      {"192.0.2.0/24", "::ffff:192.0.2.9", true},
  };
  for (const Case& c : cases) {
    const ProxyRules rules(parse_proxy("http://p.test:1"), c.exceptions);
    EXPECT_EQ(rules.find(c.host) == nullptr, c.direct) << c.exceptions << " for " << c.host;
  }
  EXPECT_EQ(ProxyRules().find("a.test"), nullptr);
}

TEST(Tunnel, LeadsToNamesAndPublicAddressesAlone) {
  for (const char* const host : {"a.test", "0xa.test", "9.9.9.9", "2620:fe::fe"}) {
    EXPECT_TRUE(may_tunnel_to(host)) << host;
  }
  for (const char* const host :
       {"127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.1", "127.1",
        "2130706433", "0x7f000001", "0x7f.1", "10.0.0.1.", "localhost", "x.localhost", "0"}) {
    EXPECT_FALSE(may_tunnel_to(host)) << host;
  }
}

class ProxyTest : public testing::Test {
 protected:
  ProxyTest() {
    options.user_agent = "tagscout/0.1.0 (+ops@a.test)";
    options.ca_file = ca_file.path();
    options.proxy = proxy.rules();
    server.answer("/", http_answer(200, "[]"));
  }
  Result<HttpResponse> get(const std::string& url) {
    const auto http = make_http(context.get_executor(), options, clock);
    return run_to_end(context, http->get(HttpRequest(url, "token")));
  }
  std::string at(const std::string& name) const {
    return "https://" + name + ':' + std::to_string(server.port()) + '/';
  }

  boost::asio::io_context context;
  FakeClock clock;
  TlsAuthority authority;
  TempFile ca_file{authority.certificate()};
  FakeProxy proxy{context};
  LoopbackServer server{context, authority.issue({.names = "DNS:a.test"})};
  HttpOptions options;
};

TEST_F(ProxyTest, CarriesHttpsToANameThatOnlyItKnows) {
  const auto response = get(at("a.test"));
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->body, "[]");
  const std::string place = "a.test:" + std::to_string(server.port());
  ASSERT_EQ(proxy.requests().size(), 1u);
  EXPECT_EQ(proxy.requests()[0], "CONNECT " + place + " HTTP/1.1\r\nHost: " + place + "\r\n\r\n")
      << "neither the token nor the path";
}

TEST_F(ProxyTest, IsToldItsCredentialsAndTheServerIsNot) {
  options.proxy = ProxyRules(parse_proxy(proxy.url("Aladdin:open%20sesame")), "");
  ASSERT_TRUE(get(at("a.test")));
  EXPECT_NE(proxy.requests().at(0).find(
                "\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"),
            std::string::npos);
  EXPECT_EQ(server.requests().at(0).find("Proxy-"), std::string::npos);
}

TEST_F(ProxyTest, TlsIsVerifiedToTheServerItself) {
  const auto response = get(at("b.test"));
  ASSERT_FALSE(response);
  EXPECT_TRUE(response.error().detail.ends_with(": the certificate is for another host"))
      << response.error().detail;
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(ProxyTest, PrivateAddressesAreRefusedBeforeItIsAsked) {
  for (const char* const name : {"127.0.0.1", "[::1]", "10.0.0.1", "127.1", "localhost"}) {
    EXPECT_EQ(get(at(name)).error().kind, ErrorKind::forbidden) << name;
  }
  EXPECT_TRUE(proxy.requests().empty());
}

TEST_F(ProxyTest, HostsInNoProxyAreReachedDirectlyAndVetted) {
  options.proxy = proxy.rules("localhost");
  EXPECT_EQ(get(at("localhost")).error().kind, ErrorKind::forbidden);
  options.allow_private.add("localhost:" + std::to_string(server.port()));
  EXPECT_EQ(get(at("localhost")).error().kind, ErrorKind::transient) << "the certificate's name";
  EXPECT_EQ(server.connections(), 1);
  EXPECT_TRUE(proxy.requests().empty());
}

TEST_F(ProxyTest, PlainHttpIsNotCarried) {
  LoopbackServer plain(context);
  plain.answer("/", http_answer(200, "[]"));
  options.allow_private.add(plain.host_port());
  EXPECT_TRUE(get(plain.origin() + "/"));
  EXPECT_TRUE(proxy.requests().empty());
}

TEST_F(ProxyTest, ConnectionsThroughItAreKept) {
  const auto http = make_http(context.get_executor(), options, clock);
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(run_to_end(context, http->get(HttpRequest(at("a.test")))));
  }
  EXPECT_EQ(proxy.requests().size(), 1u);
}

TEST_F(ProxyTest, WhatItSaysInsteadIsAPassingFailure) {
  const std::pair<const char*, const char*> cases[] = {
      {"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "it answered 407"},
      {"HTTP/1.0 502 Bad Gateway\r\nA: b\r\n\r\n<html>", "it answered 502"},
      {"SSH-2.0-x\r\n\r\n", "it answered with something that is not HTTP"},
      {"HTTP/1.1 200 OK\r\n\r\nextra", "it answered with more than it was asked for"},
      {"HTTP/1.1 20", "End of file"},
      {"", "End of file"},
  };
  for (const auto& [bytes, why] : cases) {
    proxy.refuse_with(std::string(bytes).empty() ? " " : bytes);
    const auto response = get(at("a.test"));
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().kind, ErrorKind::transient);
    EXPECT_NE(response.error().detail.find(why), std::string::npos) << response.error().detail;
  }
  proxy.refuse_with(std::string(20000, 'x'));
  EXPECT_FALSE(get(at("a.test"))) << "a head without an end";
}

TEST_F(ProxyTest, AProxyThatIsNotThereIsNamed) {
  options.proxy = ProxyRules(parse_proxy("http://user:secret@127.0.0.1:1"), "");
  const auto response = get(at("a.test"));
  EXPECT_EQ(response.error().kind, ErrorKind::transient);
  EXPECT_NE(response.error().detail.find("by the proxy 127.0.0.1"), std::string::npos)
      << response.error().detail;
  EXPECT_EQ(response.error().detail.find("secret"), std::string::npos);
}

TEST_F(ProxyTest, WebSocketsTakeItToo) {
  WebSocketOptions with;
  with.ca_file = ca_file.path();
  with.proxy = proxy.rules();
  const auto sockets = make_web_sockets(context.get_executor(), with, clock);
  std::string url = at("a.test");
  const auto socket = run_to_end(context, sockets->connect("wss" + url.substr(5)));
  EXPECT_FALSE(socket) << "the server answers 200";
  EXPECT_EQ(proxy.requests().size(), 1u);
  ASSERT_EQ(server.requests().size(), 1u);
  EXPECT_NE(server.requests()[0].find("Upgrade: websocket"), std::string::npos);
}

}  // namespace
}  // namespace tagscout
