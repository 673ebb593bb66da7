// What Jetstreams get wrong, against the simulated network: pitfalls 23 and 24.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/crawlers/sources/testnet_bench.h"
#include "tests/support/testnet/frame_compressor.h"

namespace tagscout::testnet {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> two_tags = {"handsewn", "slowfashion"};

Options sky_options() {
  Options options = quiet_options({"mastodon"});
  options.bluesky_share = 1;
  options.posts_per_second = 5;
  return options;
}

SourceSetup read_until(TestnetBench& bench, Time time) {
  SourceSetup setup = bench.jetstream(two_tags);
  setup.cursors["jetstream"] = {"jetstream", std::to_string(to_us(time)), time};
  return setup;
}

TEST(Pitfall23Testnet, StreamsThatBreakAndReorderAtTheirCutOverLoseNothing) {
  Options options = sky_options();
  options.faults = true;
  options.plain = true;
  TestnetBench bench(options);
  TestnetReader reader(bench, bench.jetstream(two_tags));
  reader.read_for(5min);
  EXPECT_GT(reader.errors().size(), 20u);
  const std::set<std::string> ids = reader.ids();
  const std::set<std::string> truth = bench.posted(Time(), bench.clock.now() - 2s, two_tags);
  EXPECT_GT(truth.size(), 300u);
  EXPECT_TRUE(std::includes(ids.begin(), ids.end(), truth.begin(), truth.end()));
  EXPECT_GT(reader.posts().size(), reader.ids().size());
  EXPECT_EQ(reader.dropped("protocol"), 0);
}

TEST(Pitfall23Testnet, AStreamThatBeginsLaterWithoutAWordIsAGap) {
  Options options = sky_options();
  options.stream_keeps = 10min;
  TestnetBench bench(options);
  TestnetReader reader(bench, read_until(bench, bench.clock.now() - 30h));
  reader.read_for(5s);
  EXPECT_EQ(reader.dropped("gap"), 1);
  EXPECT_TRUE(reader.noted("the stream begins at"));
  EXPECT_TRUE(reader.errors().empty());
}

TEST(Pitfall23Testnet, ACursorThatIsRefusedAsTooOldIsAGapAndNotTheEnd) {
  Options options = sky_options();
  options.jetstream_generation = 2;
  options.stream_keeps = 25h;
  TestnetBench bench(options);
  TestnetReader reader(bench, read_until(bench, bench.clock.now() - 30h));
  reader.read_for(5s);
  EXPECT_EQ(bench.web.requests("/subscribe").front().status, 400);
  EXPECT_TRUE(reader.errors().empty());
  EXPECT_EQ(reader.dropped("gap"), 1);
  // What the server still has was read.
  EXPECT_EQ(reader.ids(), bench.posted(Time(), bench.clock.now(), two_tags));
}

TEST(Pitfall23Testnet, AServerThatKeepsLessThanLookbackIsReadFromNowOn) {
  Options options = sky_options();
  options.jetstream_generation = 2;
  options.stream_keeps = 1h;
  TestnetBench bench(options);
  const Time begun = bench.clock.now();
  TestnetReader reader(bench, read_until(bench, bench.clock.now() - 30h));
  reader.read_for(30s);
  EXPECT_TRUE(reader.errors().empty());
  EXPECT_EQ(reader.dropped("gap"), 1);
  EXPECT_EQ(reader.ids(), bench.posted(begun + 200ms, bench.clock.now(), two_tags));
  EXPECT_GT(reader.ids().size(), 30u);
}

TEST(Pitfall23Testnet, TheSecondGenerationsKeysAndRewindsChangeNothing) {
  Options options = sky_options();
  options.jetstream_generation = 2;
  options.stream_keeps = 48h;
  TestnetBench bench(options);
  TestnetReader first(bench, bench.jetstream(two_tags));
  first.read_for(60s);
  EXPECT_EQ(first.dropped("protocol"), 0);
  EXPECT_EQ(first.ids(), bench.posted(Time(), bench.clock.now(), two_tags));
  // A new connection is shown the last hour once more: the cursor stays where it is.
  const Time known = first.setup().cursors.at("jetstream").position;
  TestnetReader second(bench, first.setup());
  second.read_for(10s);
  EXPECT_GT(second.posts().size(), 60u);
  for (const Batch& batch : second.batches()) {
    for (const FeedCursor& cursor : batch.cursors) EXPECT_GE(cursor.position, known);
  }
  EXPECT_EQ(second.dropped("gap"), 0);
}

TEST(Pitfall23Testnet, ASilentConnectionMovesNothingAndWhatItKeptBackComesLater) {
  Options options = sky_options();
  options.spells = {*parse_spell("silent:jetstream-0:20-60"),
                    *parse_spell("unreachable:jetstream-0:60-62")};
  TestnetBench bench(options);
  TestnetReader reader(bench, bench.jetstream(two_tags));
  reader.read_for(50s);
  const Time position = reader.setup().cursors.at("jetstream").position;
  EXPECT_LT(position, bench.world.start() + 20s);
  EXPECT_GT(bench.posted(position, bench.clock.now(), two_tags).size(), 10u);
  reader.read_for(60s);
  EXPECT_EQ(reader.ids(), bench.posted(Time(), bench.clock.now(), two_tags));
}

TEST(Pitfall24Testnet, AFailOverRepeatsAndLosesNothing) {
  Options options = sky_options();
  options.spells = {*parse_spell("unreachable:jetstream-0:20-60"),
                    *parse_spell("unreachable:jetstream-1:70-120")};
  TestnetBench bench(options);
  TestnetReader reader(bench, bench.jetstream(two_tags, 2));
  reader.read_for(150s);
  EXPECT_EQ(reader.ids(), bench.posted(Time(), bench.clock.now(), two_tags));
  std::map<std::string, PostSighting> by_rev;
  size_t repeated = 0;
  for (const PostSighting& post : reader.posts()) {
    EXPECT_FALSE(post.rev.empty());
    const auto [known, is_new] = by_rev.try_emplace(post.id.text() + " " + post.rev, post);
    if (is_new) continue;
    ++repeated;
    EXPECT_EQ(known->second, post);
  }
  EXPECT_GT(repeated, 5u);
  EXPECT_EQ(by_rev.size(), reader.ids().size());
  bool both = true;
  for (const std::string& host : bench.names().hosts().jetstream) {
    both = both && !bench.web.requests(host).empty();
  }
  EXPECT_TRUE(both);
}

// Frames compressed with a dictionary that the simulation has trained on its own.
class CompressedTestnet : public testing::Test {
 protected:
  CompressedTestnet() {
    TestnetBench plain(sky_options());
    const auto stream =
        plain.sites.back()->subscribe({"GET", "/subscribe?cursor=1"}, plain.world.start());
    dictionary_ = train_dictionary(stream->pull(plain.world.start(), 100'000));
    path_ = std::filesystem::temp_directory_path() /
            ("tagscout-dictionary-" + std::to_string(getpid()));
    std::ofstream(path_, std::ios::binary) << dictionary_;
  }
  ~CompressedTestnet() override { std::filesystem::remove(path_); }

  std::string dictionary_;
  std::filesystem::path path_;
};

TEST_F(CompressedTestnet, FramesAreReadWithTheDictionaryAndDroppedWithAnother) {
  Options options = sky_options();
  options.zstd_dictionary = dictionary_;
  TestnetBench bench(options);
  SourceSetup setup = bench.jetstream(two_tags);
  setup.section.zstd_dictionary = path_.string();
  TestnetReader reader(bench, setup);
  reader.read_for(20s);
  EXPECT_EQ(reader.ids(), bench.posted(Time(), bench.clock.now(), two_tags));
  EXPECT_GT(reader.ids().size(), 50u);
  EXPECT_EQ(reader.dropped("protocol"), 0);
  std::ofstream(path_, std::ios::binary) << "some other dictionary";
  TestnetReader other(bench, setup);
  other.read_for(5s);
  EXPECT_TRUE(other.ids().empty());
  EXPECT_GT(other.dropped("protocol"), 100);
}

TEST_F(CompressedTestnet, AServerThatDoesNotCompressSaysSoInItsRefusal) {
  TestnetBench bench(sky_options());
  SourceSetup setup = bench.jetstream(two_tags);
  setup.section.zstd_dictionary = path_.string();
  TestnetReader reader(bench, setup);
  EXPECT_EQ(reader.next().error().kind, ErrorKind::bad_request);
}

}  // namespace
}  // namespace tagscout::testnet
