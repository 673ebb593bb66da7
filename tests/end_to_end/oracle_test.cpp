// The oracle: a real daemon reads the whole simulated network, with everything that can go wrong
// in it, and must then know exactly what the script says.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>

#include "tests/end_to_end/rig.h"
#include "tests/end_to_end/snapshot.h"

namespace tagscout::end_to_end {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr size_t reported_max = 12;
constexpr int64_t posts_min = 20'000;
constexpr milliseconds look_interval(20);

struct Told {
  explicit Told(rapidjson::Document state)
      : frozen(state["frozen"].GetBool()),
        quiet(state["now_us"].GetInt64() > state["quiet_at_us"].GetInt64()),
        posts(state["posts_created"].GetInt64()),
        unread(state["accounts_unread"].GetInt64()) {
    for (const auto& feed : state["feeds"].GetArray()) answers += feed["answered"].GetString();
    for (const auto& restart : state["restarts"].GetArray()) {
      ++restarts;
      if (!restart["behind"].Empty()) ++behind;
    }
  }
  bool frozen;
  bool quiet;  // every post is past its last re-read
  int64_t posts;
  int64_t unread;
  std::string answers;  // changes with every answer that leads on
  int restarts = 0;
  int behind = 0;  // restarts after which an older cursor was asked for than had been answered
};

class OracleTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() / ("tagscout-oracle-" + std::to_string(getpid()));
  }

  void TearDown() override {
    rig_.reset();
    if (!HasFailure()) std::filesystem::remove_all(folder_);
  }

  void start(int seed) {
    rig_.emplace(folder_, std::vector<std::string>{"--seed", std::to_string(seed)});
    rig_->start_daemon();
  }

  Told told() { return Told(rig_->testnet().get_json("/control/state")); }

  // Kills the daemon just after an answer has led it on, before it can have committed that.
  void kill_after_an_answer() {
    const std::string before = told().answers;
    while (told().answers == before) std::this_thread::sleep_for(milliseconds(1));
    rig_->kill_daemon();
    rig_->start_daemon();
  }

  // True once all is read that will ever be there.
  bool wait_for_the_quiet_end() {
    const auto deadline = steady_clock::now() + seconds(120);
    while (steady_clock::now() < deadline && rig_->daemon_runs()) {
      const Told now = told();
      if (now.frozen && now.quiet && now.unread == 0) return true;
      std::this_thread::sleep_for(10 * look_interval);
    }
    ADD_FAILURE() << "no quiet end: " << told().unread << " accounts are still unread\n"
                  << rig_->log_end();
    return false;
  }

  std::vector<std::string> compare(const TruthSnapshot& truth) {
    return differences(truth.must, read_daemon(rig_->api(), truth), reported_max);
  }

  // The last readings may still be on their way into the store.
  void expect_truth() {
    const TruthSnapshot truth = read_truth(rig_->testnet().get_json("/control/truth"));
    const auto deadline = steady_clock::now() + seconds(100);
    std::vector<std::string> left = compare(truth);
    while (!left.empty() && steady_clock::now() < deadline) {
      std::this_thread::sleep_for(milliseconds(500));
      left = compare(truth);
    }
    // And what was true stays true.
    if (left.empty()) {
      std::this_thread::sleep_for(seconds(2));
      left = compare(truth);
    }
    for (const std::string& line : known_absentees(rig_->api(), truth)) left.push_back(line);
    std::string report;
    for (const std::string& line : left) report += line + "\n";
    EXPECT_TRUE(left.empty()) << report << "state and logs are in " << folder_;
    EXPECT_GT(truth.must.flags.size(), 100u);
    EXPECT_GT(truth.must.accounts.size(), 1'000u);
  }

  void expect_enough_posts() { EXPECT_GE(told().posts, posts_min); }

  void expect_clean_stop() { EXPECT_EQ(rig_->stop_daemon(seconds(10)), 0) << rig_->log_end(); }

  std::string folder_;
  std::optional<Rig> rig_;
};

TEST_F(OracleTest, StoreEqualsTruthWithSeedOne) {
  start(1);
  if (!wait_for_the_quiet_end()) return;
  expect_enough_posts();
  expect_truth();
  expect_clean_stop();
}

TEST_F(OracleTest, StoreEqualsTruthWithSeedTwo) {
  start(2);
  if (!wait_for_the_quiet_end()) return;
  expect_enough_posts();
  expect_truth();
  expect_clean_stop();
}

TEST_F(OracleTest, StoreEqualsTruthAfterTenKills) {
  start(3);
  constexpr int kills = 10;
  for (int i = 0; i < kills; ++i) {
    // Not in step with commit windows.
    std::this_thread::sleep_for(milliseconds(1'200 + 170 * (i % 4)));
    kill_after_an_answer();
  }
  EXPECT_FALSE(told().frozen) << "killed too slowly: the script had ended";
  if (!wait_for_the_quiet_end()) return;
  const Told end = told();
  EXPECT_EQ(end.restarts, kills);
  EXPECT_GE(end.behind, kills / 2) << "too few kills between an answer and its commit";
  expect_enough_posts();
  expect_truth();
  expect_clean_stop();
}

}  // namespace
}  // namespace tagscout::end_to_end
