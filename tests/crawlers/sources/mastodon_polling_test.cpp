// How often a source asks, and what servers answer that do not do as they are asked.

#include <gtest/gtest.h>

#include <set>

#include "tests/crawlers/sources/mastodon_source_fixture.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;

class MastodonPolling : public MastodonSourceFixture {
 protected:
  void SetUp() override {
    MastodonSourceFixture::SetUp();
    setup.section.poll = 2min;
    setup.section.sweep = 0h;
  }

  void pass(Duration duration) { pass_time(bench, duration); }

  std::string add(const std::string& tag, Time time) {
    server.add(tag, snowflake_id(time), time);
    return "ap:https://home.example/users/ada/statuses/" + snowflake_id(time);
  }

  // How often the tag's timeline was asked for.
  size_t asked(const std::string& tag) const {
    const std::vector<std::string> urls = timeline_urls();
    return static_cast<size_t>(std::count_if(urls.begin(), urls.end(), [&](const auto& url) {
      return url.find("/tag/" + tag + "?") != url.npos;
    }));
  }

  // Lets time pass as the runner does.
  void run_for(Source& source, Duration duration) {
    const Duration end = bench.clock.steady() + duration;
    while (bench.clock.steady() < end) {
      drain(source);
      pass(*source.rest());
    }
  }
};

using Pitfall01Polling = MastodonPolling;
using Pitfall02Polling = MastodonPolling;
using Pitfall04 = MastodonPolling;
using Pitfall15 = MastodonPolling;

TEST_F(MastodonPolling, ABusyTagIsAskedForOftenAndAQuietOneSeldom) {
  setup.tags = {"busy", "quiet"};
  for (int i = 0; i < 60; ++i) add("busy", noon - i * 1s);
  const auto source = make();
  drain(*source);
  EXPECT_EQ(source->rest(), Duration(2min)) << "the busy one is due first";
  const size_t before = asked("quiet");
  for (int i = 1; i <= 30 * 60; i += 5) add("busy", noon + i * 1s);
  run_for(*source, 29min);
  EXPECT_EQ(asked("quiet"), before);
  EXPECT_GE(asked("busy"), 14u);
  run_for(*source, 2min);
  EXPECT_EQ(asked("quiet"), before + 1) << "once in half an hour";
}

TEST_F(MastodonPolling, AFeedThatRestsIsNoFurtherThanItWasRead) {
  setup.tags = {"busy", "quiet"};
  for (int i = 0; i < 60; ++i) add("busy", noon - i * 1s);
  const auto source = make();
  drain(*source);
  EXPECT_EQ(setup.cursors.at("quiet").position, noon);
  pass(10min);
  for (const Batch& batch : drain(*source)) {
    for (const FeedCursor& cursor : batch.cursors) EXPECT_EQ(cursor.feed, "busy");
  }
  EXPECT_EQ(setup.cursors.at("quiet").position, noon);
  EXPECT_EQ(setup.cursors.at("busy").position, noon + 10min);
}

TEST_F(MastodonPolling, AnIntervalBelowAMinuteIsUsedAsGiven) {
  setup.section.poll = 300ms;
  const auto source = make();
  drain(*source);
  EXPECT_EQ(source->rest(), Duration(300ms));
}

TEST_F(MastodonPolling, AskedTooEarlyItAsksNobody) {
  const auto source = make();
  drain(*source);
  const size_t before = timeline_urls().size();
  const Batch early = next(*source).value();
  EXPECT_TRUE(early.caught_up);
  EXPECT_TRUE(early.events.empty() && early.cursors.empty());
  EXPECT_EQ(timeline_urls().size(), before);
}

TEST_F(MastodonPolling, ATagFarBehindDoesNotKeepTheOthersWaiting) {
  setup.tags = {"far", "near"};
  for (int i = 0; i < 800; ++i) add("far", noon - 20h + i * 1min);
  for (int i = 0; i < 60; ++i) add("near", noon - i * 1s);
  const auto source = make();
  std::string late;
  bool found = false;
  while (!found && asked("far") < 15) {
    if (late.empty() && asked("far") > 6) late = add("near", bench.clock.now());
    const Batch batch = next(*source).value();
    for (const std::string& id : ids({batch})) found = found || id == late;
    pass(30s);  // a slow server
  }
  EXPECT_TRUE(found) << "it is asked again while the other is on its way";
}

TEST_F(Pitfall01Polling, ALimitThatTheServerLowersEndsNothing) {
  server.page_max = 7;
  for (int i = 0; i < 30; ++i) add("knit", noon - 5h + i * 1min);
  remember("knit", snowflake_id(noon - 6h));
  const auto source = make();
  EXPECT_EQ(ids(drain(*source)).size(), 30u);
}

