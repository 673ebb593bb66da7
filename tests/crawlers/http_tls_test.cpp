#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <memory>

#include "crawlers/http.h"
#include "tests/support/fake_clock.h"
#include "tests/support/loopback_server.h"
#include "tests/support/run.h"
#include "tests/support/tls.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

class HttpTls : public testing::Test {
 protected:
  Result<HttpResponse> get(LoopbackServer& server, const std::string& url) {
    HttpOptions options;
    options.user_agent = "tagscout";
    options.ca_file = trusted ? ca_file.path() : "";
    options.allow_private.add(server.host_port());
    options.allow_private.add("127.0.0.1:" + std::to_string(server.port()));
    const auto http = make_http(context.get_executor(), options, clock);
    return run_to_end(context, http->get(HttpRequest(url)));
  }
  // Why a server with this identity is refused; empty if it is not.
  std::string refusal(const TlsIdentity& identity, int tls_version_max = 0) {
    LoopbackServer server(context, identity, tls_version_max);
    server.answer("/", http_answer(200, "[]"));
    const auto response = get(server, server.origin() + "/");
    if (response) return {};
    EXPECT_EQ(response.error().kind, ErrorKind::transient);
    EXPECT_TRUE(server.requests().empty());
    const std::string prefix = "TLS handshake with " + server.origin() + ": ";
    EXPECT_TRUE(response.error().detail.starts_with(prefix)) << response.error().detail;
    return response.error().detail.substr(prefix.size());
  }

  asio::io_context context;
  FakeClock clock;
  TlsAuthority authority;
  TempFile ca_file{authority.certificate()};
  bool trusted = true;
};

TEST_F(HttpTls, AcceptsACertificateOfATrustedAuthorityForTheName) {
  EXPECT_EQ(refusal(authority.issue({})), "");
  EXPECT_EQ(refusal(authority.issue({}), TLS1_2_VERSION), "");
}

TEST_F(HttpTls, AcceptsACertificateForAnAddress) {
  LoopbackServer server(context, authority.issue({.names = "IP:127.0.0.1"}));
  server.answer("/", http_answer(200, "[]"));
  const auto response = get(server, "https://127.0.0.1:" + std::to_string(server.port()) + "/");
  EXPECT_TRUE(response) << response.error().detail;
}

TEST_F(HttpTls, KeepsConnections) {
  LoopbackServer server(context, authority.issue({}));
  server.answer("/", http_answer(200, "[]"));
  HttpOptions options;
  options.ca_file = ca_file.path();
  options.allow_private.add(server.host_port());
  const auto http = make_http(context.get_executor(), options, clock);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(run_to_end(context, http->get(HttpRequest(server.origin() + "/"))));
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpTls, RefusesAnotherName) {
  EXPECT_EQ(refusal(authority.issue({.names = "DNS:other.test"})),
            "the certificate is for another host");
  EXPECT_EQ(refusal(authority.issue({.names = "DNS:*.localhost"})),
            "the certificate is for another host");
  EXPECT_EQ(refusal(authority.issue({.names = "DNS:local*"})),
            "the certificate is for another host");
  EXPECT_EQ(refusal(authority.issue({.names = "IP:127.0.0.1"})),
            "the certificate is for another host");
}

TEST_F(HttpTls, RefusesAnotherAddress) {
  LoopbackServer server(context, authority.issue({.names = "DNS:localhost,IP:127.0.0.2"}));
  const auto response = get(server, "https://127.0.0.1:" + std::to_string(server.port()) + "/");
  ASSERT_FALSE(response);
  EXPECT_NE(response.error().detail.find("the certificate is for another host"), std::string::npos)
      << response.error().detail;
}

TEST_F(HttpTls, RefusesACertificateOutOfItsTime) {
  EXPECT_EQ(refusal(authority.issue({.valid_from = -48h, .valid_to = -24h})),
            "the certificate has expired");
  EXPECT_EQ(refusal(authority.issue({.valid_from = 24h, .valid_to = 48h})),
            "the certificate is not yet valid");
}

TEST_F(HttpTls, RefusesACertificateNobodyTrustedSigned) {
  const std::string unknown = "the certificate is signed by no authority that is trusted";
  EXPECT_EQ(refusal(self_signed({})), "the certificate is self-signed");
  EXPECT_EQ(refusal(TlsAuthority().issue({})), unknown);
  trusted = false;
  EXPECT_EQ(refusal(authority.issue({})), unknown);
}

TEST_F(HttpTls, RefusesOldVersions) {
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    EXPECT_EQ(refusal(authority.issue({}), version), "the server speaks no TLS 1.2 or newer");
  }
}

