// Five instances of different software, two of which cannot be reached for a third of the time, and
// two bridges to Bluesky.
#include "tests/end_to_end/oracle.h"

namespace tagscout::end_to_end {
namespace {

// Fewer than on three servers: where there are no batches every post is asked for by itself.
constexpr int64_t posts_min = 6'000;

std::vector<std::string> five(const std::string& software) {
  return {"--software",
          software,
          "--plain-domains",
          "--posts-per-second",
          "120",
          "--history-posts",
          "2500",
          "--bridges",
          "2",
          "--bluesky-share",
          "0.5",
          "--lag",
          "3",
          "--spell",
          "unreachable:1:8-20",
          "--spell",
          "unreachable:3:14-26"};
}

// Over the three seeds every kind of server occurs that can be read.
TEST_F(OracleTest, FiveKindsOfServersWithSeedFour) {
  start(4, five("mastodon,glitch,mastodon-4.2,gotosocial,akkoma"));
  kill_often(7);
  expect_truth_at_the_end(posts_min);
}

TEST_F(OracleTest, FiveKindsOfServersWithSeedFive) {
  start(5, five("mastodon-3.5,mastodon,pixelfed,glitch,pleroma"));
  kill_often(7);
  expect_truth_at_the_end(posts_min);
}

TEST_F(OracleTest, FiveKindsOfServersWithSeedSix) {
  start(6, five("pleroma,friendica,mastodon,mastodon-3.5,pixelfed"));
  kill_often(6);
  expect_truth_at_the_end(posts_min);
}

}  // namespace
}  // namespace tagscout::end_to_end
