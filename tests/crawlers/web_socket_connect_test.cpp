#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "crawlers/web_socket.h"
#include "tests/support/fake_clock.h"
#include "tests/support/loopback_server.h"
#include "tests/support/run.h"
#include "tests/support/tls.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;

class WebSocketConnect : public testing::Test {
 protected:
  Result<std::unique_ptr<WebSocket>> connect(const std::string& url) {
    const auto sockets = make_web_sockets(context.get_executor(), options, clock);
    return run_to_end(context, sockets->connect(url));
  }

  boost::asio::io_context context;
  FakeClock clock;
  WebSocketOptions options;
};

TEST_F(WebSocketConnect, AnUpgradeRefusedIsWhatItsStatusSays) {
  struct Case {
    int status;
    ErrorKind kind;
  };
  const Case cases[] = {
      {401, ErrorKind::auth},         {403, ErrorKind::forbidden},   {404, ErrorKind::not_found},
      {410, ErrorKind::not_found},    {400, ErrorKind::bad_request}, {418, ErrorKind::bad_request},
      {429, ErrorKind::rate_limited}, {500, ErrorKind::transient},   {503, ErrorKind::transient},
      {302, ErrorKind::protocol},     {200, ErrorKind::protocol}};
  LoopbackServer server(context);
  options.allow_private.add(server.host_port());
  for (const Case& c : cases) {
    const std::string target = '/' + std::to_string(c.status);
    server.answer(target, http_answer(c.status, "<html>", {{"Retry-After", "30"}}));
    const auto socket = connect("ws://" + server.host_port() + target);
    ASSERT_FALSE(socket) << c.status;
    EXPECT_EQ(socket.error().kind, c.kind) << c.status;
    const bool timed = c.status == 429 || c.status >= 500;
    EXPECT_EQ(socket.error().until.has_value(), timed) << c.status;
    if (timed) {
      EXPECT_EQ(*socket.error().until, clock.now() + 30s);
    }
  }
}

TEST_F(WebSocketConnect, AnUpgradeNotAnsweredIsTransient) {
  LoopbackServer server(context);
  options.allow_private.add(server.host_port());
  options.connect = 100ms;
  server.reply("/silent", {.pause = 1h});
  server.reply("/gone", {.close = true});
  server.answer("/noise", "220 mail.test ready\r\n\r\n");
  for (const char* const target : {"/silent", "/gone", "/noise"}) {
    const auto socket = connect("ws://" + server.host_port() + target);
    ASSERT_FALSE(socket) << target;
    EXPECT_EQ(socket.error().kind, ErrorKind::transient) << target;
  }
}

TEST_F(WebSocketConnect, ConnectsOnlyWhereItMay) {
  const std::pair<const char*, ErrorKind> cases[] = {
      {"ws://127.0.0.1:1/", ErrorKind::forbidden}, {"wss://127.0.0.1:1/", ErrorKind::forbidden},
      {"ws://8.8.8.8/", ErrorKind::forbidden},     {"https://127.0.0.1/", ErrorKind::bad_request},
      {"nonsense", ErrorKind::bad_request},
  };
  for (const auto& [url, kind] : cases) EXPECT_EQ(connect(url).error().kind, kind) << url;
}

TEST_F(WebSocketConnect, VerifiesCertificates) {
  const TlsAuthority authority;
  const TempFile ca_file(authority.certificate());
  options.ca_file = ca_file.path();
  const auto answer_of = [&](const TlsIdentity& identity) {
    LoopbackServer server(context, identity);
    options.allow_private.add(server.host_port());
    return connect("wss://" + server.host_port() + "/").error();
  };
  const Error trusted = answer_of(authority.issue({}));
  EXPECT_EQ(trusted.status, 404) << "the handshake succeeds, the upgrade is answered";
  const Error other_name = answer_of(authority.issue({.names = "DNS:other.test"}));
  EXPECT_EQ(other_name.kind, ErrorKind::transient);
  EXPECT_NE(other_name.detail.find("is for another host"), std::string::npos) << other_name.detail;
  const Error unknown = answer_of(self_signed({}));
  EXPECT_NE(unknown.detail.find("self-signed"), std::string::npos) << unknown.detail;
}

}  // namespace
}  // namespace tagscout