// What a server gets to hear of that says these bytes, or nothing, and hangs up.
std::string refusal_after(asio::io_context& context, FakeClock& clock, const std::string& bytes) {
  asio::ip::tcp::acceptor acceptor(context,
                                   asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  const std::string place = "127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
  asio::ip::tcp::socket peer(context);
  std::string received(4096, '\0');
  acceptor.async_accept(peer, [&](boost::system::error_code) {
    peer.async_read_some(asio::buffer(received), [&](boost::system::error_code, size_t) {
      asio::write(peer, asio::buffer(bytes));
      peer.close();
    });
  });
  HttpOptions options;
  options.allow_private.add(place);
  const auto http = make_http(context.get_executor(), options, clock);
  const auto response = run_to_end(context, http->get(HttpRequest("https://" + place + "/")));
  EXPECT_EQ(response.error().kind, ErrorKind::transient);
  const std::string prefix = "TLS handshake with https://" + place + ": ";
  EXPECT_TRUE(response.error().detail.starts_with(prefix)) << response.error().detail;
  return response.error().detail.substr(prefix.size());
}

TEST_F(HttpTls, SaysWhyNothingCameOfAHandshake) {
  EXPECT_EQ(refusal_after(context, clock, ""), "the server hung up before it was done");
  EXPECT_EQ(refusal_after(context, clock, std::string("\x16\x03\x03", 3)),
            "the server hung up before it was done");
  EXPECT_EQ(refusal_after(context, clock, "HTTP/1.1 400 Bad Request\r\n\r\n"),
            "the server does not speak TLS");
  EXPECT_EQ(refusal_after(context, clock, "SSH-2.0-OpenSSH\r\n"), "the server does not speak TLS");
}

TEST_F(HttpTls, RefusesAServerThatSpeaksNoTls) {
  LoopbackServer plain(context);
  plain.reply("/", {.bytes = http_answer(200, "[]")});
  HttpOptions options;
  options.allow_private.add(plain.host_port());
  options.limits.handshake = 100ms;
  const auto http = make_http(context.get_executor(), options, clock);
  const auto response =
      run_to_end(context, http->get(HttpRequest("https://" + plain.host_port() + "/")));
  EXPECT_EQ(response.error().kind, ErrorKind::transient);
}

TEST_F(HttpTls, ABodyThatEndsWithoutAGoodbyeIsCutOff) {
  LoopbackServer server(context, authority.issue({}));
  server.reply("/", {.bytes = "HTTP/1.1 200 OK\r\n\r\n[1,2", .close = true});
  const auto response = get(server, server.origin() + "/");
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::transient);
  EXPECT_EQ(
      response.error().detail,
      server.origin() + "/: cut off: TLS ended without a goodbye, so the answer may not be whole");
}

class HttpConnections : public HttpTls {
 protected:
  void make(LoopbackServer& server) {
    HttpOptions options;
    options.ca_file = ca_file.path();
    options.allow_private.add(server.host_port());
    http = make_http(context.get_executor(), options, clock);
  }
  void ask(LoopbackServer& server, const std::string& target) {
    const auto response = run_to_end(context, http->get(HttpRequest(server.origin() + target)));
    EXPECT_TRUE(response) << response.error().detail;
  }
  std::unique_ptr<Http> http;
};

TEST_F(HttpConnections, ARequestThatFollowsWithinFiveSecondsTakesTheSameConnection) {
  LoopbackServer server(context, authority.issue({}));
  server.answer("/", http_answer(200, "[]"));
  // A server that now and then hangs up after an answer.
  server.reply("/last",
               {.bytes = http_answer(200, "[]", {{"Connection", "close"}}), .close = true});
  make(server);
  constexpr int requests = 200;
  int hung_up = 0;
  for (int i = 0; i < requests; ++i) {
    const bool last = i % 50 == 49;
    hung_up += last ? 1 : 0;
    ask(server, last ? "/last" : "/");
    clock.pass(5s);
  }
  EXPECT_LE(server.connections(), requests / 20);
  EXPECT_EQ(server.connections(), hung_up) << "no more than the server made necessary";
}

TEST_F(HttpConnections, ANewConnectionTakesUpTheLastSession) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    LoopbackServer server(context, authority.issue({}), version);
    server.answer("/", http_answer(200, "[]"));
    make(server);
    for (int i = 0; i < 5; ++i) {
      ask(server, "/");
      clock.pass(2min);  // longer than a connection is kept
    }
    EXPECT_EQ(server.connections(), 5) << version;
    EXPECT_EQ(server.resumed(), 4) << version;
  }
}

TEST_F(HttpConnections, ASessionIsTakenUpForAnHourAndByItsHostAlone) {
  LoopbackServer server(context, authority.issue({}));
  LoopbackServer other(context, authority.issue({}));
  server.answer("/", http_answer(200, "[]"));
  other.answer("/", http_answer(200, "[]"));
  HttpOptions options;
  options.ca_file = ca_file.path();
  options.allow_private.add(server.host_port());
  options.allow_private.add(other.host_port());
  http = make_http(context.get_executor(), options, clock);
  ask(server, "/");
  ask(other, "/");
  EXPECT_EQ(other.resumed(), 0);
  clock.pass(61min);
  ask(server, "/");
  EXPECT_EQ(server.connections(), 2);
  EXPECT_EQ(server.resumed(), 0) << "the certificate is looked at again";
}

TEST_F(HttpConnections, AServerThatForgotTheSessionIsNoFailure) {
  const TlsIdentity identity = authority.issue({});
  LoopbackServer server(context, identity);
  server.answer("/", http_answer(200, "[]"));
  make(server);
  ask(server, "/");
  server.forget_sessions();
  clock.pass(2min);
  ask(server, "/");
  EXPECT_EQ(server.connections(), 2);
  EXPECT_EQ(server.resumed(), 0);
}

TEST_F(HttpConnections, TimingsTellThePhasesOfAConnectionOfItsOwn) {
  LoopbackServer server(context, authority.issue({}));
  server.answer("/", http_answer(200, "[]"));
  make(server);
  ask(server, "/");
  HttpTimings timings;
  HttpRequest request(server.origin() + "/");
  request.timings = &timings;
  EXPECT_TRUE(run_to_end(context, http->get(request)));
  EXPECT_EQ(timings.phase, "body");
  EXPECT_EQ(server.connections(), 2);
  request.url = "https://localhost:1/";
  EXPECT_FALSE(run_to_end(context, http->get(request)));
  EXPECT_EQ(timings.phase, "name") << "not in allow_private: localhost may not be reached";
}

}  // namespace
}  // namespace tagscout
