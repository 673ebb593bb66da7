// The driver itself: what the oracle compares with must not be blind.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/end_to_end/api_client.h"
#include "tests/end_to_end/process.h"
#include "tests/end_to_end/snapshot.h"

namespace tagscout::end_to_end {
namespace {

using std::chrono::seconds;

class DriverTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "driver_test-" + std::to_string(getpid());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string log() const { return folder_ + "/log"; }

  std::string folder_;
};

TEST_F(DriverTest, ReadsLinesAndExitCodes) {
  Process process({"/bin/sh", "-c", "echo one; echo two; echo bad >&2; exit 7"}, log(), true);
  EXPECT_EQ(process.read_line(seconds(10)), "one");
  EXPECT_EQ(process.read_line(seconds(10)), "two");
  EXPECT_EQ(process.read_line(seconds(10)), std::nullopt);
  EXPECT_EQ(process.wait(seconds(10)), 7);
  std::string line;
  std::getline(std::ifstream(log()), line);
  EXPECT_EQ(line, "bad");
}

TEST_F(DriverTest, TellsSignals) {
  Process process({"/bin/sleep", "60"}, log(), false);
  EXPECT_EQ(process.wait(std::chrono::milliseconds(0)), std::nullopt);
  process.signal(SIGKILL);
  EXPECT_EQ(process.wait(seconds(10)), 128 + SIGKILL);
}

TEST_F(DriverTest, RefusesAMissingSocket) {
  ApiClient client = ApiClient::to_unix_socket(folder_ + "/none.sock");
  EXPECT_THROW(client.get("/v1/health"), std::runtime_error);
}

TEST_F(DriverTest, AsksTheSimulation) {
  Process testnet({own_folder() + "/tagscout-testnet", "--accounts", "200", "--duration", "0",
                   "--history-posts", "500", "--write-config", folder_ + "/config.toml"},
                  log(), true);
  const auto line = testnet.read_line(seconds(20));
  ASSERT_TRUE(line);
  rapidjson::Document hosts;
  hosts.Parse(line->c_str());
  ApiClient control = ApiClient::to_loopback(hosts["control"].GetString());
  EXPECT_TRUE(control.get_json("/control/state")["frozen"].GetBool());
  EXPECT_EQ(control.post("/control/killed").status, 200);
  EXPECT_EQ(control.get("/nothing").status, 404);
  const TruthSnapshot truth = read_truth(control.get_json("/control/truth"));
  EXPECT_GT(truth.must.posts.size(), 100u);
  EXPECT_GT(truth.must.flags.size(), 10u);
  ApiClient mastodon = ApiClient::to_loopback(hosts["mastodon"][0].GetString());
  EXPECT_EQ(mastodon.get_json("/api/v1/timelines/tag/slowfashion?limit=5").Size(), 5u);
  EXPECT_EQ(mastodon.get("/robots.txt").status, 200);
  const auto state = control.get_json("/control/state");
  int64_t asked = 0;
  for (const auto& host : state["hosts"].GetArray()) asked += host["requests"].GetInt64();
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(control.post("/control/spell?spell=unreachable:0:0-60").status, 200);
  EXPECT_EQ(control.post("/control/spell?spell=hail:0:0-60").status, 400);
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/config.toml.token"));
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/config.toml"));
  testnet.signal(SIGTERM);
  EXPECT_EQ(testnet.wait(seconds(10)), 0);
}

TEST(Snapshot, TellsEveryDifference) {
  Snapshot must;
  must.posts = {{"p1", "likes=1"}, {"p2", "likes=2"}, {"p3", "likes=3"}};
  must.accounts = {{"a1", "followers=1"}};
  must.flags = {"rose default/micro a1", "rose default/micro a1", "found tight/sweet a2"};
  Snapshot is = must;
  EXPECT_TRUE(differences(must, is, 5).empty());
  is.posts["p2"] = "likes=9";
  is.posts.erase("p1");
  is.posts["p4"] = "likes=4";
  is.accounts.clear();
  is.flags = {"rose default/micro a1", "fell default/micro a1", "found tight/sweet a2"};
  const std::vector<std::string> told = differences(must, is, 9);
  EXPECT_EQ(told.size(), 6u);
  EXPECT_EQ(flag_differences(must, is, 9).size(), 2u);
  EXPECT_EQ(flag_differences(must, is, 1).size(), 2u);  // one, and how many more
}

TEST(PathSegment, EncodesAllButTheUnreserved) {
  EXPECT_EQ(path_segment("ap:http://a/b_c-d.e~"), "ap%3Ahttp%3A%2F%2Fa%2Fb_c-d.e~");
}

}  // namespace
}  // namespace tagscout::end_to_end
