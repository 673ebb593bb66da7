#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "daemon/command/http_answer.h"
#include "daemon/json_reader.h"
#include "storage/database.h"
#include "tests/daemon/support/admin_harness.h"

namespace tagscout {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class TailTest : public testing::Test {
 protected:
  TailTest() : ada_(sample_account("ada")) { harness_.store.put(ada_); }

  std::unique_ptr<TestClient> tail(const std::string& query) {
    auto client = std::make_unique<TestClient>(harness_, harness_.read_socket());
    client->send("GET /v1/flags/tail" + query + " HTTP/1.1\r\nHost: x\r\n\r\n");
    client->receive_until("\r\n\r\n");
    return client;
  }

  // The lines of a stream as far as they have arrived.
  static std::vector<JsonNode> lines(const TestClient& client) {
    HttpAnswer answer;
    EXPECT_TRUE(answer.feed(client.received()));
    std::istringstream body(answer.take_body());
    std::vector<JsonNode> found;
    for (std::string line; std::getline(body, line);) {
      const auto value = parse_json(line);
      EXPECT_TRUE(value) << line;
      found.push_back(value.value_or(JsonNode()));
    }
    return found;
  }

  static std::vector<int64_t> ids(const TestClient& client) {
    std::vector<int64_t> found;
    for (const JsonNode& line : lines(client)) {
      if (const auto id = line["id"].integer()) found.push_back(*id);
    }
    return found;
  }

  static size_t heartbeats(const TestClient& client) {
    size_t count = 0;
    for (const JsonNode& line : lines(client)) count += line["heartbeat"].is_null() ? 0 : 1;
    return count;
  }

  void publish(int count) {
    for (int i = 0; i < count; ++i) harness_.publish(sample_flag(ada_));
  }

  AdminHarness harness_;
  AccountFacts ada_;
};

TEST_F(TailTest, ShowsWhatIsStoredAfterSinceThenWhatComes) {
  publish(3);
  const auto client = tail("?since=1");
  EXPECT_THAT(client->received(), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(client->received(), HasSubstr("Content-Type: application/x-ndjson\r\n"));
  client->receive_until("\"id\":3,");
  EXPECT_THAT(ids(*client), ElementsAre(2, 3));
  publish(2);
  client->receive_until("\"id\":5,");
  EXPECT_THAT(ids(*client), ElementsAre(2, 3, 4, 5));
}

TEST_F(TailTest, WithoutSinceShowsNothingOld) {
  publish(2);
  const auto client = tail("");
  publish(1);
  client->receive_until("\"id\":3,");
  EXPECT_THAT(ids(*client), ElementsAre(3));
}

TEST_F(TailTest, SinceZeroIsAlwaysValid) {
  const auto empty = tail("?since=0");
  EXPECT_THAT(empty->received(), StartsWith("HTTP/1.1 200 "));
  publish(2);
  empty->receive_until("\"id\":2,");
  EXPECT_THAT(ids(*empty), ElementsAre(1, 2));
  const auto full = tail("?since=0");
  full->receive_until("\"id\":2,");
  EXPECT_THAT(ids(*full), ElementsAre(1, 2));
}

TEST_F(TailTest, SinceAtOrBeyondTheNextIdIsAConflict) {
  for (const char* since : {"1", "2", "18446744073709551615"}) {
    EXPECT_EQ(get(harness_, std::string("/v1/flags/tail?since=") + since).status, 409) << since;
  }
  publish(2);
  EXPECT_THAT(tail("?since=2")->received(), StartsWith("HTTP/1.1 200 "));
  const PlainAnswer conflict = get(harness_, "/v1/flags/tail?since=3");
  EXPECT_EQ(conflict.status, 409);
  EXPECT_THAT(conflict.header, HasSubstr("application/problem+json"));
}

TEST_F(TailTest, HeadTellsWithoutAStream) {
  const PlainAnswer head = ask(harness_, harness_.read_socket(), "HEAD", "/v1/flags/tail");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, "");
}

TEST_F(TailTest, BeatsEveryFifteenSecondsWhetherFlagsComeOrNot) {
  const auto client = tail("");
  harness_.advance(seconds(14));
  EXPECT_EQ(heartbeats(*client), 0U);
  harness_.advance(seconds(2));
  client->receive_until("\"heartbeat\":\"2026-11-22T12:00:15.000Z\"");
  EXPECT_EQ(heartbeats(*client), 1U);
  for (int i = 1; i <= 5; ++i) {
    publish(1);
    client->receive_until("\"id\":" + std::to_string(i) + ",");
    harness_.advance(seconds(4));
  }
  harness_.pump();
  client->receive_until("\"heartbeat\":\"2026-11-22T12:00:30");
  EXPECT_EQ(heartbeats(*client), 2U);
}

TEST_F(TailTest, SlowReaderLagsAndLosesNothing) {
  const auto client = tail("");
  constexpr int count = 1000;  // several times what the socket's buffer takes
  publish(count);
  for (int i = 0; i < 20; ++i) harness_.pump();
  harness_.advance(minutes(5));
  client->receive_until("\"id\":" + std::to_string(count) + ",");
  const std::vector<int64_t> found = ids(*client);
  ASSERT_EQ(found.size(), static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) EXPECT_EQ(found[static_cast<size_t>(i)], i + 1);
}

TEST_F(TailTest, GapAtTheEndIsPassedOver) {
  const auto client = tail("?since=0");
  publish(1);
  client->receive_until("\"id\":1,");
  const uint64_t second = harness_.store.put(sample_flag(ada_));
  Transaction purge(harness_.store.database());
  purge.remove(Column::flag, keys::flag(second));
  harness_.store.database().commit(purge);
  harness_.flag_bus.publish(second);
  for (int i = 0; i < 5; ++i) harness_.pump();
  publish(1);
  client->receive_until("\"id\":3,");
  EXPECT_THAT(ids(*client), ElementsAre(1, 3));
}

TEST_F(TailTest, FlagsOfHiddenAccountsAreNotShown) {
  AccountFacts shy = sample_account("shy");
  shy.opt_outs.set(OptOut::not_discoverable);
  harness_.store.put(shy);
  const auto client = tail("");
  harness_.publish(sample_flag(shy));
  publish(1);
  client->receive_until("\"id\":2,");
  EXPECT_THAT(ids(*client), ElementsAre(2));
}

TEST_F(TailTest, ReaderThatLeavesFreesItsPlaceAtOnce) {
  AdminOptions options;
  options.connections_max = 1;
  AdminHarness harness(options);
  {
    TestClient client(harness, harness.read_socket());
    client.send("GET /v1/flags/tail HTTP/1.1\r\n\r\n");
    client.receive_until("\r\n\r\n");
    EXPECT_EQ(get(harness, "/v1/health").status, 503);
  }
  for (int i = 0; i < 5; ++i) harness.pump();
  EXPECT_EQ(get(harness, "/v1/health").status, 200);
}

TEST_F(TailTest, HalfClosedReaderStillListens) {
  const auto client = tail("");
  client->close_sending();
  harness_.pump();
  publish(1);
  client->receive_until("\"id\":1,");
  EXPECT_THAT(ids(*client), ElementsAre(1));
}

TEST_F(TailTest, EveryTailSeesEveryFlag) {
  std::vector<std::unique_ptr<TestClient>> clients;
  for (int i = 0; i < 10; ++i) clients.push_back(tail(""));
  publish(3);
  for (const auto& client : clients) {
    client->receive_until("\"id\":3,");
    EXPECT_THAT(ids(*client), ElementsAre(1, 2, 3));
  }
}

}  // namespace
}  // namespace tagscout
