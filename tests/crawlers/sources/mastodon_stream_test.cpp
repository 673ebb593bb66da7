#include "crawlers/sources/mastodon_stream.h"

#include <gtest/gtest.h>

#include "tests/crawlers/sources/mastodon_source_fixture.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;

const std::string stream_address = "wss://stream.example/api/v1/streaming";

std::string escaped(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\\') escaped.push_back('\\');
    escaped.push_back(c);
  }
  return escaped;
}

// One frame; the payload is JSON in a string.
std::string frame(const std::string& event, const std::string& payload,
                  const std::string& tag = "knit") {
  return R"({"stream":["hashtag",)" + json_string(tag) + R"(],"event":)" + json_string(event) +
         R"(,"payload":)" + json_string(escaped(payload)) + "}\n";
}

std::string status(const std::string& id, const JsonFields& more = {}) {
  JsonFields fields{{"id", json_string(id)},
                    {"uri", json_string("https://home.example/users/ada/statuses/" + id)},
                    {"tags", R"([{"name":"knit"}])"}};
  for (const auto& [name, value] : more) fields[name] = value;
  return sample_status(fields);
}

const JsonFields bruno{{"uri", "\"https://away.example/users/bruno/statuses/5\""},
                       {"account", away_account()}};

// The stream by itself.
class MastodonStreamTest : public testing::Test {
 protected:
  void script(std::vector<std::vector<std::string>> reads, std::optional<Error> end = {}) {
    bench.web_sockets.script(stream_address,
                             {.refused = {}, .reads = std::move(reads), .end = std::move(end)});
  }
  void refuse(ErrorKind kind) {
    bench.web_sockets.script(stream_address,
                             {.refused = Error(kind, "no"), .reads = {}, .end = {}});
  }
  MastodonStream stream(std::vector<std::string> tags = {"knit"}) {
    return MastodonStream(
        {.address = "wss://stream.example", .token = "secret", .tags = std::move(tags)},
        bench.tools());
  }
  Batch connect(MastodonStream& stream) {
    Batch batch;
    bench.run(stream.connect(batch));
    return batch;
  }
  Batch read(MastodonStream& stream) {
    Batch batch;
    Result<void> done = bench.run(read_into(stream, batch));
    EXPECT_TRUE(done);
    return batch;
  }
  // What comes of one read.
  Batch hear(std::vector<std::string> frames) {
    script({std::move(frames)});
    MastodonStream one = stream();
    EXPECT_TRUE(connect(one).notes.empty());
    return read(one);
  }

  SourceBench bench;

 private:
  static boost::asio::awaitable<Result<void>> read_into(MastodonStream& stream, Batch& batch) {
    MastodonView view = home_view();
    co_await stream.read(1s, std::move(view), batch);
    co_return Result<void>();
  }
};

using Pitfall12 = MastodonStreamTest;
using Pitfall14 = MastodonStreamTest;

TEST_F(MastodonStreamTest, SubscribesToEveryTagOnOneConnectionWithTheTokenInAHeader) {
  script({});
  MastodonStream one = stream({"a_b", "knit", "über"});
  EXPECT_TRUE(connect(one).notes.empty());
  EXPECT_TRUE(one.connected());
  EXPECT_EQ(bench.web_sockets.urls(),
            std::vector<std::string>{stream_address + "?stream=hashtag&tag=a_b"});
  EXPECT_EQ(bench.web_sockets.tokens(), std::vector<std::string>{"secret"});
  EXPECT_EQ(bench.web_sockets.sent(),
            (std::vector<std::string>{R"({"type":"subscribe","stream":"hashtag","tag":"knit"})",
                                      R"({"type":"subscribe","stream":"hashtag","tag":"über"})"}));
}

TEST_F(Pitfall12, TagsThatTheStreamingServerSpellsOtherwiseAreOnlyPolled) {
  struct Case {
    std::string tag;
    bool carried;
  };
  const std::vector<Case> cases = {
      {"knit", true},          {"über", true},    {"編み物", true}, {"a·b", true},
      {"می\u200cخواهم", true}, {"10k_run", true}, {"हिन्दी", false}, {"ネコ・ミミ", false},
      {"c++", false},          {"a\"b", false},   {"a b", false},   {"🧶", false},
  };
  for (const Case& each : cases) {
    const MastodonStream one = stream({each.tag});
    EXPECT_EQ(one.carries(each.tag), each.carried) << each.tag;
    EXPECT_EQ(one.idle(), !each.carried) << each.tag;
  }
}

