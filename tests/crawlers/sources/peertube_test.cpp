#include "crawlers/sources/peertube.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crawlers/sources/peertube_parse.h"
#include "tests/crawlers/source_bench.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* server = "https://tube.example";
const AccountId channel_id("ap:https://tube.example/video-channels/ada_mends");
const PeerTubeView at_home{.server = server, .stale = false, .bridges = {}};

PostId video_id(int number) {
  return PostId("ap:https://tube.example/videos/watch/9c9de5e8-0a1e-484a-b099-00000000000" +
                std::to_string(number));
}

class PeerTubeTest : public testing::Test {
 protected:
  void SetUp() override {
    setup.section.name = "tube";
    setup.section.type = "peertube";
    setup.section.url = server;
    setup.section.lookback = 24h;
    setup.section.catch_up = 72h;
    setup.tags = {"slowfashion"};
  }
  std::unique_ptr<Source> make() { return peertube_source_type.make_source(setup, bench.tools()); }
  std::unique_ptr<Origin> make_origin() {
    return peertube_source_type.make_origin({setup.section}, bench.tools());
  }
  Batch next(Source& source) {
    Batch batch = bench.run(source.next()).value();
    for (const FeedCursor& cursor : batch.cursors) setup.cursors[cursor.feed] = cursor;
    return batch;
  }
  Batch read_posts(std::vector<PostTarget> targets) {
    const std::unique_ptr<Origin> origin = make_origin();
    return bench.run(origin->read_posts(server, std::move(targets))).value();
  }
  // Answers of the search, in order; then empty pages.
  void search(const std::vector<std::string>& pages) {
    bench.http.otherwise([this, pages](const HttpRequest& request) -> Result<HttpResponse> {
      if (request.url.find("/search/videos") == std::string::npos) {
        return FakeHttp::status(404, "{}");
      }
      return dated_json(served < pages.size() ? pages[served++]
                                              : read_fixture("peertube/videos_end.json"));
    });
  }

  SourceBench bench;
  SourceSetup setup;
  size_t served = 0;
};

using Pitfall28 = PeerTubeTest;

TEST_F(PeerTubeTest, ReadsVideosOldestFirstUntilAPageIsEmpty) {
  search({read_fixture("peertube/videos.json")});
  const std::unique_ptr<Source> source = make();
  const Batch first = next(*source);
  ASSERT_THAT(first.events, SizeIs(4));
  EXPECT_FALSE(first.caught_up);
  const PostSighting post = events_of<PostSighting>(first)[0];
  EXPECT_EQ(post.id, video_id(1));
  EXPECT_EQ(post.author.id, channel_id);
  EXPECT_EQ(post.author.handle, "ada_mends@tube.example");
  EXPECT_EQ(post.created_at, parse_time("2026-11-22T09:01:30Z"));
  EXPECT_EQ(post.language, "fr");
  EXPECT_EQ(post.provenance, Provenance::origin);
  EXPECT_EQ(post.counts->likes, 11);
  EXPECT_EQ(post.counts->replies, 3);
  EXPECT_EQ(post.counts->views, 1001);
  EXPECT_FALSE(post.counts->reposts.has_value());
  EXPECT_FALSE(events_of<PostSighting>(first)[3].counts->replies.has_value()) << "not reported";
  EXPECT_TRUE(next(*source).caught_up);
  EXPECT_THAT(bench.http.urls()[0],
              EndsWith("/api/v1/search/videos?tagsOneOf=slowfashion&sort=publishedAt&nsfw=both"
                       "&count=100&start=0&startDate=2026-11-21T12%3A00%3A00.000Z"));
  EXPECT_THAT(bench.http.urls()[1], HasSubstr("&start=4&"));
}

TEST_F(Pitfall28, AListNamesNoTagsSoTheQueriedOneCounts) {
  const PeerTubePage page =
      parse_videos(read_fixture("peertube/videos.json"), "slowfashion", at_home).value();
  EXPECT_FALSE(page.posts[0].tags.has_value());
  EXPECT_EQ(page.posts[0].queried_tag, "slowfashion");
  const PostSighting video = parse_video(read_fixture("peertube/video.json"), at_home).value();
  EXPECT_THAT(video.tags.value(), ElementsAre("slowfashion", "milky dog"));
}

TEST_F(Pitfall28, WhatIsPublishedLateIsReadAgainWithinAnOverlap) {
  search({read_fixture("peertube/videos.json")});
  std::unique_ptr<Source> source = make();
  while (!next(*source).caught_up) continue;
  EXPECT_EQ(setup.cursors.at("slowfashion").position, parse_time("2026-11-22T09:04:30Z"));
  source = make();
  next(*source);
  EXPECT_THAT(bench.http.urls().back(), HasSubstr("&startDate=2026-11-22T03%3A04%3A30.000Z"));
}

TEST_F(Pitfall28, CountsOfAnotherServersVideosAreForeign) {
  const PeerTubePage page =
      parse_videos(read_fixture("peertube/videos.json"), "slowfashion", at_home).value();
  EXPECT_EQ(page.posts[2].provenance, Provenance::foreign);
  EXPECT_EQ(page.posts[2].author.provenance, Provenance::foreign);
  const PeerTubeView stale{.server = server, .stale = true, .bridges = {}};
  EXPECT_EQ(
      parse_videos(read_fixture("peertube/videos.json"), "x", stale).value().posts[0].provenance,
      Provenance::foreign);
}

