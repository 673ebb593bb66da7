#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <boost/asio/io_context.hpp>

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
  server.answer("/", http_answer(302, "", {{"Location", "/x"}}));
  server.answer("/x", http_answer(200, "[]"));
  EXPECT_EQ(get(server, server.origin() + "/")->body, "[]");
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpTls, RefusesAnotherName) {
  EXPECT_EQ(refusal(authority.issue({.names = "DNS:other.test"})), "hostname mismatch");
  EXPECT_EQ(refusal(authority.issue({.names = "DNS:*.localhost"})), "hostname mismatch");
  EXPECT_EQ(refusal(authority.issue({.names = "DNS:local*"})), "hostname mismatch");
  EXPECT_EQ(refusal(authority.issue({.names = "IP:127.0.0.1"})), "hostname mismatch");
}

TEST_F(HttpTls, RefusesAnotherAddress) {
  LoopbackServer server(context, authority.issue({.names = "DNS:localhost,IP:127.0.0.2"}));
  const auto response = get(server, "https://127.0.0.1:" + std::to_string(server.port()) + "/");
  ASSERT_FALSE(response);
  EXPECT_NE(response.error().detail.find("IP address mismatch"), std::string::npos)
      << response.error().detail;
}

TEST_F(HttpTls, RefusesACertificateOutOfItsTime) {
  EXPECT_EQ(refusal(authority.issue({.valid_from = -48h, .valid_to = -24h})),
            "certificate has expired");
  EXPECT_EQ(refusal(authority.issue({.valid_from = 24h, .valid_to = 48h})),
            "certificate is not yet valid");
}

TEST_F(HttpTls, RefusesACertificateNobodyTrustedSigned) {
  EXPECT_EQ(refusal(self_signed({})), "self-signed certificate");
  EXPECT_EQ(refusal(TlsAuthority().issue({})), "unable to get local issuer certificate");
  trusted = false;
  EXPECT_EQ(refusal(authority.issue({})), "unable to get local issuer certificate");
}

TEST_F(HttpTls, RefusesOldVersions) { EXPECT_NE(refusal(authority.issue({}), TLS1_1_VERSION), ""); }

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
}

TEST_F(HttpTls, FollowsNoRedirectToPlainHttp) {
  LoopbackServer server(context, authority.issue({}));
  LoopbackServer plain(context);
  server.answer("/", http_answer(302, "", {{"Location", plain.origin() + "/"}}));
  EXPECT_EQ(get(server, server.origin() + "/").error().kind, ErrorKind::forbidden);
  EXPECT_EQ(plain.connections(), 0);
}

}  // namespace
}  // namespace tagscout
