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

constexpr Time start = time_from_us(1'700'000'000'000'000);

Hosts some_hosts() {
  return {.mastodon = {"http://127.0.0.1:1001", "http://127.0.0.1:1002", "http://127.0.0.1:1003"},
          .jetstream = {"ws://127.0.0.1:1004"},
          .appview = "http://127.0.0.1:1005",
          .control = "http://127.0.0.1:1006"};
}

Options quiet_options() {
  Options options;
  options.accounts = 400;
  options.bluesky_share = 0.5;
  options.history_posts = 1'200;
  options.posts_per_second = 100;
  options.duration = seconds(30);
  options.faults = false;
  return options;
}

class SiteTest : public testing::Test {
 protected:
  rapidjson::Document get(Site& site, const std::string& target, Time now, int status = 200) {
    const SiteReply reply = site.answer({"GET", target}, now);
    EXPECT_EQ(reply.status, status) << target;
    rapidjson::Document body;
    body.Parse(reply.body.c_str());
    EXPECT_FALSE(body.HasParseError()) << reply.body;
    return body;
  }

  // The first account that has this role, and lives there.
  Account& account(Role role, bool on_bluesky) {
    for (Account& one : world.accounts()) {
      if (one.role == role && one.on_bluesky() == on_bluesky) return one;
    }
    ADD_FAILURE() << "no such account";
    return world.accounts().front();
  }

  std::vector<rapidjson::Document> pull(SiteStream& stream, Time now) {
    std::vector<rapidjson::Document> events;
    for (const std::string& frame : stream.pull(now, 1'000'000)) {
      events.emplace_back().Parse(frame.c_str());
      EXPECT_FALSE(events.back().HasParseError()) << frame;
    }
    return events;
  }

  World world{quiet_options(), some_hosts(), start};
  MastodonSite home{world, 0};
  MastodonSite elsewhere{world, 1};
  AppViewSite appview{world};
  JetstreamSite jetstream{world};
};

const std::string page = "/api/v1/timelines/tag/slowfashion";
const std::string packed = page + "?any[]=mendedclothes&any%5B%5D=handsewn";

uint64_t id_of(const rapidjson::Value& status) { return std::stoull(status["id"].GetString()); }

TEST_F(SiteTest, PagesAreNewestFirstAndClamped) {
  EXPECT_EQ(get(home, packed, start).Size(), 20u);
  EXPECT_EQ(get(home, packed + "&limit=1000", start).Size(), 40u);
  EXPECT_EQ(get(home, packed + "&limit=0", start).Size(), 1u);
  const auto first = get(home, packed, start);
  for (rapidjson::SizeType i = 1; i < first.Size(); ++i)
    EXPECT_GT(id_of(first[i - 1]), id_of(first[i]));
  const auto second = get(home, packed + "&max_id=" + first[19u]["id"].GetString(), start);
  EXPECT_LT(id_of(second[0u]), id_of(first[19u]));
}

TEST_F(SiteTest, MinIdLeavesNoGapAndSinceIdDoes) {
  std::set<uint64_t> backward;
  const std::string full = packed + "&limit=40";
  for (std::string target = full;;) {
    const auto body = get(home, target, start);
    if (body.Empty()) break;
    for (const auto& status : body.GetArray()) backward.insert(id_of(status));
    target = full;
    target.append("&max_id=").append(body[body.Size() - 1]["id"].GetString());
  }
  ASSERT_GT(backward.size(), 80u);
  std::set<uint64_t> forward;
  for (uint64_t last = 1;;) {
    const auto body = get(home, packed + "&limit=40&min_id=" + std::to_string(last), start);
    if (body.Empty()) break;
    EXPECT_TRUE(forward.empty() || id_of(body[body.Size() - 1]) > *forward.rbegin());
    for (const auto& status : body.GetArray()) forward.insert(id_of(status));
    last = id_of(body[0u]);
  }
  EXPECT_EQ(forward, backward);
  const auto newest = get(home, packed + "&since_id=1", start);
  EXPECT_EQ(id_of(newest[0u]), *backward.rbegin());
  const auto oldest = get(home, packed + "&since_id=1&min_id=1", start);
  EXPECT_EQ(id_of(oldest[oldest.Size() - 1]), *backward.begin());
}

TEST_F(SiteTest, PagesTakeMalformedIdsForTheOldestAndKnowNoUnknownTags) {
  EXPECT_EQ(get(home, packed + "&min_id=notanid", start)[0u],
            get(home, packed + "&min_id=0", start)[0u]);
  EXPECT_TRUE(get(home, "/api/v1/timelines/tag/nosuchtag", start).Empty());
  EXPECT_FALSE(get(home, "/api/v1/timelines/tag/N%C3%84HEN", start).Empty());
  EXPECT_EQ(home.answer({"GET", "/robots.txt"}, start).status, 200);
}

TEST_F(SiteTest, LinkForgetsTheOtherTagsAndIsAbsentOnEmptyPages) {
  const auto link = [&](const std::string& target) {
    const SiteReply reply = home.answer({"GET", target}, start);
    for (const auto& [name, value] : reply.headers) {
      if (name == "Link") return value;
    }
    return std::string();
  };
  EXPECT_NE(link(packed).find("max_id="), std::string::npos);
  EXPECT_EQ(link(packed).find("any"), std::string::npos);
  EXPECT_EQ(link("/api/v1/timelines/tag/nosuchtag"), "");
}

TEST_F(SiteTest, NewPostsAppearWithTimeAndInOrderOfTheirIds) {
  uint64_t last = id_of(get(home, packed + "&limit=1", start)[0u]);
  size_t found = 0;
  for (int ms = 0; ms < 20'000; ms += 100) {
    const Time now = start + milliseconds(ms);
    const auto body = get(home, packed + "&limit=40&min_id=" + std::to_string(last), now);
    found += body.Size();
    if (!body.Empty()) last = id_of(body[0u]);
  }
  EXPECT_GT(found, 20u);
  const auto all = get(home, packed + "&limit=1", start + milliseconds(19'900));
  EXPECT_EQ(id_of(all[0u]), last);
}

TEST_F(SiteTest, OnlyTheHomeTellsTheTruthAboutAnAccount) {
  for (Account& someone : world.accounts()) {
    if (someone.place != 0 || someone.role == Role::hides_counts) continue;
    const std::string lookup = "/api/v1/accounts/lookup?acct=" + someone.name;
    const auto own = get(home, lookup, start);
    EXPECT_EQ(own["followers_count"].GetInt64(), someone.curve.value(start));
    EXPECT_EQ(own["acct"].GetString(), someone.name);
    EXPECT_EQ(own["noindex"].GetBool(), someone.role == Role::noindex);
    EXPECT_EQ(get(home, std::string("/api/v1/accounts/") + own["id"].GetString(), start), own);
    const auto copy = get(elsewhere, lookup + "%40loom.test", start);
    EXPECT_EQ(copy["followers_count"].GetInt64(), someone.stale_followers);
    EXPECT_FALSE(copy.HasMember("noindex"));
    EXPECT_STREQ(copy["uri"].GetString(), own["uri"].GetString());
    EXPECT_STRNE(copy["id"].GetString(), own["id"].GetString());
    get(elsewhere, lookup, start, 404);
  }
}

TEST_F(SiteTest, HiddenCountsAreNegative) {
  const Account& shy = account(Role::hides_counts, false);
  MastodonSite site(world, shy.place);
  const auto body = get(site, "/api/v1/accounts/lookup?acct=" + shy.name, start);
  EXPECT_EQ(body["followers_count"].GetInt64(), -1);
}

TEST_F(SiteTest, GoneAccountsAreSuspendedOrMissingAtHome) {
  const Account& suspended = account(Role::suspended, false);
  const Account& deleted = account(Role::deleted, false);
  MastodonSite first(world, suspended.place);
  MastodonSite second(world, deleted.place);
  const Time end = start + seconds(29);
  EXPECT_FALSE(
      get(first, "/api/v1/accounts/lookup?acct=" + suspended.name, start).HasMember("suspended"));
  EXPECT_TRUE(
      get(first, "/api/v1/accounts/lookup?acct=" + suspended.name, end)["suspended"].GetBool());
  get(second, "/api/v1/accounts/lookup?acct=" + deleted.name, start);
  get(second, "/api/v1/accounts/lookup?acct=" + deleted.name, end, 404);
}

TEST_F(SiteTest, TheSamePostHasOneUriAndOneTruth) {
  std::map<std::string, int64_t> likes;
  const auto own = get(home, packed + "&limit=40&min_id=1", start + seconds(60));
  for (const auto& status : own.GetArray()) {
    likes[status["uri"].GetString()] = status["favourites_count"].GetInt64();
  }
  size_t both = 0;
  size_t less = 0;
  const auto copies = get(elsewhere, packed + "&limit=40&min_id=1", start + seconds(60));
  for (const auto& status : copies.GetArray()) {
    const auto found = likes.find(status["uri"].GetString());
    if (found == likes.end()) continue;
    ++both;
    if (status["favourites_count"].GetInt64() != found->second) ++less;
  }
  EXPECT_GT(both, 10u);
  EXPECT_GT(less, both / 2);
}

TEST_F(SiteTest, BatchesLeaveOutWhatIsMissing) {
  const auto body = get(home, packed + "&limit=2", start);
  const std::string ids = std::string("id[]=") + body[0u]["id"].GetString() +
                          "&id%5B%5D=17&id[]=" + body[1u]["id"].GetString();
  EXPECT_EQ(get(home, "/api/v1/statuses?" + ids, start).Size(), 2u);
  get(home, "/api/v1/statuses/17", start, 404);
  std::string many = "/api/v1/statuses?id[]=1";
  for (int i = 0; i < 20; ++i) many += "&id[]=2";
  get(home, many, start, 422);
}

TEST_F(SiteTest, DeletedPostsAreMissingAtTheirOriginOnly) {
  const Time end = start + seconds(30);
  size_t deleted = 0;
  size_t copies = 0;
  for (const Post& post : world.posts()) {
    const Account& author = world.accounts()[post.account];
    if (author.place != 0 || post.deleted_at > end || author.gone_at != never) continue;
    ++deleted;
    get(home, "/api/v1/statuses/" + std::to_string(snowflake(post.created, post.index)), end, 404);
    if (post.arrived[1] == never || post.arrived[1] > end) continue;
    const SiteReply copy = elsewhere.answer(
        {"GET", "/api/v1/statuses/" + std::to_string(snowflake(post.arrived[1], post.index))}, end);
    if (copy.status == 200) ++copies;
  }
  EXPECT_GT(deleted, 0u);
  EXPECT_GT(copies, 0u);
}

TEST_F(SiteTest, StreamReplaysFromTheCursorInclusive) {
  const Time now = start + seconds(10);
  const auto all = jetstream.subscribe({"GET", "/subscribe?cursor=1"}, now);
  ASSERT_TRUE(all);
  const auto events = pull(*all, now);
  ASSERT_GT(events.size(), 100u);
  for (size_t i = 1; i < events.size(); ++i) {
    EXPECT_LT(events[i - 1]["time_us"].GetInt64(), events[i]["time_us"].GetInt64());
  }
  const int64_t middle = events[50]["time_us"].GetInt64();
  const auto again =
      jetstream.subscribe({"GET", "/subscribe?cursor=" + std::to_string(middle)}, now);
  const auto rest = pull(*again, now);
  ASSERT_EQ(rest.size(), events.size() - 50);
  EXPECT_EQ(rest.front(), events[50]);
  EXPECT_TRUE(pull(*jetstream.subscribe({"GET", "/subscribe"}, now), now).empty());
}

TEST_F(SiteTest, StreamSendsTheWantedCollectionsAndAllAccountEvents) {
  const Time now = start + seconds(29);
  const auto stream = jetstream.subscribe(
      {"GET", "/subscribe?wantedCollections=app.bsky.graph.follow&cursor=1"}, now);
  std::set<std::string> kinds;
  for (const auto& event : pull(*stream, now)) {
    kinds.insert(event["kind"].GetString());
    if (!event.HasMember("commit")) continue;
    EXPECT_STREQ(event["commit"]["collection"].GetString(), "app.bsky.graph.follow");
  }
  EXPECT_EQ(kinds, (std::set<std::string>{"account", "commit", "identity", "weather"}));
  EXPECT_FALSE(jetstream.subscribe({"GET", "/other"}, now));
}

TEST_F(SiteTest, AppViewLeavesOutWhoIsGone) {
  const Account& gone = account(Role::deactivated, true);
  const Account& here = account(Role::rises, true);
  const std::string both =
      "/xrpc/app.bsky.actor.getProfiles?actors=" + gone.did + "&actors=" + here.did;
  world.freeze(start + seconds(29));
  EXPECT_EQ(get(appview, both, start + seconds(29))["profiles"].Size(), 1u);
  get(appview, "/xrpc/app.bsky.actor.getProfile?actor=" + gone.did, start + seconds(29), 400);
  std::string many = "/xrpc/app.bsky.feed.getPosts?uris=at://x";
  for (int i = 0; i < 25; ++i) many += "&uris=at://x";
  get(appview, many, start, 400);
}

TEST_F(SiteTest, AppViewShowsZeroOnce) {
  const Account& odd = account(Role::zero_glitch, true);
  int zeros = 0;
  for (int s = 0; s < 20; ++s) {
    const auto body =
        get(appview, "/xrpc/app.bsky.actor.getProfile?actor=" + odd.did, start + seconds(s));
    if (body["followersCount"].GetInt64() == 0) ++zeros;
  }
  EXPECT_EQ(zeros, 1);
}

TEST(Faults, ComeNowAndThenAndEnd) {
  Faults faults(7, true);
  std::map<Fault, int> struck;
  for (int s = 0; s < 400; ++s) ++struck[faults.strike("http://host", start + seconds(s))];
  EXPECT_GT(struck[Fault::none], 300);
  EXPECT_GT(struck[Fault::rate_limited], 5);
  EXPECT_GT(struck[Fault::unavailable], 5);
  EXPECT_GT(struck[Fault::cut_off], 5);
  faults.end();
  for (int s = 400; s < 500; ++s)
    EXPECT_EQ(faults.strike("http://host", start + seconds(s)), Fault::none);
}

TEST(Served, TellsKillsBetweenAnAnswerAndItsCommit) {
  Served served;
  served.asked("a", 1);
  served.answered("a", 10);
  served.answered("b", 20);
  served.killed(start);
  served.asked("a", 5);
  served.asked("b", 20);
  served.asked("a", 4);
  ASSERT_EQ(served.restarts().size(), 1u);
  EXPECT_EQ(served.restarts()[0].behind, std::vector<std::string>{"a"});
  EXPECT_EQ(served.restarts()[0].asked, 2);
}

}  // namespace
}  // namespace tagscout::testnet
