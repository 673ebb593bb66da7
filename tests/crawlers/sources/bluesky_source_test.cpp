#include "crawlers/sources/bluesky_source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/crawlers/source_bench.h"
#include "tests/crawlers/sources/bluesky_samples.h"
#include "tests/crawlers/sources/zstd_frame.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;

const std::string east = "wss://east.example/subscribe";
const std::string west = "wss://west.example/subscribe";

std::string post_at(int64_t time_us, const std::string& tag = "slowfashion") {
  return post_frame(tag, {{"time_us", std::to_string(time_us)}});
}

class BlueskySourceTest : public testing::Test {
 protected:
  void SetUp() override {
    setup.section.name = "sky";
    setup.section.type = "bluesky";
    setup.section.jetstream = {east};
    setup.section.appview = "https://view.example";
    setup.section.lookback = 24h;
    setup.section.catch_up = 72h;
    setup.tags = {"slowfashion"};
  }

  // A connection that hands out one read after the other and then stays silent.
  void script(const std::string& address, std::vector<std::vector<std::string>> reads,
              std::optional<Error> end = {}) {
    bench.web_sockets.script(address,
                             {.refused = {}, .reads = std::move(reads), .end = std::move(end)});
  }
  void refuse(const std::string& address) {
    bench.web_sockets.script(
        address, {.refused = Error(ErrorKind::transient, "down"), .reads = {}, .end = {}});
  }
  void remember(Time time) {
    setup.cursors["jetstream"] = {"jetstream", std::to_string(to_us(time)), time};
  }

  std::unique_ptr<BlueskySource> make() {
    return std::make_unique<BlueskySource>(setup, bench.tools());
  }
  Result<Batch> next(Source& source) { return bench.run(source.next()); }

  SourceBench bench;
  SourceSetup setup;
};

using Pitfall23 = BlueskySourceTest;

TEST_F(BlueskySourceTest, AsksForPostsAndFollowsFromLookbackOn) {
  script(east, {});
  const auto source = make();
  const Time start = bench.clock.now();
  ASSERT_TRUE(next(*source));
  EXPECT_EQ(bench.web_sockets.urls(),
            std::vector<std::string>{east +
                                     "?wantedCollections=app.bsky.feed.post&wantedCollections="
                                     "app.bsky.graph.follow&cursor=" +
                                     std::to_string(to_us(start - 24h))});
  setup.section.lookback = 100h;
  setup.section.jetstream = {"wss://west.example/subscribe?x=1"};
  script(west, {});
  const auto far = make();
  const Time later = bench.clock.now();
  ASSERT_TRUE(next(*far));
  // No host keeps more than a day for sure.
  EXPECT_TRUE(bench.web_sockets.urls().back().starts_with(west + "?x=1&wantedCollections="));
  EXPECT_TRUE(bench.web_sockets.urls().back().ends_with(std::to_string(to_us(later - 24h))));
}

TEST_F(BlueskySourceTest, HandsOverWhatArrivedWithTheCursorBehindIt) {
  script(east, {{post_at(stream_us), post_at(stream_us + 5, "other"), post_at(stream_us + 3)},
                {post_at(stream_us + 9, "other")}});
  const auto source = make();
  const Batch first = next(*source).value();
  EXPECT_EQ(first.source, "sky");
  EXPECT_EQ(first.events.size(), 2u);
  EXPECT_FALSE(first.caught_up);
  // The order of the stream is not strict: the newest counts.
  EXPECT_EQ(first.cursors, (std::vector<FeedCursor>{{"jetstream", std::to_string(stream_us + 5),
                                                     time_from_us(stream_us + 5)}}));
  const Batch second = next(*source).value();
  EXPECT_TRUE(second.events.empty());
  EXPECT_EQ(second.cursors.at(0).value, std::to_string(stream_us + 9));
}

TEST_F(BlueskySourceTest, GivesABatchEverySecondOfSilence) {
  script(east, {});
  const auto source = make();
  const Duration before = bench.clock.steady();
  const Batch batch = next(*source).value();
  EXPECT_EQ(bench.clock.steady() - before, 1s);
  EXPECT_TRUE(batch.events.empty());
  EXPECT_TRUE(batch.cursors.empty());
  EXPECT_FALSE(batch.caught_up);
}

TEST_F(Pitfall23, ResumesFiveSecondsBeforeItsCursorAndNeverGoesBack) {
  const Time stored = time_from_us(stream_us);
  remember(stored);
  script(east, {{post_at(stream_us - 3'000'000)}, {post_at(stream_us + 1)}});
  const auto source = make();
  const Batch replayed = next(*source).value();
  EXPECT_TRUE(
      bench.web_sockets.urls().at(0).ends_with("cursor=" + std::to_string(stream_us - 5'000'000)));
  // What comes again is handed over again: the records know what they have contributed.
  EXPECT_EQ(replayed.events.size(), 1u);
  EXPECT_TRUE(replayed.cursors.empty());
  EXPECT_EQ(next(*source)->cursors.at(0).value, std::to_string(stream_us + 1));
}

