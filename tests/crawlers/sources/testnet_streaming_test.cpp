// What hashtag streams get wrong, against the simulated network: pitfalls 12, 13 and 14.
#include <gtest/gtest.h>

#include <algorithm>

#include "crawlers/url.h"
#include "tests/crawlers/sources/testnet_bench.h"

namespace tagscout::testnet {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> two_tags = {"handsewn", "slowfashion"};

Options streaming_options(std::vector<std::string> software) {
  Options options = quiet_options(std::move(software));
  options.posts_per_second = 1;
  return options;
}

size_t polls(const TestnetBench& bench, const std::string& tag) {
  const auto asked = bench.web.requests("/timelines/tag/");
  return static_cast<size_t>(std::count_if(asked.begin(), asked.end(), [&](const WebRequest& one) {
    return one.url.find(percent_encode(tag)) != std::string::npos;
  }));
}

TEST(Pitfall12Testnet, TagsThatTheStreamingServerSpellsOtherwiseArePolledAsEver) {
  Options options = streaming_options({"mastodon"});
  options.odd_tags = true;
  TestnetBench bench(options);
  const std::string marked(vocabulary()[marked_word].key);
  // Such a stream opens, and stays empty for ever.
  MastodonSite site(bench.world, 0);
  const auto stream =
      site.subscribe({"GET", "/api/v1/streaming?stream=hashtag&tag=" + percent_encode(marked),
                      "test", access_token},
                     bench.clock.now());
  TestnetReader reader(bench, bench.instance(0, {marked, "slowfashion"}, access_token));
  reader.drain();
  reader.read_for(5min);
  EXPECT_TRUE(stream->pull(bench.clock.now(), 1'000).empty());
  const auto found = reader.ids();
  EXPECT_GT(bench.arrived(0, {marked}).size(), 60u);
  bench.pass(10min);
  reader.read_for(5min);
  EXPECT_EQ(reader.ids(), bench.arrived(0, {marked, "slowfashion"}));
  for (const WebRequest& one : bench.web.requests("/api/v1/streaming")) {
    EXPECT_EQ(one.url.find(percent_encode(marked)), std::string::npos);
  }
  EXPECT_EQ(bench.web.requests("/api/v1/streaming").size(), 1u);
}

TEST(Pitfall13Testnet, WhatTheTokensUserDoesNotWantToSeeIsPolled) {
  Options options = streaming_options({"mastodon", "glitch"});
  options.streamed_language = "en";
  options.blocked = {1};
  TestnetBench bench(options);
  TestnetReader reader(bench, bench.instance(0, two_tags, access_token));
  reader.drain();
  reader.read_for(9min);
  bench.pass(5min);
  reader.read_for(2min);
  EXPECT_EQ(reader.ids(), bench.arrived(0, two_tags));
  std::set<std::string> kept_back;
  for (const std::string& id : reader.ids()) {
    const Post& post = *bench.post(PostId(Network::activitypub, id.substr(3)));
    const bool live = post.arrived[0] > bench.world.start() + 10s;
    if (live && (language_of(post) != "en" || bench.author(post).place == 1)) kept_back.insert(id);
  }
  EXPECT_GT(kept_back.size(), 50u);
}

TEST(Pitfall13Testnet, AStreamThatShowsEverythingSavesPollsAndOneThatFiltersSavesNone) {
  std::map<bool, size_t> asked;
  for (const bool filters : {false, true}) {
    Options options = streaming_options({"mastodon"});
    options.duration = 30min;
    options.streamed_language = filters ? "en" : "";
    TestnetBench bench(options);
    SourceSetup setup = bench.instance(0, {"slowfashion"}, access_token);
    setup.section.poll = 60s;
    TestnetReader reader(bench, setup);
    reader.drain();
    reader.read_for(30min);
    asked[filters] = polls(bench, "slowfashion");
  }
  EXPECT_GT(asked[true], asked[false] * 3 / 2);
}

TEST(Pitfall14Testnet, PayloadsAreReadTwiceAndDeletionsByTheirBareIds) {
  Options options = streaming_options({"mastodon", "glitch"});
  options.plain = false;
  options.stream_changes = true;
  options.posts_per_second = 4;
  TestnetBench bench(options);
  TestnetReader reader(bench, bench.instance(0, two_tags, access_token));
  reader.drain();
  reader.read_for(9min);
  size_t deleted = 0;
  for (const PostDeleted& event : reader.events<PostDeleted>()) {
    const Post* const post = bench.post(event.id);
    ASSERT_NE(post, nullptr);
    EXPECT_EQ(bench.author(*post).place, 0);
    EXPECT_LE(post->deleted_at, bench.clock.now());
    ++deleted;
  }
  EXPECT_GT(deleted, 3u);
  size_t thrown_out = 0;
  for (const PostMissing& event : reader.events<PostMissing>()) {
    const Post* const post = bench.post(event.id);
    ASSERT_NE(post, nullptr);
    EXPECT_NE(bench.author(*post).place, 0);
    ++thrown_out;
  }
  EXPECT_GT(thrown_out, 0u);
  EXPECT_EQ(reader.dropped("protocol"), 0);
  // Each edit came in a frame of its own, with the tags as they are now.
  size_t edited = 0;
  for (const PostSighting& post : reader.posts()) {
    const Post& truth = *bench.post(post.id);
    const auto keys = tag_keys(truth.tags_edited, true);
    if (truth.edited_at == never || truth.tags == truth.tags_edited) continue;
    if (std::equal(keys.begin(), keys.end(), post.tags->begin(), post.tags->end())) ++edited;
  }
  EXPECT_GT(edited, 3u);
}

TEST(Pitfall14Testnet, AStreamThatBreaksIsFilledUpByPolling) {
  Options options = streaming_options({"mastodon"});
  options.spells = {*parse_spell("unreachable:0:100-160")};
  TestnetBench bench(options);
  TestnetReader reader(bench, bench.instance(0, two_tags, access_token));
  reader.drain();
  reader.read_for(8min);
  bench.pass(5min);
  reader.read_for(2min);
  EXPECT_GT(bench.web.requests("/api/v1/streaming").size(), 1u);
  EXPECT_EQ(reader.ids(), bench.arrived(0, two_tags));
}

}  // namespace
}  // namespace tagscout::testnet
