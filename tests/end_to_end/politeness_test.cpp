// The daemon towards its servers, as these see it: what goes over the wire, counted there.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/end_to_end/rig.h"

namespace tagscout::end_to_end {
namespace {

using std::chrono::seconds;

// By what a host's entry in the simulation's state is called.
using Counts = std::map<std::string, int64_t>;

class PolitenessTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("tagscout-politeness-" + std::to_string(getpid()));
  }

  void TearDown() override {
    rig_.reset();
    if (!HasFailure()) std::filesystem::remove_all(folder_);
  }

  void start(std::vector<std::string> arguments) {
    const std::vector<std::string> common = {
        "--accounts", "600",  "--history-posts",    "1200", "--no-faults",
        "--gap",      "0.05", "--posts-per-second", "60"};
    arguments.insert(arguments.end(), common.begin(), common.end());
    rig_.emplace(folder_, arguments);
    rig_->start_daemon();
  }

  // By host, in the order of their ports: the instances come first.
  std::map<std::string, Counts> hosts() {
    std::map<std::string, Counts> all;
    const rapidjson::Document state = rig_->testnet().get_json("/control/state");
    for (const auto& host : state["hosts"].GetArray()) {
      Counts& counts = all[host["name"].GetString()];
      for (const auto& field : host.GetObject()) {
        if (field.value.IsInt64()) counts[field.name.GetString()] = field.value.GetInt64();
      }
      for (const auto& agent : host["user_agents"].GetArray()) {
        agents_.insert(agent.GetString());
      }
    }
    return all;
  }

  static int64_t requests(const std::map<std::string, Counts>& all, const std::string& host) {
    return all.at(host).at("requests");
  }

  void expect_manners() {
    for (const auto& [name, counts] : hosts()) {
      // Streams do not go through the pacer.
      if (name.starts_with("ws")) continue;
      EXPECT_EQ(counts.at("in_flight_max"), 1) << name;
      for (const char* fault :
           {"above_limit", "before_reset", "before_robots", "against_robots", "gaps_short"}) {
        EXPECT_EQ(counts.at(fault), 0) << fault << " at " << name;
      }
    }
    ASSERT_EQ(agents_.size(), 1u) << "the User-Agent changes";
    EXPECT_TRUE(agents_.begin()->starts_with("tagscout/")) << *agents_.begin();
    EXPECT_NE(agents_.begin()->find("testnet@localhost"), std::string::npos);
  }

  std::string folder_;
  std::optional<Rig> rig_;
  std::set<std::string> agents_;
};

TEST_F(PolitenessTest, KeepsToBudgetsGapsAndRobots) {
  start({"--software", "mastodon,glitch,mastodon-4.2,gotosocial", "--robots", "--limit", "20",
         "--limit-period", "4"});
  std::this_thread::sleep_for(seconds(11));
  const auto all = hosts();
  int64_t asked = 0;
  int64_t closed = 0;
  int64_t spent = 0;
  for (const auto& [name, counts] : all) {
    if (!name.starts_with("http")) continue;
    asked += counts.at("requests");
    // The one whose robots.txt shuts everybody out of its API is asked for that file, and for what
    // it runs.
    if (counts.at("requests") <= 3) ++closed;
    spent += counts.at("spent");
    EXPECT_GT(counts.at("requests"), 0) << name;
    EXPECT_EQ(counts.at("refused"), 0) << name;
  }
  EXPECT_GT(asked, 100);
  EXPECT_EQ(closed, 1);
  EXPECT_GT(spent, 2) << "no budget was ever used up: nothing is shown";
  expect_manners();
}

TEST_F(PolitenessTest, AStormOnOneHostLeavesTheOthersAlone) {
  start({"--software", "mastodon,glitch,mastodon-4.2"});
  std::this_thread::sleep_for(seconds(4));
  const auto before = hosts();
  std::this_thread::sleep_for(seconds(5));
  const auto calm = hosts();
  rig_->testnet().post("/control/spell?spell=storm:1:0-5");
  std::this_thread::sleep_for(seconds(5));
  const auto storm = hosts();
  std::string stormy;
  for (const auto& [name, counts] : storm) {
    if (counts.at("refused") > 0) stormy += name;
  }
  ASSERT_EQ(storm.count(stormy), 1u) << "not one host, but: " << stormy;
  for (const auto& [name, counts] : storm) {
    if (!name.starts_with("http")) continue;
    const int64_t usual = requests(calm, name) - requests(before, name);
    const int64_t now = requests(storm, name) - requests(calm, name);
    EXPECT_GT(usual, 10) << name;
    if (name == stormy) {
      EXPECT_LE(counts.at("refused"), 4);
      EXPECT_LT(now, usual / 2) << name;
    } else {
      EXPECT_GT(now, usual * 2 / 3) << name;
    }
  }
  expect_manners();
}

}  // namespace
}  // namespace tagscout::end_to_end
