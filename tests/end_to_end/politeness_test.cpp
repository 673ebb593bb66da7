// The daemon towards its servers, as these see it: what goes over the wire, counted there.
#include <gtest/gtest.h>

#include <algorithm>
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

// What the simulation counted at one host, by what its entry in the state calls it.
struct Host {
  std::string name;
  std::map<std::string, int64_t> counts;

  // Streams do not go through the pacer.
  bool paced() const { return name.starts_with("http"); }
};

class PolitenessTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("tagscout-politeness-" + std::to_string(getpid()));
  }

  void TearDown() override {
    rig_.reset();
    twin_.reset();
    if (HasFailure()) return;
    std::filesystem::remove_all(folder_);
    std::filesystem::remove_all(folder_ + "-twin");
  }

  static void start(std::optional<Rig>& rig, const std::string& folder,
                    std::vector<std::string> arguments) {
    const std::vector<std::string> common = {
        "--accounts", "600",  "--history-posts",    "1200", "--no-faults",
        "--gap",      "0.05", "--posts-per-second", "60"};
    arguments.insert(arguments.end(), common.begin(), common.end());
    rig.emplace(folder, arguments);
    rig->start_daemon();
  }

  // In the order in which the simulation has them: the instances come first.
  std::vector<Host> hosts(Rig& rig) {
    std::vector<Host> all;
    const rapidjson::Document state = rig.testnet().get_json("/control/state");
    for (const auto& host : state["hosts"].GetArray()) {
      all.push_back({host["name"].GetString(), {}});
      for (const auto& field : host.GetObject()) {
        if (field.value.IsInt64())
          all.back().counts[field.name.GetString()] = field.value.GetInt64();
      }
      for (const auto& agent : host["user_agents"].GetArray()) {
        agents_.insert(agent.GetString());
      }
    }
    return all;
  }

  static int64_t total(const std::vector<Host>& all, const std::string& what) {
    int64_t sum = 0;
    for (const Host& host : all) {
      if (host.paced()) sum += host.counts.at(what);
    }
    return sum;
  }

  // True once the hosts look so; false if they do not within a minute.
  template <class Condition>
  bool come_to(Rig& rig, const Condition& condition) {
    const auto deadline = std::chrono::steady_clock::now() + seconds(60);
    while (!condition(hosts(rig))) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return true;
  }

  void expect_manners() {
    for (const Host& host : hosts(*rig_)) {
      if (!host.paced()) continue;
      EXPECT_EQ(host.counts.at("in_flight_max"), 1) << host.name;
      for (const char* fault :
           {"above_limit", "before_reset", "before_robots", "against_robots", "gaps_short"}) {
        EXPECT_EQ(host.counts.at(fault), 0) << fault << " at " << host.name;
      }
    }
    ASSERT_EQ(agents_.size(), 1u) << "the User-Agent changes";
    EXPECT_TRUE(agents_.begin()->starts_with("tagscout/")) << *agents_.begin();
    EXPECT_NE(agents_.begin()->find("testnet@localhost"), std::string::npos);
  }

  std::string folder_;
  std::optional<Rig> rig_;
  std::optional<Rig> twin_;  // the same network and another daemon, on the same machine
  std::set<std::string> agents_;
};

TEST_F(PolitenessTest, KeepsToBudgetsGapsAndRobots) {
  start(rig_, folder_,
        {"--software", "mastodon,glitch,mastodon-4.2,gotosocial", "--robots", "--limit", "20",
         "--limit-period", "4"});
  const auto little = [](const Host& host) {
    return host.paced() && host.counts.at("requests") <= 3;
  };
  const auto enough = [&](const std::vector<Host>& all) {
    return total(all, "requests") > 100 && total(all, "spent") > 2 &&
           std::count_if(all.begin(), all.end(), little) <= 1;
  };
  ASSERT_TRUE(come_to(*rig_, enough)) << "no budget was ever used up: nothing is shown";
  const std::vector<Host> all = hosts(*rig_);
  // The one whose robots.txt shuts everybody out of its API is asked for that file, and for what it
  // runs.
  EXPECT_EQ(std::count_if(all.begin(), all.end(), little), 1);
  for (const Host& host : all) {
    if (!host.paced()) continue;
    EXPECT_GT(host.counts.at("requests"), 0) << host.name;
    EXPECT_EQ(host.counts.at("refused"), 0) << host.name;
  }
  expect_manners();
}

// A twin reads the same network in the same seconds without the storm, so that it does not matter
// how busy the machine is.
TEST_F(PolitenessTest, AStormOnOneHostLeavesTheOthersAlone) {
  constexpr size_t stormy = 1;
  const std::vector<std::string> network = {"--software", "mastodon,glitch,mastodon-4.2"};
  start(rig_, folder_, network);
  start(twin_, folder_ + "-twin", network);
  const auto at_work = [](const std::vector<Host>& all) { return total(all, "requests") > 200; };
  ASSERT_TRUE(come_to(*rig_, at_work) && come_to(*twin_, at_work));
  rig_->testnet().post("/control/spell?spell=storm:1:0-60");
  ASSERT_TRUE(come_to(
      *rig_, [](const std::vector<Host>& all) { return all[stormy].counts.at("refused") > 0; }));
  const std::vector<Host> before = hosts(*rig_);
  const std::vector<Host> twin_before = hosts(*twin_);
  std::this_thread::sleep_for(seconds(6));
  const std::vector<Host> after = hosts(*rig_);
  const std::vector<Host> twin_after = hosts(*twin_);
  for (size_t i = 0; i < after.size(); ++i) {
    if (!after[i].paced()) continue;
    const auto asked = [i](const std::vector<Host>& from, const std::vector<Host>& to) {
      return to[i].counts.at("requests") - from[i].counts.at("requests");
    };
    const int64_t usual = asked(twin_before, twin_after);
    const int64_t now = asked(before, after);
    EXPECT_GT(usual, 10) << after[i].name;
    if (i == stormy) {
      EXPECT_LE(after[i].counts.at("refused"), 5);
      EXPECT_LT(now, usual / 2) << after[i].name;
    } else {
      EXPECT_EQ(after[i].counts.at("refused"), 0) << after[i].name;
      EXPECT_GT(now, usual * 2 / 3) << after[i].name;
    }
  }
  expect_manners();
}

}  // namespace
}  // namespace tagscout::end_to_end
