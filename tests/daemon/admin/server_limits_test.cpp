#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <filesystem>

#include "tests/daemon/support/admin_harness.h"

namespace tagscout {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::StartsWith;

const std::string plain_request = "GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n";

TEST(AdminLimits, ConnectionStaysForTheNextRequest) {
  AdminHarness harness;
  TestClient client(harness, harness.read_socket());
  for (int i = 0; i < 3; ++i) {
    client.send(plain_request);
    EXPECT_THAT(client.receive_answer(), StartsWith("HTTP/1.1 200 "));
    harness.advance(seconds(20));
  }
  client.send(plain_request + plain_request + plain_request);  // pipelined
  for (int i = 0; i < 3; ++i) EXPECT_THAT(client.receive_answer(), StartsWith("HTTP/1.1 200 "));
  EXPECT_FALSE(client.is_closed());
}

TEST(AdminLimits, IdleConnectionIsClosedAfterThirtySeconds) {
  AdminHarness harness;
  TestClient client(harness, harness.read_socket());
  client.send(plain_request);
  client.receive_answer();
  harness.advance(seconds(29));
  client.send(plain_request);
  EXPECT_THAT(client.receive_answer(), StartsWith("HTTP/1.1 200 "));
  harness.advance(seconds(31));
  EXPECT_EQ(client.receive_all(), "");
  EXPECT_TRUE(client.is_closed());
}

TEST(AdminLimits, RequestMustBeWholeWithinFiveSeconds) {
  AdminHarness harness;
  for (const char* start :
       {"", "GET /v1/health HTT", "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab"}) {
    TestClient client(harness, harness.read_socket());
    client.send(start);
    harness.pump();
    harness.advance(milliseconds(4900));
    EXPECT_FALSE(client.is_closed());
    harness.advance(milliseconds(200));
    EXPECT_THAT(client.receive_all(), StartsWith("HTTP/1.1 408 "));
    EXPECT_TRUE(client.is_closed());
  }
}

TEST(AdminLimits, DripOfBytesGivesNoMoreTime) {
  AdminHarness harness;
  TestClient client(harness, harness.read_socket());
  for (int i = 0; i < 6; ++i) {
    client.send("G");
    harness.advance(seconds(1));
  }
  EXPECT_THAT(client.receive_all(), StartsWith("HTTP/1.1 408 "));
}

TEST(AdminLimits, HeaderHasAtMostEightKibibytes) {
  AdminHarness harness;
  const auto send = [&](size_t size) {
    TestClient client(harness, harness.read_socket());
    client.send("GET /v1/health HTTP/1.1\r\nConnection: close\r\nX: " + std::string(size, 'x') +
                "\r\n\r\n");
    return client.receive_all();
  };
  EXPECT_THAT(send(7'000), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(send(9'000), StartsWith("HTTP/1.1 431 "));
  TestClient many(harness, harness.read_socket());
  std::string lines;
  for (int i = 0; i < 2000; ++i) lines += "A: b\r\n";
  many.send("GET /v1/health HTTP/1.1\r\n" + lines + "\r\n");
  EXPECT_THAT(many.receive_all(), StartsWith("HTTP/1.1 431 "));
  TestClient target(harness, harness.read_socket());
  target.send("GET /" + std::string(9'000, 'a') + " HTTP/1.1\r\n\r\n");
  EXPECT_THAT(target.receive_all(), StartsWith("HTTP/1.1 431 "));
}

TEST(AdminLimits, BodyHasAtMostSixtyFourKibibytes) {
  AdminHarness harness;
  const auto send = [&](const std::string& header, const std::string& body) {
    TestClient client(harness, harness.admin_socket());
    client.send("POST /v1/accounts/ap%3Ax/allow HTTP/1.1\r\nConnection: close\r\n" + header +
                "\r\n\r\n" + body);
    return client.receive_all();
  };
  EXPECT_THAT(send("Content-Length: 1000", std::string(1000, 'x')), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(send("Content-Length: 70000", std::string(70000, 'x')), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(send("Content-Length: 99999999999", ""), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(
      send("Transfer-Encoding: chunked", "11170\r\n" + std::string(70000, 'x') + "\r\n0\r\n\r\n"),
      StartsWith("HTTP/1.1 413 "));
}

TEST(AdminLimits, HostileRequestsAreRefused) {
  AdminHarness harness;
  struct Case {
    std::string request;
    std::string start;
  };
  const Case cases[] = {
      {"\r\n\r\n\r\n", "HTTP/1.1 400 "},
      {"GARBAGE\r\n\r\n", "HTTP/1.1 400 "},
      {std::string(100, '\0') + "\r\n\r\n", "HTTP/1.1 400 "},
      {"\x16\x03\x01\x02\r\n\r\n", "HTTP/1.1 400 "},  // TLS
      {"GET /v1/health\r\n\r\n", "HTTP/1.1 400 "},
      {"GET /v1/health HTTP/2.0\r\n\r\n", "HTTP/1.1 400 "},
      {"GET /v1/health HTTP/1.0\r\n\r\n", "HTTP/1.1 505 "},
      {"GET /v1/health HTTP/1.1\r\nBad Name: x\r\n\r\n", "HTTP/1.1 400 "},
      {"GET /v1/health HTTP/1.1\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 400 "},
      {"GET /v1/health HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
       "HTTP/1.1 400 "},
      {"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "HTTP/1.1 400 "},
      {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "HTTP/1.1 400 "},
      {"CONNECT example.org:443 HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "},
      {"GET /v1/../v1/health HTTP/1.1\r\n\r\n", "HTTP/1.1 404 "},
      {"GET /v1/%2e%2e/health HTTP/1.1\r\n\r\n", "HTTP/1.1 404 "},
  };
  for (const Case& each : cases) {
    TestClient client(harness, harness.admin_socket());
    client.send(each.request);
    EXPECT_THAT(client.receive_until("\r\n\r\n"), StartsWith(each.start)) << each.request;
  }
  EXPECT_EQ(get(harness, "/v1/health").status, 200);
}

TEST(AdminLimits, HalfClosedPeerStillGetsItsAnswer) {
  AdminHarness harness;
  TestClient client(harness, harness.read_socket());
  client.send(plain_request);
  client.close_sending();
  EXPECT_THAT(client.receive_all(), StartsWith("HTTP/1.1 200 "));
  TestClient silent(harness, harness.read_socket());
  silent.close_sending();
  EXPECT_EQ(silent.receive_all(), "");
  EXPECT_TRUE(silent.is_closed());
}

TEST(AdminLimits, FullHouseTurnsAwayAndRecovers) {
  AdminOptions options;
  options.connections_max = 3;
  AdminHarness harness(options);
  std::vector<std::unique_ptr<TestClient>> guests;
  for (int i = 0; i < 3; ++i) {
    guests.push_back(std::make_unique<TestClient>(harness, harness.read_socket()));
    guests.back()->send(plain_request);
    guests.back()->receive_answer();
  }
  TestClient late(harness, harness.admin_socket());
  late.send(plain_request);
  EXPECT_THAT(late.receive_all(), StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(late.received(), HasSubstr("application/problem+json"));
  guests.pop_back();
  harness.pump();
  EXPECT_EQ(get(harness, "/v1/health").status, 200);
}

TEST(AdminLimits, PeerThatDoesNotReadIsLeftAfterAWhile) {
  AdminOptions options;
  options.connections_max = 1;
  AdminHarness harness(options);
  harness.control.exposition = std::string(1 << 22, 'x');
  TestClient deaf(harness, harness.read_socket());
  deaf.send("GET /metrics HTTP/1.1\r\n\r\n");
  harness.advance(seconds(29));
  EXPECT_EQ(get(harness, "/v1/health").status, 503);
  harness.advance(seconds(2));
  EXPECT_EQ(get(harness, "/v1/health").status, 200);
}

TEST(AdminLimits, StopEndsEveryConnectionAndRemovesTheSockets) {
  AdminHarness harness;
  TestClient idle(harness, harness.read_socket());
  idle.send(plain_request);
  idle.receive_answer();
  TestClient half(harness, harness.read_socket());
  half.send("GET /v1/he");
  TestClient tail(harness, harness.read_socket());
  tail.send("GET /v1/flags/tail HTTP/1.1\r\n\r\n");
  tail.receive_until("\r\n\r\n");
  harness.stop();
  ASSERT_TRUE(harness.is_stopped);
  try {
    std::rethrow_exception(harness.end);
  } catch (const boost::system::system_error& error) {
    EXPECT_EQ(error.code(), boost::asio::error::operation_aborted);
  } catch (...) {
    ADD_FAILURE() << "ended by something else than its cancellation";
  }
  EXPECT_THAT(harness.errors, testing::IsEmpty());
  for (TestClient* client : {&idle, &half, &tail}) {
    client->receive_all();
    EXPECT_TRUE(client->is_closed());
  }
  EXPECT_FALSE(std::filesystem::exists(harness.admin_socket()));
  EXPECT_FALSE(std::filesystem::exists(harness.read_socket()));
}

}  // namespace
}  // namespace tagscout
