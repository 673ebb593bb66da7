#include "crawlers/sources/mastodon_packs.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "tests/crawlers/sources/mastodon_source_fixture.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
using Tags = std::vector<std::string>;

class MastodonPacks : public MastodonSourceFixture {
 protected:
  void SetUp() override {
    MastodonSourceFixture::SetUp();
    server.instance = R"({"domain":"home.example","version":"4.5.2"})";
    setup.section.sweep = 0h;
  }

  // A new post of the tag, now.
  void post(const std::string& tag) { post_at(tag, bench.clock.now()); }
  void post_at(const std::string& tag, Time time) {
    // Ids of one moment differ in their last bits.
    const std::string id = std::to_string(std::stoull(snowflake_id(time)) + (++posts_ & 0xffff));
    server.add(tag, id, time);
    posted.insert("ap:https://home.example/users/ada/statuses/" + id);
  }

  void pass(Duration duration) { pass_time(bench, duration); }

  // Drains and returns what tags were asked for together, in order.
  std::vector<Tags> round(Source& source) {
    const size_t before = timeline_urls().size();
    for (const std::string& id : ids(drain(source))) got.insert(id);
    std::vector<Tags> asked;
    const std::vector<std::string> urls = timeline_urls();
    for (size_t i = before; i < urls.size(); ++i) asked.push_back(tags_asked(urls[i]));
    return asked;
  }

  std::set<std::string> posted;
  std::set<std::string> got;

 private:
  uint64_t posts_ = 0;
};

using Pitfall02Packs = MastodonPacks;
using Pitfall03Packs = MastodonPacks;
using Pitfall05Packs = MastodonPacks;

TEST_F(MastodonPacks, TagsThatHaveCaughtUpAreAskedForTogether) {
  setup.tags = {"a", "b", "c", "d", "e"};
  for (const std::string& tag : setup.tags) post(tag);
  const auto source = make();
  for (const Tags& asked : round(*source)) EXPECT_EQ(asked.size(), 1u) << "not caught up yet";
  for (const std::string& tag : setup.tags) post(tag);
  const std::vector<Tags> asked = round(*source);
  std::set<Tags> sets(asked.begin(), asked.end());
  EXPECT_EQ(asked.size(), 4u) << "two requests where there were ten";
  EXPECT_EQ(sets.size(), 2u);
  std::set<std::string> all;
  for (const Tags& tags : sets) {
    EXPECT_LE(tags.size(), 4u);
    all.insert(tags.begin(), tags.end());
  }
  EXPECT_EQ(all.size(), 5u);
  EXPECT_EQ(got, posted);
  EXPECT_EQ(round(*source).size(), 2u);
}

TEST_F(MastodonPacks, AServerThatDoesNotKnowAnyIsAskedTagByTag) {
  server.instance =
      "{\"domain\":\"home.example\",\"version\":\"2.7.2 (compatible; Friendica 2024.08)\"}";
  setup.tags = {"a", "b"};
  post("a");
  post("b");
  const auto source = make();
  round(*source);
  for (const Tags& asked : round(*source)) EXPECT_EQ(asked.size(), 1u);
}

TEST_F(MastodonPacks, ATagNeverReadStartsAloneAtLookbackAndJoinsWhenItHasCaughtUp) {
  setup.tags = {"a", "b"};
  post("a");
  post("b");
  round(*make());
  setup.tags = {"a", "b", "new"};
  for (int i = 0; i < 90; ++i) post_at("new", noon - 20h + i * 1min);
  const auto source = make();
  for (const Tags& asked : round(*source)) EXPECT_NE(asked, (Tags{"a", "b", "new"}));
  EXPECT_EQ(got, posted);
  for (const Tags& asked : round(*source)) EXPECT_EQ(asked, setup.tags);
  EXPECT_EQ(round(*source), std::vector<Tags>{setup.tags});
}

TEST_F(Pitfall05Packs, ATagThatTheServerDoesNotKnowIsNeverInThePathOfAPack) {
  setup.tags = {"a-unknown", "b-unknown", "c-known"};
  post("c-known");
  const auto source = make();
  round(*source);
  for (int i = 0; i < 3; ++i) {
    for (const Tags& asked : round(*source)) EXPECT_EQ(asked, setup.tags);
    EXPECT_NE(timeline_urls().back().find("/tag/c-known?"), std::string::npos);
  }
  post("a-unknown");
  round(*source);
  EXPECT_EQ(got, posted);
  // Among tags of which it knows none, each is asked for by itself.
  setup.tags = {"x-unknown", "y-unknown"};
  setup.cursors.clear();
  const auto lost = make();
  round(*lost);
  EXPECT_EQ(round(*lost).size(), 2u);
  post("y-unknown");
  round(*lost);
  EXPECT_EQ(got, posted);
}