TEST_F(MastodonStreamTest, CarriesNoMoreTagsThanAConnectionTakesAtOnce) {
  std::vector<std::string> tags;
  for (int i = 100; i < 300; ++i) tags.push_back("tag" + std::to_string(i));
  script({});
  MastodonStream one = stream(tags);
  connect(one);
  EXPECT_EQ(bench.web_sockets.sent().size(), 49u);
  EXPECT_TRUE(one.carries("tag149"));
  EXPECT_FALSE(one.carries("tag150"));
}

TEST_F(Pitfall14, PayloadsAreJsonInAStringAndADeletionIsABareId) {
  const Batch batch =
      hear({frame("update", status("101")), frame("status.update", status("102")),
            frame("delete", "101"), frame("delete", "101"), frame("delete", "999")});
  ASSERT_EQ(batch.events.size(), 3u);
  const PostSighting& post = std::get<PostSighting>(batch.events[0]);
  EXPECT_EQ(post.id.text(), "ap:https://home.example/users/ada/statuses/101");
  EXPECT_EQ(post.provenance, Provenance::origin);
  EXPECT_EQ(post.tags, std::vector<std::string>{"knit"});
  const PostDeleted& gone = std::get<PostDeleted>(batch.events[2]);
  EXPECT_EQ(gone.id, post.id);
  EXPECT_EQ(gone.author, post.author.id);
  EXPECT_TRUE(batch.cursors.empty()) << "a stream proves nothing about what it does not show";
  EXPECT_TRUE(batch.dropped.empty());
}

TEST_F(MastodonStreamTest, ADeletionOfACopyIsAskedForAtHome) {
  const Batch batch = hear({frame("update", status("7", bruno)), frame("delete", "7")});
  ASSERT_EQ(batch.events.size(), 2u);
  const PostMissing& missing = std::get<PostMissing>(batch.events[1]);
  EXPECT_EQ(missing.id.text(), "ap:https://away.example/users/bruno/statuses/5");
  EXPECT_EQ(missing.author.text(), "ap:https://away.example/users/bruno");
}

TEST_F(MastodonStreamTest, KnowsTheDeletedPostFromAPageAsWell) {
  script({{frame("delete", "55")}});
  MastodonStream one = stream();
  connect(one);
  const std::string timeline = json_array({status("55")});
  one.seen().add(parse_timeline(timeline, "knit", home_view()).value().rows.at(0), false);
  EXPECT_EQ(events_of<PostDeleted>(read(one)).size(), 1u);
}

TEST_F(MastodonStreamTest, WhatItCannotReadIsCountedAndTheRestIsRead) {
  const std::string whole = frame("update", status("101"));
  std::vector<std::string> frames;
  for (size_t size = 0; size + 2 < whole.size(); size += 11)
    frames.push_back(whole.substr(0, size));
  const auto cut = static_cast<int64_t>(frames.size());
  frames.insert(frames.end(),
                {frame("update", "{"), frame("update", ""), frame("update", "[]"),
                 frame("update", status("102", {{"account", "null"}})), R"({"event":7})",
                 R"({"event":"delete","payload":{}})", "[]", "\xff"});
  frames.push_back(R"({"stream":["user"],"event":"notification","payload":"{}"})");
  frames.push_back(R"({"stream":["user"],"event":"filters_changed"})");
  frames.push_back(frame("update", status("103", {{"visibility", "\"private\""}})));
  frames.push_back(whole);
  const Batch batch = hear(frames);
  EXPECT_EQ(batch.events.size(), 1u);
  EXPECT_GE(batch.dropped.at("protocol"), cut + 7);
  EXPECT_EQ(batch.dropped.at("visibility"), 1);
}

