// The oracle: a real daemon reads the whole simulated network, with everything that can go wrong
// in it, and must then know exactly what the script says.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/end_to_end/rig.h"
#include "tests/end_to_end/snapshot.h"

namespace tagscout::end_to_end {

// What the simulation tells of itself and of the daemon.
struct Told {
  explicit Told(const rapidjson::Document& state);

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
  void SetUp() override;
  void TearDown() override;

  // Starts the simulation and the daemon.
  void start(int seed, const std::vector<std::string>& more = {});

  // Kills the daemon so often while the script runs, each time just after an answer has led it on,
  // before it can have committed that. Expects that at least half of them hit.
  void kill_often(int kills);

  // Waits until all is read that will ever be there, compares, and stops the daemon. `posts_min`:
  // so many must have been written.
  void expect_truth_at_the_end(int64_t posts_min = 20'000);

 private:
  Told told();
  void kill_after_an_answer();
  bool wait_for_the_quiet_end();
  std::vector<std::string> compare(const TruthSnapshot& truth);
  void expect_truth();

  std::string folder_;
  std::optional<Rig> rig_;
};

}  // namespace tagscout::end_to_end