TEST_F(MastodonPacks, WhatWasReadTogetherIsReadTogetherAfterARestart) {
  setup.tags = {"a", "b", "c"};
  for (const std::string& tag : setup.tags) post(tag);
  const auto source = make();
  round(*source);
  post("b");
  round(*source);
  const auto again = make();
  EXPECT_EQ(round(*again), std::vector<Tags>{setup.tags});
}

TEST_F(MastodonPacks, ATagTakenOutOfAPackGoesOnWhereThePackWas) {
  setup.tags = {"a", "b", "c"};
  for (const std::string& tag : setup.tags) post(tag);
  const auto source = make();
  round(*source);
  pass(1h);
  for (const std::string& tag : setup.tags) post(tag);
  round(*source);
  const std::string reached = setup.cursors.at("c").value;
  EXPECT_EQ(setup.cursors.at("a").value, reached) << "each is as far as its pack";
  EXPECT_EQ(setup.cursors.at("b").value, reached);
  pass(1h);
  post("b");
  setup.tags = {"b"};
  const auto alone = make();
  round(*alone);
  EXPECT_EQ(got, posted);
  const std::vector<std::string> urls = timeline_urls();
  EXPECT_EQ(url_parameter(urls[urls.size() - 2], "min_id"), reached.substr(0, reached.find(';')));
  EXPECT_EQ(setup.cursors.at("a").value, reached) << "kept for when its tag comes back";
}

TEST_F(MastodonPacks, ANewPackStartsAtTheLeastCursorOfItsMembers) {
  setup.tags = {"busy", "quiet"};
  // The last post of one is weeks old, yet it has been read until now.
  setup.cursors["quiet"] = {"quiet", snowflake_id(noon - 500h) + ";0k", noon - 1min};
  setup.cursors["busy"] = {"busy", snowflake_id(noon - 1h) + ";0k", noon - 1min};
  setup.section.poll = 2min;
  for (int i = 0; i < 60; ++i) post_at("busy", noon - 50h + i * 30min);
  const auto source = make();
  round(*source);
  pass(1h);
  const size_t before = timeline_urls().size();
  round(*source);
  const std::string from = *url_parameter(timeline_urls().at(before), "min_id");
  const Time start = snowflake_time(from).value();
  EXPECT_GT(start, noon - 3h) << "weeks are not read again for the sake of a quiet tag";
  EXPECT_LT(start, noon - 59min);
}

TEST_F(MastodonPacks, APackThatIsRefusedIsReadTagByTag) {
  setup.tags = {"a", "b"};
  post("a");
  post("b");
  bench.http.otherwise([this](const HttpRequest& request) -> Result<HttpResponse> {
    if (request.url.find("any[]") != std::string::npos) {
      return FakeHttp::status(400, R"({"error":"one at a time"})");
    }
    return server.answer(request);
  });
  const auto source = make();
  round(*source);
  post("a");
  post("b");
  round(*source);
  EXPECT_EQ(got, posted);
  for (const Tags& asked : round(*source)) EXPECT_EQ(asked.size(), 1u);
}

TEST_F(Pitfall03Packs, EveryPageOfAPackAsksForAllItsTags) {
  setup.tags = {"a", "b", "c"};
  for (const std::string& tag : setup.tags) post(tag);
  const auto source = make();
  round(*source);
  for (int i = 0; i < 50; ++i) {
    pass(1s);
    for (const std::string& tag : setup.tags) post(tag);
  }
  const std::vector<Tags> asked = round(*source);
  EXPECT_EQ(asked.size(), 5u) << "150 posts, 40 a page, and the empty one";
  for (const Tags& tags : asked) EXPECT_EQ(tags, setup.tags);
  EXPECT_EQ(got, posted);
}

