#include "crawlers/connector.h"

#include <gtest/gtest.h>

#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <map>
#include <optional>
#include <vector>

#include "tests/support/fake_clock.h"
#include "tests/support/loopback_server.h"
#include "tests/support/run.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

Addresses addresses(const std::vector<const char*>& texts) {
  Addresses result;
  for (const char* const text : texts) result.push_back(asio::ip::make_address(text));
  return result;
}

class ConnectorTest : public testing::Test {
 protected:
  ConnectorTest() {
    options.resolve = 5s;
    options.connect = 5s;
    options.handshake = 5s;
  }

  Result<std::unique_ptr<Connection>> open(const std::string& url) {
    Connector connector(context.get_executor(), options, resolver, clock);
    return run_to_end(context, connector.open(*parse_url(url)));
  }

  asio::io_context context;
  FakeClock clock;
  std::map<std::string, Addresses> names;
  Resolver resolver{context.get_executor(), clock, [this](const std::string& name) {
                      const auto found = names.find(name);
                      return found == names.end()
                                 ? Result<Addresses>(Error(ErrorKind::transient, "unknown"))
                                 : Result<Addresses>(found->second);
                    }};
  ConnectorOptions options;
};

TEST_F(ConnectorTest, TriesAddressesUntilOneAnswersOfEitherFamily) {
  LoopbackServer server(context);
  const std::string port = std::to_string(server.port());
  options.allow_private.add("both.test:" + port);
  names["both.test"] = addresses({"::1", "127.0.0.9", "127.0.0.1"});
  const auto connection = open("http://both.test:" + port + "/");
  ASSERT_TRUE(connection) << connection.error().detail;
  EXPECT_EQ((*connection)->socket().remote_endpoint().address().to_string(), "127.0.0.1");
}

TEST_F(ConnectorTest, ReachesVersion6) {
  std::optional<LoopbackServer> server;
  try {
    server.emplace(context, "::1");
  } catch (const boost::system::system_error&) {
    GTEST_SKIP() << "no IPv6 on this machine";
  }
  options.allow_private.add("[::1]:" + std::to_string(server->port()));
  EXPECT_TRUE(open(server->origin()));
}

TEST_F(ConnectorTest, SaysWhyNoAddressAnswers) {
  asio::ip::tcp::acceptor acceptor(context,
                                   asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  const std::string port = std::to_string(acceptor.local_endpoint().port());
  acceptor.close();
  options.allow_private.add("both.test:" + port);
  names["both.test"] = addresses({"127.0.0.1"});
  const auto connection = open("http://both.test:" + port + "/");
  EXPECT_EQ(connection.error().kind, ErrorKind::transient);
  EXPECT_EQ(connection.error().detail,
            "cannot reach http://both.test:" + port + " (127.0.0.1: Connection refused)");
}

TEST_F(ConnectorTest, VetsEveryAddressOfAName) {
  const std::vector<std::vector<const char*>> closed = {
      {"127.0.0.1"}, {"10.0.0.1", "192.168.1.1"}, {"::1", "127.0.0.1"},  {"169.254.169.254"},
      {"fd00::1"},   {"::ffff:127.0.0.1"},        {"64:ff9b::10.0.0.1"}, {"0.0.0.0", "::"}};
  for (const auto& texts : closed) {
    Resolver rebound(context.get_executor(), clock,
                     [&](const std::string&) -> Result<Addresses> { return addresses(texts); });
    Connector connector(context.get_executor(), options, rebound, clock);
    const auto connection = run_to_end(context, connector.open(*parse_url("https://evil.test/")));
    ASSERT_FALSE(connection);
    EXPECT_EQ(connection.error().kind, ErrorKind::forbidden);
    EXPECT_EQ(connection.error().detail, "https://evil.test is at " +
                                             addresses(texts)[0].to_string() +
                                             ", an address that may not be reached");
  }
}

TEST_F(ConnectorTest, AllowsAPrivateAddressOnlyUnderTheNameAndPortGiven) {
  LoopbackServer server(context);
  const std::string port = std::to_string(server.port());
  options.allow_private.add("127.0.0.1:" + port);
  names["other.test"] = addresses({"127.0.0.1"});
  EXPECT_TRUE(open("http://127.0.0.1:" + port + "/"));
  EXPECT_EQ(open("https://other.test:" + port + "/").error().kind, ErrorKind::forbidden);
  EXPECT_EQ(open("https://127.0.0.1:1/").error().kind, ErrorKind::forbidden);
}

TEST_F(ConnectorTest, ConnectsWithoutTlsOnlyWhereAllowed) {
  names["a.test"] = addresses({"8.8.8.8"});
  for (const char* const url : {"http://a.test/", "ws://a.test/", "http://127.0.0.1:8080/"}) {
    const auto connection = open(url);
    EXPECT_EQ(connection.error().kind, ErrorKind::forbidden) << url;
  }
}

TEST_F(ConnectorTest, AnUnknownNameIsTransient) {
  const auto connection = open("https://nobody.test/");
  EXPECT_EQ(connection.error().kind, ErrorKind::transient);
  EXPECT_EQ(connection.error().detail, "name nobody.test: unknown");
}

TEST_F(ConnectorTest, GivesUpConnectingAtTheDeadline) {
  // Connections that nobody accepts fill the queue of the listener; the next one is not answered.
  asio::ip::tcp::acceptor acceptor(context);
  acceptor.open(asio::ip::tcp::v4());
  acceptor.bind(asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  acceptor.listen(0);
  std::vector<asio::ip::tcp::socket> fillers;
  for (int i = 0; i < 4; ++i) {
    fillers.emplace_back(context, asio::ip::tcp::v4());
    fillers.back().async_connect(acceptor.local_endpoint(), asio::detached);
  }
  const std::string port = std::to_string(acceptor.local_endpoint().port());
  options.allow_private.add("127.0.0.1:" + port);
  options.connect = 100ms;
  const auto connection = open("http://127.0.0.1:" + port + "/");
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().kind, ErrorKind::transient);
  EXPECT_EQ(connection.error().detail,
            "cannot reach http://127.0.0.1:" + port + " (127.0.0.1: connecting timed out)");
}

TEST_F(ConnectorTest, GivesUpTheHandshakeAtTheDeadline) {
  LoopbackServer silent(context);  // reads on, and never says anything in TLS
  options.allow_private.add(silent.host_port());
  options.handshake = 100ms;
  const auto connection = open("https://" + silent.host_port() + "/");
  EXPECT_EQ(connection.error().kind, ErrorKind::transient);
  EXPECT_EQ(connection.error().detail,
            "TLS handshake with https://" + silent.host_port() + ": timed out");
}

TEST_F(ConnectorTest, RefusesACaFileThatCannotBeRead) {
  options.ca_file = "/nowhere/ca.pem";
  EXPECT_THROW(Connector(context.get_executor(), options, resolver, clock), std::runtime_error);
}

TEST(Interleaved, AlternatesFamiliesAndStopsAtEight) {
  EXPECT_EQ(interleaved({}), Addresses());
  EXPECT_EQ(interleaved(addresses({"::1", "::2", "::3", "192.0.2.1"})),
            addresses({"::1", "192.0.2.1", "::2", "::3"}));
  EXPECT_EQ(interleaved(addresses({"192.0.2.1", "192.0.2.2", "::1"})),
            addresses({"192.0.2.1", "::1", "192.0.2.2"}));
  EXPECT_EQ(interleaved(Addresses(500, asio::ip::make_address("192.0.2.1"))).size(), 8u);
}

}  // namespace
}  // namespace tagscout