TEST_F(Pitfall23, AStreamThatSilentlyBeginsLaterIsReportedAsAGap) {
  remember(bench.clock.now() - 40h);
  script(east, {{post_at(to_us(bench.clock.now() - 24h))}, {post_at(to_us(bench.clock.now()))}});
  const auto source = make();
  const Batch batch = next(*source).value();
  EXPECT_EQ(batch.dropped.at("gap"), 1);
  EXPECT_EQ(batch.notes.size(), 1u);
  EXPECT_TRUE(next(*source)->notes.empty());
  // Within what every host keeps, silence only means that nothing happened.
  remember(bench.clock.now() - 20h);
  script(east, {{post_at(to_us(bench.clock.now()))}});
  const auto quiet = make();
  EXPECT_TRUE(next(*quiet)->dropped.empty());
}

TEST_F(BlueskySourceTest, FurtherBehindThanCatchUpItJumpsAndSaysSo) {
  bench.fetcher->note_server_time(bench.clock.now());
  const Time now = bench.clock.now();
  remember(now - 73h);
  script(east, {});
  const auto source = make();
  const Batch batch = next(*source).value();
  EXPECT_EQ(batch.dropped.at("gap"), 1);
  EXPECT_EQ(batch.notes.size(), 1u);
  EXPECT_TRUE(bench.web_sockets.urls().at(0).ends_with(std::to_string(to_us(now - 24h))));
}

TEST_F(BlueskySourceTest, TriesItsHostsInTurnAndFailsWhenNoneAnswers) {
  setup.section.jetstream = {east, west};
  for (int run = 0; run < 8; ++run) {
    refuse(east);
    script(west, {{post_at(stream_us)}});
    const auto source = make();
    EXPECT_EQ(next(*source)->events.size(), 1u);
  }
  // Not always the same host comes first.
  const std::vector<std::string> urls = bench.web_sockets.urls();
  const auto to_west = std::count_if(urls.begin(), urls.end(),
                                     [](const std::string& url) { return url.starts_with(west); });
  EXPECT_EQ(to_west, 8);
  EXPECT_LT(urls.size(), 16u);
  EXPECT_GT(urls.size(), 8u);
  SourceBench dead;
  BlueskySource source(setup, dead.tools());
  const Result<Batch> batch = dead.run(source.next());
  ASSERT_FALSE(batch);
  EXPECT_EQ(batch.error().kind, ErrorKind::transient);
  EXPECT_EQ(dead.web_sockets.urls().size(), 2u);
}

TEST_F(BlueskySourceTest, SaysWhichHostsDidNotAnswerAndWhichOneDid) {
  setup.section.jetstream = {east, west};
  for (int run = 0; run < 8; ++run) {
    refuse(east);
    script(west, {{post_at(stream_us)}});
    const auto source = make();
    EXPECT_EQ(source->connected_to(), "");
    const size_t before = bench.web_sockets.urls().size();
    const Batch batch = next(*source).value();
    EXPECT_EQ(source->connected_to(), west);
    const bool past_east = bench.web_sockets.urls().size() == before + 2;
    const std::vector<std::string> told = {east + ": down; reading from " + west};
    EXPECT_EQ(batch.notes, past_east ? told : std::vector<std::string>());
  }
  refuse(east);
  refuse(west);
  const auto source = make();
  const std::string why = next(*source).error().detail;
  EXPECT_NE(why.find(east + ": down"), std::string::npos) << why;
  EXPECT_NE(why.find(west + ": down"), std::string::npos) << why;
}

TEST_F(Pitfall23, AHostThatSendsNoEventIsLeftForTheNext) {
  setup.section.jetstream = {east, west};
  setup.section.silence = 3s;
  for (const std::string& host : {east, west}) script(host, {{post_at(stream_us)}});
  const auto source = make();
  ASSERT_TRUE(next(*source));
  const std::string first = source->connected_to();
  const std::string second = first == east ? west : east;
  for (int second_of_silence = 1; second_of_silence < 3; ++second_of_silence) {
    EXPECT_TRUE(next(*source)->notes.empty());
    EXPECT_EQ(source->connected_to(), first);
  }
  EXPECT_EQ(next(*source)->notes,
            std::vector<std::string>{first + ": no event for 3 s, connecting anew"});
  EXPECT_EQ(source->connected_to(), "");
  // From where the first one stopped, with the same rewind: nothing is lost between two hosts.
  EXPECT_EQ(next(*source)->events.size(), 1u);
  EXPECT_EQ(source->connected_to(), second);
  EXPECT_TRUE(bench.web_sockets.urls().back().starts_with(second));
  EXPECT_TRUE(
      bench.web_sockets.urls().back().ends_with("cursor=" + std::to_string(stream_us - 5'000'000)));
  EXPECT_EQ(bench.web_sockets.open(), 1);
}