TEST_F(Pitfall01Polling, AServerThatIgnoresIdsIsNotAskedForEver) {
  server.ignores_ids = true;
  for (int i = 0; i < 100; ++i) add("knit", noon - 5h + i * 1min);
  for (const bool remembered : {false, true}) {
    setup.cursors.clear();
    if (remembered) remember("knit", snowflake_id(noon - 6h));
    const size_t before = timeline_urls().size();
    const auto source = make();
    drain(*source);
    EXPECT_LT(timeline_urls().size() - before, 6u) << remembered;
  }
}

TEST_F(Pitfall01Polling, RowsOutOfOrderMoveTheCursorToTheNewest) {
  std::vector<std::string> rows;
  for (const int minute : {3, 9, 1, 7}) {
    const Time time = noon - 1h + minute * 1min;
    rows.push_back(sample_status(
        {{"id", json_string(snowflake_id(time))}, {"created_at", json_string(format_time(time))}}));
  }
  const std::string from = snowflake_id(noon - 1h);
  remember("knit", from);
  bench.http.answer(home_server + "/api/v1/timelines/tag/knit?limit=40&min_id=" + from,
                    dated_json(json_array(rows)));
  const auto source = make();
  EXPECT_EQ(events_of<PostSighting>(next(*source).value()).size(), 4u);
  next(*source).value();
  EXPECT_EQ(url_parameter(timeline_urls().back(), "min_id"), snowflake_id(noon - 51min));
}

TEST_F(Pitfall02Polling, APostPutBehindTheCursorIsFoundByTheSweep) {
  setup.section.sweep = 6h;
  for (int i = 0; i < 100; ++i) add("knit", noon - 20h + i * 10min);
  const auto source = make();
  drain(*source);
  const std::string late = add("knit", noon - 11h - 5min);  // fetched later than it was written
  const std::string too_old = add("knit", noon - 23h);
  std::set<std::string> got;
  for (int i = 0; i < 20; ++i) {
    pass(*source->rest());
    for (const std::string& id : ids(drain(*source))) got.insert(id);
    const bool early = bench.clock.now() < noon + 6h;
    EXPECT_FALSE(early && got.contains(late));
  }
  EXPECT_TRUE(got.contains(late));
  EXPECT_FALSE(got.contains(too_old)) << "lookback has passed it by";
}

TEST_F(Pitfall04, ARefusalIsOneWhateverItsStatus) {
  struct Case {
    int status;
    std::string body;
  };
  const std::vector<Case> cases = {
      {401, R"({"error":"The access token is invalid"})"},
      {401, R"({"error":"Unauthorized: token not supplied"})"},
      {403, R"({"error":"This method requires an authenticated user"})"},
      {422, R"({"error":"This method requires an authenticated user"})"},
  };
  for (const Case& each : cases) {
    bench.http.otherwise([&](const HttpRequest& request) -> Result<HttpResponse> {
      if (request.url.find("instance") != std::string::npos) return dated_json("{}");
      return FakeHttp::status(each.status, each.body);
    });
    EXPECT_EQ(next(*make()).error().kind, ErrorKind::auth) << each.status;
  }
}

TEST_F(Pitfall04, ClosedFeedsAreRefusedWithTheirReasonBeforeAnythingIsAsked) {
  server.instance = R"({"domain":"home.example","configuration":{"timelines_access":
    {"hashtag_feeds":{"local":"authenticated","remote":"disabled"}}}})";
  const Error error = next(*make()).error();
  EXPECT_EQ(error.kind, ErrorKind::auth);
  EXPECT_NE(error.detail.find("a token is needed"), std::string::npos) << error.detail;
  EXPECT_TRUE(timeline_urls().empty());
  // With one it is asked, and what stays hidden is said.
  setup.section.token = "secret";
  const Batch batch = next(*make()).value();
  ASSERT_EQ(batch.notes.size(), 1u);
  EXPECT_NE(batch.notes[0].find("disabled"), std::string::npos);
  EXPECT_FALSE(url_parameter(timeline_urls().back(), "local"));
}

TEST_F(Pitfall15, APageFromAStaleCacheEndsARoundButProvesNothing) {
  remember("knit", snowflake_id(noon - 1h), noon - 1h);
  HttpResponse cached = dated_json("[]");
  cached.headers.emplace_back("Age", "86400");
  bench.http.otherwise([&](const HttpRequest& request) -> Result<HttpResponse> {
    if (request.url.find("instance") != std::string::npos) return dated_json("{}");
    return cached;
  });
  const auto source = make();
  EXPECT_TRUE(drain(*source).back().caught_up);
  EXPECT_EQ(setup.cursors.at("knit").position, noon - 1h);
}

}  // namespace
}  // namespace tagscout