TEST_F(PeerTubeTest, AServerThatTurnsNoPagesIsNotAskedForEver) {
  const std::string page = read_fixture("peertube/videos.json");
  search(std::vector<std::string>(50, page));
  const std::unique_ptr<Source> source = make();
  int pages = 1;
  while (!next(*source).caught_up && pages < 50) ++pages;
  EXPECT_EQ(pages, 2);
}

TEST_F(PeerTubeTest, ACrashWithinARoundReadsTheRoundAgain) {
  search({read_fixture("peertube/videos.json")});
  const std::unique_ptr<Source> source = make();
  next(*source);
  EXPECT_EQ(setup.cursors.at("slowfashion").position, parse_time("2026-11-21T12:00:00Z"));
}

TEST_F(PeerTubeTest, FurtherBehindThanCatchUpItJumpsAndSaysSo) {
  bench.fetcher->note_server_time(bench.clock.now());
  setup.cursors["slowfashion"] = {"slowfashion", "publishedAt", bench.clock.now() - 80h};
  search({});
  const std::unique_ptr<Source> source = make();
  const Batch batch = next(*source);
  EXPECT_EQ(batch.dropped.at("gap"), 1);
  EXPECT_THAT(batch.notes, SizeIs(1));
  EXPECT_THAT(bench.http.urls()[0], HasSubstr("&startDate=2026-11-21T12%3A00%3A00.000Z"));
}

TEST_F(PeerTubeTest, ReadsAChannelAtItsHome) {
  bench.http.answer("https://tube.example/api/v1/video-channels/ada_mends",
                    dated_json(read_fixture("peertube/channel.json")));
  const std::unique_ptr<Origin> origin = make_origin();
  std::vector<AccountTarget> targets{AccountTarget(channel_id, "ada_mends@tube.example", "")};
  const Batch batch = bench.run(origin->read_accounts(server, std::move(targets))).value();
  ASSERT_THAT(batch.events, SizeIs(1));
  const AccountSighting channel = events_of<AccountSighting>(batch).at(0);
  EXPECT_EQ(channel.counts.followers, 12'345) << "of the channel, not of the account behind it";
  EXPECT_EQ(channel.provenance, Provenance::origin);
  EXPECT_TRUE(channel.opt_outs == OptOuts());
}

TEST_F(PeerTubeTest, HonoursAMarkerInTheBioOfTheChannelOrItsOwner) {
  for (const char* const bio : {"Coats and seams.", "I mend."}) {
    std::string body = read_fixture("peertube/channel.json");
    body.replace(body.find(bio), 1, "#nobot ");
    EXPECT_TRUE(parse_channel(body, at_home).value().opt_outs.has(OptOut::nobot_tag)) << bio;
  }
}

TEST_F(PeerTubeTest, ABatchSaysWhichVideosItLeftOut) {
  search({read_fixture("peertube/videos.json")});
  const Batch batch =
      read_posts({PostTarget(video_id(1), channel_id), PostTarget(video_id(9), channel_id)});
  ASSERT_THAT(batch.events, SizeIs(2));
  EXPECT_TRUE(events_of<PostSighting>(batch).at(0).reread);
  EXPECT_EQ(events_of<PostMissing>(batch).at(0).id, video_id(9));
  EXPECT_THAT(bench.http.urls()[0],
              HasSubstr("&uuids=9c9de5e8-0a1e-484a-b099-000000000001&uuids="));
}

TEST_F(PeerTubeTest, AVideoAskedForSinglyIsThereOrDeleted) {
  bench.http.answer("https://tube.example/api/v1/videos/9c9de5e8-0a1e-484a-b099-000000000001",
                    dated_json(read_fixture("peertube/video.json")));
  EXPECT_THAT(events_of<PostSighting>(read_posts({PostTarget(video_id(1), channel_id)})),
              SizeIs(1));
  EXPECT_THAT(events_of<PostDeleted>(read_posts({PostTarget(video_id(2), channel_id)})), SizeIs(1));
}

TEST_F(PeerTubeTest, VideosThatAreNotPublicAreDropped) {
  std::string body = read_fixture("peertube/videos.json");
  body.replace(body.find("\"id\": 1,\n    \"label\": \"Public\""), 7, "\"id\": 3");
  const PeerTubePage page = parse_videos(body, "slowfashion", at_home).value();
  EXPECT_EQ(page.rows, 4u);
  EXPECT_EQ(page.dropped.at("visibility"), 1);
}

TEST_F(PeerTubeTest, TellsIdsFromUris) {
  EXPECT_EQ(video_id_of("https://a.example/videos/watch/abc"), "abc");
  EXPECT_EQ(video_id_of("https://a.example/w/abc"), "abc");
  EXPECT_EQ(video_id_of("https://a.example/w/"), "");
  EXPECT_EQ(video_id_of("https://a.example/w/a/b"), "");
  EXPECT_EQ(channel_name_of("https://a.example/video-channels/ada"), "ada");
  EXPECT_EQ(channel_name_of("https://a.example/accounts/ada"), "");
}

}  // namespace
}  // namespace tagscout
