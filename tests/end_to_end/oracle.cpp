#include "tests/end_to_end/oracle.h"

#include <chrono>
#include <filesystem>
#include <thread>

namespace tagscout::end_to_end {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr size_t reported_max = 12;
constexpr milliseconds look_interval(20);

}  // namespace

Told::Told(const rapidjson::Document& state)
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

void OracleTest::SetUp() {
  folder_ =
      std::filesystem::temp_directory_path() / ("tagscout-oracle-" + std::to_string(getpid()));
}

void OracleTest::TearDown() {
  rig_.reset();
  if (!HasFailure()) std::filesystem::remove_all(folder_);
}

void OracleTest::start(int seed, const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"--seed", std::to_string(seed)};
  arguments.insert(arguments.end(), more.begin(), more.end());
  rig_.emplace(folder_, arguments);
  rig_->start_daemon();
}

Told OracleTest::told() { return Told(rig_->testnet().get_json("/control/state")); }

void OracleTest::kill_after_an_answer() {
  const std::string before = told().answers;
  while (told().answers == before) std::this_thread::sleep_for(milliseconds(1));
  rig_->kill_daemon();
  rig_->start_daemon();
}

void OracleTest::kill_often(int kills) {
  for (int i = 0; i < kills; ++i) {
    // Not in step with commit windows.
    std::this_thread::sleep_for(milliseconds(1'200 + 170 * (i % 4)));
    kill_after_an_answer();
  }
  const Told after = told();
  EXPECT_FALSE(after.frozen) << "killed too slowly: the script had ended";
  EXPECT_EQ(after.restarts, kills);
}

bool OracleTest::wait_for_the_quiet_end() {
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

std::vector<std::string> OracleTest::compare(const TruthSnapshot& truth) {
  return differences(truth.must, read_daemon(rig_->api(), truth), reported_max);
}

// The last readings may still be on their way into the store.
void OracleTest::expect_truth() {
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

void OracleTest::expect_truth_at_the_end(int64_t posts_min) {
  if (!wait_for_the_quiet_end()) return;
  const Told end = told();
  EXPECT_GE(end.behind, end.restarts / 2) << "too few kills between an answer and its commit";
  EXPECT_GE(end.posts, posts_min);
  expect_truth();
  EXPECT_EQ(rig_->stop_daemon(seconds(10)), 0) << rig_->log_end();
}

}  // namespace tagscout::end_to_end