TEST_F(Pitfall02Packs, ASweepOfAPackFindsWhatWasPutBehindTheCursor) {
  setup.section.sweep = 6h;
  setup.tags = {"a", "b"};
  post("a");
  post("b");
  const auto source = make();
  round(*source);
  pass(5h);
  post_at("b", noon - 3h);
  post("a");
  round(*source);
  EXPECT_NE(got, posted) << "not before it is time";
  pass(2h);
  for (const Tags& asked : round(*source)) EXPECT_EQ(asked, setup.tags);
  EXPECT_EQ(got, posted);
}

TEST_F(MastodonPacks, APostWithoutTagsInAPackIsCountedAndLeftOut) {
  setup.tags = {"a", "b"};
  post("a");
  post("b");
  const auto source = make();
  round(*source);
  const std::string id = snowflake_id(bench.clock.now() + 1s);
  bench.http.otherwise([&](const HttpRequest& request) -> Result<HttpResponse> {
    if (url_parameter(request.url, "min_id") == id) return dated_json("[]");
    const JsonFields untagged{{"id", json_string(id)}, {"tags", ""}};
    return dated_json(json_array({sample_status(untagged)}));
  });
  const Batch batch = next(*source).value();
  EXPECT_EQ(batch.dropped.at("protocol"), 1);
  EXPECT_TRUE(batch.events.empty());
}

TEST_F(MastodonPacks, WhateverComesAndGoesNoPostIsMissed) {
  const Tags all = {"a", "b", "c", "d", "e", "f", "g"};
  std::mt19937 dice(7);  // NOLINT
  std::map<std::string, Time> read_since;
  std::unique_ptr<MastodonSource> source;
  for (int step = 0; step < 300; ++step) {
    if (!source || dice() % 7 == 0) {
      setup.tags.clear();
      for (const std::string& tag : all) {
        if (dice() % 3 != 0) setup.tags.push_back(tag);
      }
      source = make();
    }
    pass(1s * (dice() % 300));
    for (auto posts = dice() % 90; posts > 0; --posts) {
      pass(10ms);
      post(all[dice() % (all.size() - 1)]);  // of the last there is never one
    }
    // Sometimes it ends in the middle of a round, with what it has handed over.
    if (dice() % 3 == 0) {
      const Batch batch = next(*source).value();
      for (const FeedCursor& cursor : batch.cursors) setup.cursors[cursor.feed] = cursor;
      for (const std::string& id : ids({batch})) got.insert(id);
      source.reset();
    } else {
      round(*source);
    }
  }
  setup.tags = all;
  source = make();
  round(*source);
  EXPECT_EQ(got, posted);
  size_t packed = 0;
  for (const std::string& url : timeline_urls()) packed += tags_asked(url).size() > 1 ? 1u : 0u;
  EXPECT_GT(packed, 300u);
}

TEST(PlanPacks, FillsPacksOfFourThatEachHaveAKnownTag) {
  const auto feed = [](const std::string& tag, bool known) {
    const FeedCursor cursor{
        .feed = tag, .value = snowflake_id(noon) + (known ? ";0k" : ";0"), .position = noon};
    return MastodonFeed(tag, &cursor, {});
  };
  struct Case {
    std::string known;  // one letter for each tag
    std::vector<size_t> sizes;
  };
  const std::vector<Case> cases = {
      {"", {}},
      {"k", {}},
      {"u", {}},
      {"uu", {}},
      {"ku", {2}},
      {"uk", {2}},
      {"kk", {2}},
      {"kkkk", {4}},
      {"kkkkk", {4}},
      {"uuuuk", {4}},
      {"kkuuuuuu", {4, 4}},
      {"kuuuuuuu", {4}},
      {"kkkkkk", {4, 2}},
  };
  for (const Case& each : cases) {
    std::vector<MastodonFeed> feeds;
    for (const char known : each.known) {
      feeds.push_back(feed("t" + std::to_string(feeds.size()), known == 'k'));
    }
    std::vector<const MastodonFeed*> pointers;
    for (const MastodonFeed& one : feeds) pointers.push_back(&one);
    std::vector<size_t> sizes;
    std::set<size_t> places;
    for (const std::vector<size_t>& pack : plan_packs(pointers)) {
      sizes.push_back(pack.size());
      bool known = false;
      for (const size_t place : pack) {
        EXPECT_TRUE(places.insert(place).second) << each.known;
        known = known || feeds[place].known();
      }
      EXPECT_TRUE(known) << each.known;
    }
    EXPECT_EQ(sizes, each.sizes) << each.known;
  }
}

}  // namespace
}  // namespace tagscout