TEST_F(MastodonStreamTest, ALostConnectionIsTriedAgainLaterAndLater) {
  script({}, Error(ErrorKind::transient, "connection lost"));
  for (int i = 0; i < 9; ++i) refuse(ErrorKind::transient);
  script({{frame("update", status("101"))}}, Error(ErrorKind::transient, "lost again"));
  MastodonStream one = stream();
  connect(one);
  EXPECT_EQ(read(one).notes,
            std::vector<std::string>{"the stream: connection lost: polling goes on"});
  EXPECT_FALSE(one.connected());
  Duration last{};
  for (int i = 0; i < 9; ++i) {
    const Duration wait = one.retry_in();
    EXPECT_GT(wait, std::min<Duration>(last, 40s)) << i;
    last = wait;
    connect(one);
    EXPECT_EQ(bench.web_sockets.urls().size(), static_cast<size_t>(i) + 1) << "not before its time";
    pass_time(bench, wait);
    EXPECT_TRUE(connect(one).notes.empty()) << "said once";
  }
  EXPECT_GT(last, Duration(2min));
  pass_time(bench, one.retry_in());
  connect(one);
  EXPECT_TRUE(one.connected());
  EXPECT_EQ(read(one).events.size(), 1u);
  EXPECT_EQ(read(one).notes.size(), 1u);
  EXPECT_LT(one.retry_in(), Duration(3s)) << "it had brought something: the row has ended";
}

TEST_F(MastodonStreamTest, AServerThatRefusesTheUserThriceIsLeftAloneForADay) {
  for (int i = 0; i < 3; ++i) refuse(ErrorKind::auth);
  MastodonStream one = stream();
  for (int i = 0; i < 3; ++i) {
    EXPECT_LE(one.retry_in(), Duration(5s));
    pass_time(bench, one.retry_in());
    connect(one);
  }
  EXPECT_EQ(one.retry_in(), Duration(24h));
}

TEST(MastodonSeenTest, ForgetsTheOldestFirst) {
  MastodonSeen seen(3);
  for (int i = 1; i <= 4; ++i) {
    const std::string timeline = json_array({status(std::to_string(i))});
    seen.add(parse_timeline(timeline, "knit", home_view()).value().rows.at(0), i == 4);
  }
  EXPECT_FALSE(seen.take("1"));
  EXPECT_FALSE(seen.streamed("2"));
  EXPECT_TRUE(seen.streamed("4"));
  EXPECT_TRUE(seen.take("2"));
  EXPECT_FALSE(seen.take("2"));
}

const std::string streaming_instance =
    R"({"domain":"home.example","configuration":{"urls":{"streaming":"wss://stream.example"}}})";

// The stream beside polling.
class StreamingSource : public MastodonSourceFixture {
 protected:
  void SetUp() override {
    MastodonSourceFixture::SetUp();
    server.instance = streaming_instance;
    setup.section.token = "secret";
    setup.section.poll = 2min;
    setup.section.sweep = 0h;
    remember("knit", snowflake_id(noon - 1min), noon - 1min);
  }

  void script(std::vector<std::vector<std::string>> reads, std::optional<Error> end = {}) {
    bench.web_sockets.script(stream_address,
                             {.refused = {}, .reads = std::move(reads), .end = std::move(end)});
  }

  // A post that a page shows from now on; its frame.
  std::string post() {
    const std::string id = snowflake_id(bench.clock.now());
    server.add("knit", id, bench.clock.now());
    return frame("update", status(id));
  }

  // Thirty posts of the last half minute before `end`, one a second; their frames.
  std::vector<std::string> posts_before(Time end) {
    std::vector<std::string> frames;
    for (int i = 30; i > 0; --i) {
      const std::string id = snowflake_id(end - i * 1s);
      server.add("knit", id, end - i * 1s);
      frames.push_back(frame("update", status(id)));
    }
    return frames;
  }

  // Calls next() until the timeline is asked for again; what came meanwhile.
  std::vector<Batch> until_polled(Source& source) {
    const size_t before = timeline_urls().size();
    std::vector<Batch> batches;
    for (int i = 0; i < 1000 && timeline_urls().size() == before; ++i) {
      batches.push_back(next(source).value());
      if (batches.back().caught_up) pass_time(bench, *source.rest());
    }
    return batches;
  }

  // From a poll that came up empty until the next one.
  Duration poll_interval(Source& source) {
    const Duration start = bench.clock.steady();
    until_polled(source);
    return bench.clock.steady() - start;
  }
};

using Pitfall13 = StreamingSource;

