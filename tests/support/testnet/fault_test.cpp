// What goes wrong, when it is asked for.
#include "tests/support/testnet/faults.h"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <set>

#include "tests/support/testnet/bluesky_site.h"
#include "tests/support/testnet/mastodon_site.h"
#include "tests/support/testnet/world.h"

namespace tagscout::testnet {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Time start = time_from_us(1'763'900'000'000'000);
const std::string tag_page =
    "/api/v1/timelines/tag/slowfashion?any[]=mendedclothes&any[]=handsewn&limit=40";

Hosts some_hosts() {
  return {.mastodon = {"http://127.0.0.1:1001", "http://127.0.0.1:1002", "http://127.0.0.1:1003"},
          .jetstream = {"ws://127.0.0.1:1004", "ws://127.0.0.1:1005"},
          .appview = "http://127.0.0.1:1006",
          .control = {}};
}

Options quiet() {
  Options options;
  options.accounts = 400;
  options.bluesky_share = 0.5;
  options.history_posts = 1'200;
  options.posts_per_second = 100;
  options.duration = seconds(30);
  options.faults = false;
  return options;
}

struct Bench {
  explicit Bench(Options options) : world(std::move(options), some_hosts(), start) {}

  SiteReply ask(const std::string& target, Time now) { return home.answer({"GET", target}, now); }
  rapidjson::Document get(const std::string& target, Time now) {
    const SiteReply reply = ask(target, now);
    EXPECT_EQ(reply.status, 200) << target;
    rapidjson::Document body;
    body.Parse(reply.body.c_str());
    return body;
  }
  std::vector<int64_t> times(SiteStream& stream, Time now) const {
    std::vector<int64_t> found;
    for (const std::string& frame : stream.pull(now, 1'000'000)) {
      rapidjson::Document event;
      event.Parse(frame.c_str());
      found.push_back(event["time_us"].GetInt64());
    }
    return found;
  }

  World world;
  MastodonSite home{world, 0};
  AppViewSite appview{world};
  JetstreamSite first{world, 0};
  JetstreamSite second{world, 1};
};

std::string header(const SiteReply& reply, const std::string& name) {
  for (const auto& [key, value] : reply.headers) {
    if (key == name) return value;
  }
  return "none";
}

std::string at(Time time) { return "cursor=" + std::to_string(to_us(time)); }

struct SpellCase {
  const char* text;
  bool good;
};

TEST(Spells, AreReadOrRefused) {
  for (const SpellCase& one :
       {SpellCase{"storm:1:5-12", true}, SpellCase{"silent:jetstream-0:0-1.5", true},
        SpellCase{"storm:1:5", false}, SpellCase{"storm:1", false}, SpellCase{"hail:1:5-12", false},
        SpellCase{"storm:1:x-12", false}, SpellCase{"storm:1:", false}, SpellCase{"", false}}) {
    EXPECT_EQ(parse_spell(one.text).has_value(), one.good) << one.text;
  }
  const auto spell = parse_spell("unreachable:3:5-12.5");
  EXPECT_EQ(spell->where, "3");
  EXPECT_EQ(spell->to, milliseconds(12'500));
}

TEST(Spells, LieOnOnePlaceForAWhile) {
  Options options = quiet();
  options.spells = {*parse_spell("unreachable:0:5-10")};
  Bench bench(options);
  MastodonSite other(bench.world, 1);
  EXPECT_FALSE(bench.ask(tag_page, start + seconds(4)).hang_up);
  EXPECT_TRUE(bench.ask(tag_page, start + seconds(5)).hang_up);
  EXPECT_TRUE(bench.ask("/robots.txt", start + seconds(6)).hang_up);
  EXPECT_FALSE(other.answer({"GET", tag_page}, start + seconds(6)).hang_up);
  EXPECT_FALSE(bench.ask(tag_page, start + seconds(10)).hang_up);
  bench.world.faults().add(*parse_spell("unavailable:appview:0-3"), start + seconds(12));
  const std::string profile = "/xrpc/app.bsky.actor.getProfiles?actors=did:plc:x";
  EXPECT_EQ(bench.appview.answer({"GET", profile}, start + seconds(13)).status, 503);
  EXPECT_EQ(bench.appview.answer({"GET", profile}, start + seconds(16)).status, 200);
}

TEST(Spells, StormsTellTheirEndWithoutRetryAfterAndSpareTheRobots) {
  Options options = quiet();
  options.spells = {*parse_spell("storm:0:0-9")};
  Bench bench(options);
  const SiteReply reply = bench.ask(tag_page, start + seconds(1));
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(parse_time(header(reply, "X-RateLimit-Reset")), start + seconds(3));
  EXPECT_EQ(header(reply, "Retry-After"), "none");
  EXPECT_EQ(bench.ask("/robots.txt", start + seconds(1)).status, 200);
}

TEST(Spells, ServersFailInHtmlOrBreakOff) {
  Options options = quiet();
  options.spells = {*parse_spell("unavailable:0:0-2"), *parse_spell("cut_off:0:2-4")};
  Bench bench(options);
  EXPECT_EQ(bench.ask(tag_page, start).content_type, "text/html");
  EXPECT_TRUE(bench.ask(tag_page, start + seconds(2)).cut_off);
}

TEST(Spells, CachesAnswerWhatTheyHaveAndSayItsAge) {
  Options options = quiet();
  options.spells = {*parse_spell("stale:0:5-10")};
  Bench bench(options);
  const SiteReply fresh = bench.ask(tag_page, start + seconds(1));
  EXPECT_EQ(header(fresh, "Age"), "none");
  const SiteReply stale = bench.ask(tag_page, start + seconds(9));
  EXPECT_EQ(stale.body, fresh.body);
  EXPECT_EQ(header(stale, "Age"), "86400");
  EXPECT_EQ(bench.ask(tag_page + "&max_id=7", start + seconds(9)).status, 503);
  EXPECT_NE(bench.ask(tag_page, start + seconds(11)).body, fresh.body);
}

TEST(Spells, FeedsAreClosedInPartOrWhole) {
  Options options = quiet();
  options.spells = {*parse_spell("closed:0:0-5"), *parse_spell("local_only:0:5-10"),
                    *parse_spell("remote_only:0:10-15")};
  Bench bench(options);
  const SiteReply closed = bench.ask(tag_page, start + seconds(1));
  EXPECT_EQ(closed.status, 422);
  EXPECT_NE(closed.body.find("requires an authenticated user"), std::string::npos);
  const SiteRequest known{"GET", tag_page, "x", access_token};
  EXPECT_EQ(bench.home.answer(known, start + seconds(1)).status, 200);
  const auto access = [&](int s) {
    const auto about = bench.get("/api/v2/instance", start + seconds(s));
    const auto& feeds = about["configuration"]["timelines_access"]["hashtag_feeds"];
    return std::string(feeds["local"].GetString()) + " " + feeds["remote"].GetString();
  };
  EXPECT_EQ(access(1), "authenticated authenticated");
  EXPECT_EQ(access(6), "public authenticated");
  EXPECT_EQ(access(11), "authenticated public");
  EXPECT_EQ(bench.ask(tag_page, start + seconds(6)).status, 422);
  const std::string base = bench.world.names().hosts().mastodon[0];
  const auto local = bench.get(tag_page + "&local=true", start + seconds(6));
  EXPECT_GT(local.Size(), 0u);
  for (const auto& post : local.GetArray()) {
    EXPECT_TRUE(std::string(post["uri"].GetString()).starts_with(base));
  }
  const auto remote = bench.get(tag_page + "&remote=true", start + seconds(11));
  EXPECT_GT(remote.Size(), 0u);
  for (const auto& post : remote.GetArray()) {
    EXPECT_FALSE(std::string(post["uri"].GetString()).starts_with(base));
  }
}

TEST(Spells, TheAppViewTellsItsResetInSeconds) {
  Options options = quiet();
  options.spells = {*parse_spell("storm:appview:0-5")};
  Bench bench(options);
  const SiteReply reply =
      bench.appview.answer({"GET", "/xrpc/app.bsky.feed.getPosts?uris=at://x"}, start);
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(header(reply, "RateLimit-Reset"), std::to_string(to_us(start) / 1'000'000 + 1));
  EXPECT_EQ(header(reply, "Retry-After"), "1");
}

TEST(AppView, ForgetsOneOfABatchOnceAndShowsLabelsThatWereTakenBack) {
  Bench bench(quiet());
  std::string target = "/xrpc/app.bsky.actor.getProfiles?";
  size_t asked = 0;
  size_t forgotten = 0;
  size_t taken_back = 0;
  for (const Account& one : bench.world.accounts()) {
    if (!one.on_bluesky() || asked == 25) continue;
    // The forgetful ones, and some who had a wish.
    if (one.index % 61 != 0 && one.index % 40 != 1) continue;
    ++asked;
    if (one.index % 61 == 0) ++forgotten;
    if (one.index % 40 == 1 && one.index % 61 != 0) ++taken_back;
    target += "actors=" + one.did + "&";
  }
  ASSERT_GT(forgotten, 0u);
  const SiteReply first = bench.appview.answer({"GET", target}, start);
  const SiteReply second = bench.appview.answer({"GET", target}, start);
  rapidjson::Document body;
  body.Parse(first.body.c_str());
  EXPECT_EQ(body["profiles"].Size(), asked - forgotten);
  size_t negated = 0;
  for (const auto& profile : body["profiles"].GetArray()) {
    for (const auto& label : profile["labels"].GetArray())
      negated += label.HasMember("neg") ? 1 : 0;
  }
  EXPECT_GT(negated, 0u);
  EXPECT_LE(negated, taken_back);
  body.Parse(second.body.c_str());
  EXPECT_EQ(body["profiles"].Size(), asked);
}

TEST(Limits, PagesAreClampedBelowWhatWasAsked) {
  Options options = quiet();
  options.page_max = 7;
  Bench bench(options);
  EXPECT_EQ(bench.get(tag_page, start).Size(), 7u);
}

TEST(Limits, TheTighterOfTwoBudgetsIsToldAndBothHold) {
  Options options = quiet();
  options.limit = 10;
  options.paging_limit = 3;
  options.limit_period = seconds(10);
  Bench bench(options);
  const std::string next = tag_page + "&min_id=1";
  EXPECT_EQ(header(bench.ask(next, start), "X-RateLimit-Remaining"), "2");
  EXPECT_EQ(header(bench.ask(tag_page, start), "X-RateLimit-Remaining"), "8");
  bench.ask(next, start);
  EXPECT_EQ(header(bench.ask(next, start), "X-RateLimit-Remaining"), "0");
  EXPECT_EQ(bench.ask(next, start).status, 429);
  EXPECT_EQ(bench.ask(tag_page, start).status, 200);
  EXPECT_EQ(bench.ask(next, start + seconds(10)).status, 200);
}

TEST(Lag, LatePostsComeBehindWhatIsThereOrAfterIt) {
  Options options = quiet();
  options.bluesky_share = 0;
  options.lag = seconds(8);
  Bench bench(options);
  const auto ids = [&](Time now) {
    std::vector<uint64_t> found;
    PageRequest all;
    all.limit = 100'000;
    for (const TimelineEntry& one :
         bench.world.timeline(0).page(all, now, [](uint32_t) { return true; })) {
      found.push_back(one.id);
    }
    return found;
  };
  const auto before = ids(start + seconds(15));
  const auto after = ids(start + seconds(16));
  const std::set<uint64_t> known(before.begin(), before.end());
  size_t behind = 0;
  for (const uint64_t id : after) behind += !known.contains(id) && id < before.front() ? 1u : 0u;
  EXPECT_GT(behind, 0u);
  EXPECT_GT(after.size(), before.size() + behind) << "others were pushed late, and come last";
}

TEST(Streams, ChangeTheOrderWhereThePastMeetsThePresent) {
  Options options = quiet();
  options.faults = true;
  Bench bench(options);
  const Time now = start + seconds(3);
  const auto stream = bench.first.subscribe({"GET", "/subscribe?" + at(start)}, now);
  std::vector<int64_t> seen = bench.times(*stream, now);
  const size_t past = seen.size();
  for (const int64_t time : bench.times(*stream, now + milliseconds(900))) seen.push_back(time);
  ASSERT_GT(seen.size(), past + 1);
  EXPECT_GT(seen[past], seen[past + 1]);
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end()) << "nothing comes twice";
  Bench calm(quiet());
  const auto orderly = calm.first.subscribe({"GET", "/subscribe?" + at(start)}, now);
  std::vector<int64_t> all = calm.times(*orderly, now + seconds(2));
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
}

TEST(Streams, GoOnAtTheFreezeWithNothingLeftOut) {
  Options options = quiet();
  options.faults = true;
  Bench bench(options);
  const Time now = start + seconds(3);
  bench.world.advance(now);
  const size_t events = bench.world.stream().events().size();
  const auto stream = bench.first.subscribe({"GET", "/subscribe?cursor=1"}, now);
  EXPECT_EQ(bench.times(*stream, now).size(), events - 1);
  bench.world.freeze(now);
  EXPECT_EQ(bench.times(*stream, now).size(), 1u);
}

TEST(Streams, ClampOldCursorsAndTheSecondBridgeGoesFurtherBack) {
  Options options = quiet();
  options.stream_keeps = seconds(5);
  Bench bench(options);
  const Time now = start + seconds(20);
  const auto first_time = [&](JetstreamSite& site, Time cursor) {
    return bench.times(*site.subscribe({"GET", "/subscribe?" + at(cursor)}, now), now).front();
  };
  EXPECT_GE(first_time(bench.first, start), to_us(now - seconds(5)));
  EXPECT_GE(first_time(bench.first, now - seconds(2)), to_us(now - seconds(2)));
  EXPECT_LT(first_time(bench.second, now - seconds(2)), to_us(now - seconds(4)));
}

TEST(Streams, FallSilentWithoutBreaking) {
  Options options = quiet();
  options.spells = {*parse_spell("silent:jetstream-0:5-10")};
  Bench bench(options);
  const auto stream = bench.first.subscribe({"GET", "/subscribe?" + at(start)}, start + seconds(6));
  ASSERT_TRUE(stream);
  EXPECT_TRUE(bench.times(*stream, start + seconds(7)).empty());
  EXPECT_FALSE(stream->broken(start + seconds(7)));
  EXPECT_FALSE(bench.times(*stream, start + seconds(11)).empty());
  bench.world.faults().add(*parse_spell("unreachable:jetstream-0:0-3"), start + seconds(12));
  EXPECT_TRUE(stream->broken(start + seconds(13)));
  EXPECT_FALSE(bench.first.subscribe({"GET", "/subscribe"}, start + seconds(13)));
  EXPECT_TRUE(bench.second.subscribe({"GET", "/subscribe"}, start + seconds(13)));
}

}  // namespace
}  // namespace tagscout::testnet
