// A daemon whose stream stays open and says nothing any more.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>

#include "tests/end_to_end/rig.h"
#include "tests/end_to_end/snapshot.h"

namespace tagscout::end_to_end {
namespace {

using namespace std::chrono_literals;

class SilenceTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() / ("tagscout-silence-" + std::to_string(getpid()));
  }
  void TearDown() override {
    rig_.reset();
    if (!HasFailure()) std::filesystem::remove_all(folder_);
  }

  struct Stream {
    std::string bridge;  // empty while none is connected
    int64_t posts = 0;
  };
  Stream stream() {
    const rapidjson::Document answer = rig_->api().get_json("/v1/sources");
    for (const auto& source : answer["items"].GetArray()) {
      if (source["type"] != "bluesky") continue;
      const auto& address = source["connected_to"];
      return {address.IsNull() ? "" : address.GetString(), source["posts_total"].GetInt64()};
    }
    return {};
  }
  // What the simulation calls the bridge: the first or the second of its streams.
  std::string name_of(const std::string& bridge) {
    const rapidjson::Document state = rig_->testnet().get_json("/control/state");
    int count = 0;
    for (const auto& host : state["hosts"].GetArray()) {
      const std::string address = host["name"].GetString();
      if (bridge.starts_with(address + "/")) return "jetstream-" + std::to_string(count);
      if (address.starts_with("ws")) ++count;
    }
    return "unknown";
  }
  std::vector<std::string> missed(const TruthSnapshot& truth) {
    std::vector<std::string> ids;
    const Snapshot is = read_daemon(rig_->api(), truth);
    for (const auto& [id, post] : truth.must.posts) {
      if (is.posts.count(id) == 0) ids.push_back(id);
    }
    return ids;
  }

  template <class Condition>
  static bool comes_true(const Condition& condition) {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(50ms);
    }
    return true;
  }

  std::string folder_;
  std::optional<Rig> rig_;
};

// The bridge goes on answering pings, as real ones do whose own source has dried up.
TEST_F(SilenceTest, ABridgeThatFallsSilentIsLeftForTheOtherAndNothingIsLost) {
  rig_.emplace(folder_, std::vector<std::string>{"--accounts", "400", "--history-posts", "300",
                                                 "--bluesky-share", "0.7", "--software", "mastodon",
                                                 "--bridges", "2", "--no-faults", "--plain",
                                                 "--posts-per-second", "60", "--duration", "60"});
  rig_->start_daemon({"source.bluesky.silence=2s"});
  ASSERT_TRUE(comes_true([&] { return stream().posts > 20; })) << rig_->log_end();
  const Stream first = stream();
  const std::string spell = "silent:" + name_of(first.bridge) + ":0-600";
  ASSERT_EQ(rig_->testnet().post("/control/spell?spell=" + spell).status, 200) << spell;
  Stream second;
  ASSERT_TRUE(comes_true([&] {
    second = stream();
    return !second.bridge.empty() && second.bridge != first.bridge;
  })) << rig_->log_end();
  ASSERT_TRUE(comes_true([&] { return stream().posts > second.posts + 20; })) << rig_->log_end();
  EXPECT_NE(rig_->log_end().find(first.bridge + ": no event for 2 s"), std::string::npos)
      << rig_->log_end();
  rig_->testnet().post("/control/freeze");
  const TruthSnapshot truth = read_truth(rig_->testnet().get_json("/control/truth"));
  EXPECT_GT(truth.must.posts.size(), 100u);
  comes_true([&] { return missed(truth).empty(); });
  EXPECT_TRUE(missed(truth).empty()) << missed(truth).size() << " posts, " << missed(truth).front();
  EXPECT_EQ(rig_->stop_daemon(10s), 0) << rig_->log_end();
}

}  // namespace
}  // namespace tagscout::end_to_end