TEST_F(StreamingSource, HandsOverWhatTheStreamBringsBetweenPolls) {
  script({{}, {}, {frame("update", status("101"))}});
  const auto source = make();
  const Batch first = next(*source).value();
  EXPECT_FALSE(first.caught_up) << "it waits for the stream";
  EXPECT_EQ(timeline_urls().size(), 1u) << "what came before is polled for";
  next(*source);
  const Batch third = next(*source).value();
  EXPECT_EQ(events_of<PostSighting>(third).size(), 1u);
  EXPECT_TRUE(third.cursors.empty());
  EXPECT_EQ(timeline_urls().size(), 1u);
}

TEST_F(StreamingSource, WithoutATokenOrAnAddressThereIsNoStream) {
  setup.section.token = "";
  next(*make()).value();
  setup.section.token = "secret";
  server.instance = R"({"domain":"home.example","configuration":{"urls":{}}})";
  next(*make()).value();
  setup.tags = {"ネコ・ミミ"};
  EXPECT_TRUE(bench.web_sockets.urls().empty());
}

TEST_F(StreamingSource, TagsThatCannotBeStreamedKeepTheSourceFromNothing) {
  setup.tags = {"ネコ・ミミ"};
  const auto source = make();
  EXPECT_TRUE(drain(*source).back().caught_up);
  EXPECT_TRUE(bench.web_sockets.urls().empty());
  EXPECT_GE(source->rest(), Duration(2min));
}

TEST_F(Pitfall13, AStreamThatLeavesPostsOutDoesNotSlowPollingDown) {
  script({{}});
  const auto source = make();
  next(*source).value();
  posts_before(noon + 1min);
  until_polled(*source);
  EXPECT_EQ(bench.clock.now(), noon + 2min);
  until_polled(*source);
  EXPECT_EQ(poll_interval(*source), Duration(2min));
}

TEST_F(Pitfall13, AStreamThatShowsAllSavesPollsUntilItLeavesSomethingOut) {
  const std::vector<std::string> frames = posts_before(noon + 1min);
  server = TimelineServer();
  server.instance = streaming_instance;
  script({{}, frames});
  const auto source = make();
  next(*source).value();
  posts_before(noon + 1min);
  until_polled(*source);
  EXPECT_EQ(bench.clock.now(), noon + 2min) << "it had shown nothing yet";
  until_polled(*source);
  posts_before(noon + 10min);
  EXPECT_EQ(poll_interval(*source), Duration(8min)) << "four times as long";
  until_polled(*source);
  EXPECT_EQ(poll_interval(*source), Duration(2min));
}

TEST_F(StreamingSource, APostThatBothBringIsTheSamePost) {
  const std::string shown = frame("update", status(snowflake_id(noon)));
  server.add("knit", snowflake_id(noon), noon);
  script({{shown}});
  const auto source = make();
  const Batch batch = next(*source).value();
  const std::vector<PostSighting> posts = events_of<PostSighting>(batch);
  ASSERT_EQ(posts.size(), 2u);
  EXPECT_EQ(posts[0].id, posts[1].id);
}

TEST_F(StreamingSource, EveryConnectionBeginsWithAPoll) {
  script({{}}, Error(ErrorKind::transient, "connection lost"));
  script({});
  const auto source = make();
  next(*source).value();
  EXPECT_EQ(timeline_urls().size(), 1u);
  const Batch lost = next(*source).value();
  EXPECT_EQ(lost.notes.size(), 1u);
  EXPECT_TRUE(lost.caught_up);
  EXPECT_LE(source->rest(), Duration(2s)) << "until it connects again";
  post();
  pass_time(bench, *source->rest());
  const Batch again = next(*source).value();
  EXPECT_EQ(bench.web_sockets.urls().size(), 2u);
  EXPECT_EQ(events_of<PostSighting>(again).size(), 1u) << "what was missed meanwhile";
}

TEST_F(StreamingSource, AStreamThatNeverAnswersKeepsNobodyFromPolling) {
  const auto source = make();  // nothing listens there
  post();
  size_t posts = 0;
  for (int i = 0; i < 5; ++i) {
    for (const Batch& batch : until_polled(*source)) posts += batch.events.size();
  }
  EXPECT_EQ(posts, 1u);
}

}  // namespace
}  // namespace tagscout