TEST_F(Pitfall23, AHostThatNeverSendsAnythingDoesNotMoveTheStart) {
  setup.section.silence = 3s;
  setup.section.lookback = {};
  script(east, {});
  script(east, {});
  const auto source = make();
  for (int read = 0; read < 4; ++read) ASSERT_TRUE(next(*source));
  ASSERT_EQ(bench.web_sockets.urls().size(), 2u);
  EXPECT_EQ(bench.web_sockets.urls()[0], bench.web_sockets.urls()[1]);
}

TEST_F(BlueskySourceTest, WhoWasBusyDoesNotTakeItForSilence) {
  setup.section.silence = 3s;
  script(east, {{post_at(stream_us)}, {post_at(stream_us + 1)}});
  const auto source = make();
  for (int read = 0; read < 2; ++read) {
    EXPECT_EQ(next(*source)->events.size(), 1u);
    EXPECT_EQ(source->connected_to(), east);
    bench.clock.pass(100s);
  }
}

TEST_F(BlueskySourceTest, WithoutALimitSilenceIsBorne) {
  setup.section.silence = {};
  script(east, {});
  const auto source = make();
  for (int read = 0; read < 200; ++read) EXPECT_TRUE(next(*source)->notes.empty());
  EXPECT_EQ(source->connected_to(), east);
}

TEST_F(BlueskySourceTest, ALostConnectionEndsIt) {
  script(east, {{post_at(stream_us)}}, Error(ErrorKind::transient, "connection lost"));
  const auto source = make();
  EXPECT_TRUE(next(*source));
  EXPECT_EQ(next(*source).error().kind, ErrorKind::transient);
}

TEST_F(BlueskySourceTest, FramesThatCannotBeReadAreDroppedAndCounted) {
  script(east, {{"not json", post_at(stream_us), "{}", post_at(stream_us).substr(0, 100)}});
  const auto source = make();
  const Batch batch = next(*source).value();
  EXPECT_EQ(batch.events.size(), 1u);
  EXPECT_EQ(batch.dropped.at("protocol"), 3);
}

TEST_F(BlueskySourceTest, ATimeFarInTheFutureDoesNotMoveTheCursor) {
  bench.fetcher->note_server_time(bench.clock.now());
  const int64_t now_us = to_us(bench.clock.now());
  script(east, {{post_at(now_us), post_at(now_us + 7'200'000'000)}});
  const auto source = make();
  const Batch batch = next(*source).value();
  EXPECT_EQ(batch.events.size(), 1u);
  EXPECT_EQ(batch.dropped.at("protocol"), 1);
  EXPECT_EQ(batch.cursors.at(0).value, std::to_string(now_us));
}

TEST_F(BlueskySourceTest, TellsTheTimeOnceTheStreamIsLive) {
  const int64_t now_us = to_us(bench.clock.now());
  // A replay of two hours ago says nothing about now; after a silence the stream is live.
  script(east,
         {{post_at(now_us - 7'200'000'000)}, {post_at(now_us - 3'000'000)}, {}, {post_at(now_us)}});
  const auto source = make();
  for (int read = 0; read < 3; ++read) {
    ASSERT_TRUE(next(*source));
    EXPECT_FALSE(bench.fetcher->clock_right()) << read;
  }
  const Batch live = next(*source).value();
  EXPECT_TRUE(live.clock_right);
}

TEST_F(BlueskySourceTest, AStreamAsFastAsTheClockIsLive) {
  const int64_t now_us = to_us(bench.clock.now());
  std::vector<std::vector<std::string>> reads;
  for (int i = 0; i < 10; ++i) reads.push_back({post_at(now_us + i * int64_t{1'000'000})});
  script(east, reads);
  const auto source = make();
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(next(*source));
    bench.clock.pass(1s);
  }
  EXPECT_TRUE(bench.fetcher->clock_right());
}

TEST_F(BlueskySourceTest, ReadsCompressedFramesWithItsDictionary) {
  const std::string dictionary = "{\"did\":\"did:plc:aaaaaaaaaaaaaaaa\",\"kind\":\"commit\"}";
  const std::string path = testing::TempDir() + "tagscout_zstd_dictionary";
  std::ofstream(path, std::ios::binary) << dictionary;
  setup.section.zstd_dictionary = path;
  script(east, {{compressed(post_at(stream_us), dictionary), "not a frame", post_at(stream_us)}});
  const auto source = make();
  const Batch batch = next(*source).value();
  std::filesystem::remove(path);
  EXPECT_TRUE(bench.web_sockets.urls().at(0).ends_with("&compress=true"));
  EXPECT_EQ(batch.events.size(), 1u);
  EXPECT_EQ(batch.dropped.at("protocol"), 2);
}

TEST_F(BlueskySourceTest, WithoutItsDictionaryItCannotWork) {
  setup.section.zstd_dictionary = "/nonexistent/dictionary";
  const auto source = make();
  const Result<Batch> batch = next(*source);
  ASSERT_FALSE(batch);
  EXPECT_EQ(batch.error().kind, ErrorKind::bad_request);
  EXPECT_TRUE(bench.web_sockets.urls().empty());
}

}  // namespace
}  // namespace tagscout
