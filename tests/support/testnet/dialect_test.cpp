// Each kind of server speaks as the real one does.
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <set>

#include "tests/support/testnet/mastodon_site.h"
#include "tests/support/testnet/world.h"

namespace tagscout::testnet {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Time start = time_from_us(1'763'900'000'000'000);
const std::string tag_page = "/api/v1/timelines/tag/slowfashion";
const std::string lookup = "/api/v1/accounts/lookup?acct=";

Hosts five_hosts() {
  Hosts hosts;
  for (const char* port : {"1001", "1002", "1003", "1004", "1005"}) {
    hosts.mastodon.push_back(std::string("http://127.0.0.1:") + port);
  }
  hosts.jetstream = {"ws://127.0.0.1:1006"};
  return hosts;
}

Options five_kinds(std::vector<std::string> software) {
  Options options;
  options.software = std::move(software);
  options.accounts = 3'000;
  options.bluesky_share = 0;
  options.history_posts = 3'500;
  options.posts_per_second = 100;
  options.duration = seconds(30);
  options.faults = false;
  return options;
}

class DialectTest : public testing::Test {
 protected:
  SiteReply ask(const std::string& target, const std::string& token = access_token) {
    return site().answer({"GET", target, "test/1 (+x)", token}, start);
  }

  rapidjson::Document get(const std::string& target) {
    const SiteReply reply = ask(target);
    EXPECT_EQ(reply.status, 200) << target << reply.body;
    rapidjson::Document body;
    body.Parse(reply.body.c_str());
    EXPECT_FALSE(body.HasParseError()) << reply.body;
    return body;
  }

  // From now on another server is asked.
  void choose(size_t place) { site_ = std::make_unique<MastodonSite>(world, place); }

  MastodonSite& site() { return *site_; }

  Account& resident(size_t place, Role role = Role::steady) {
    for (Account& one : world.accounts()) {
      if (one.place == place && one.role == role) return one;
    }
    ADD_FAILURE() << "nobody lives there";
    return world.accounts().front();
  }

  static std::string header(const SiteReply& reply, const std::string& name) {
    for (const auto& [key, value] : reply.headers) {
      if (key == name) return value;
    }
    return "none";
  }

  enum Place : size_t { modern, old, gotosocial, akkoma, pixelfed };
  World world{five_kinds({"mastodon", "mastodon-3.5", "gotosocial", "akkoma", "pixelfed"}),
              five_hosts(), start};
  std::unique_ptr<MastodonSite> site_ = std::make_unique<MastodonSite>(world, 0);
};

TEST_F(DialectTest, EveryServerSaysWhatItRuns) {
  const std::vector<std::string> names = {"mastodon", "mastodon", "gotosocial", "akkoma",
                                          "pixelfed"};
  for (size_t place = 0; place < names.size(); ++place) {
    choose(place);
    const auto links = get("/.well-known/nodeinfo");
    const std::string href = links["links"][0u]["href"].GetString();
    const std::string& base = world.names().hosts().mastodon[place];
    ASSERT_TRUE(href.starts_with(base + "/"));
    EXPECT_EQ(get(href.substr(base.size()))["software"]["name"].GetString(), names[place]);
    EXPECT_TRUE(get("/api/v1/instance").HasMember("version"));
  }
}

TEST_F(DialectTest, OnlyWhoIsNewEnoughDescribesItselfInTheSecondWay) {
  const auto feeds = get("/api/v2/instance");
  EXPECT_STREQ(feeds["configuration"]["timelines_access"]["hashtag_feeds"]["local"].GetString(),
               "public");
  EXPECT_STREQ(feeds["domain"].GetString(), "loom.test");
  choose(old);
  EXPECT_EQ(ask("/api/v2/instance").status, 404);
  EXPECT_STREQ(get("/api/v1/instance")["uri"].GetString(), "thimble.test");
  choose(gotosocial);
  EXPECT_FALSE(get("/api/v2/instance")["configuration"].HasMember("timelines_access"));
}

TEST_F(DialectTest, OldServersNameNoActorsButResolveThem) {
  choose(old);
  const Account& someone = resident(old);
  const auto account = get(lookup + someone.name);
  EXPECT_FALSE(account.HasMember("uri"));
  const auto found =
      get("/.well-known/webfinger?resource=acct:" + someone.name + "%40thimble.test");
  EXPECT_STREQ(found["links"][1u]["rel"].GetString(), "self");
  EXPECT_EQ(found["links"][1u]["href"].GetString(), world.names().native(someone));
  EXPECT_EQ(ask("/.well-known/webfinger?resource=acct:nobody_1@thimble.test").status, 404);
  EXPECT_EQ(ask("/.well-known/webfinger?resource=acct:" + someone.name + "@loom.test").status, 404);
  EXPECT_EQ(ask("/.well-known/webfinger").status, 400);
}

struct IdCase {
  size_t place;
  size_t length;  // 0: any
  bool decimal;
};

TEST_F(DialectTest, IdsAreOfTheServersOwnKindAndInOrder) {
  for (const IdCase& one : {IdCase{modern, 18, true}, IdCase{gotosocial, 26, false},
                            IdCase{akkoma, 18, false}, IdCase{pixelfed, 0, true}}) {
    choose(one.place);
    const auto page = get(tag_page + "?limit=40");
    ASSERT_GT(page.Size(), 5u);
    std::string last;
    for (const auto& post : page.GetArray()) {
      const std::string id = post["id"].GetString();
      EXPECT_TRUE(one.length == 0 || id.size() == one.length) << id;
      EXPECT_EQ(id.find_first_not_of("0123456789") == std::string::npos, one.decimal) << id;
      EXPECT_TRUE(last.empty() || id < last) << id;
      last = id;
      EXPECT_EQ(get("/api/v1/statuses/" + id)["uri"], post["uri"]);
    }
    const auto older = get(tag_page + "?limit=40&max_id=" + last);
    for (const auto& post : older.GetArray()) EXPECT_LT(std::string(post["id"].GetString()), last);
  }
}

TEST_F(DialectTest, PostAddressesAreThoseOfTheirSoftware) {
  const std::vector<std::string> shapes = {"/users/", "/users/", "/users/", "/objects/", "/p/"};
  for (size_t place = 0; place < shapes.size(); ++place) {
    choose(place);
    const auto page = get(tag_page + "?local=true");
    for (const auto& post : page.GetArray()) {
      const std::string uri = post["uri"].GetString();
      EXPECT_TRUE(uri.starts_with(world.names().hosts().mastodon[place] + shapes[place])) << uri;
      const std::string end = std::string("/") + post["id"].GetString();
      EXPECT_EQ(uri.ends_with(end), place != akkoma) << uri;
      EXPECT_TRUE(std::string(post["url"].GetString()).ends_with(end)) << uri;
    }
  }
}

TEST_F(DialectTest, OthersAreNotToldOfAkkomasPages) {
  const auto page = get(tag_page + "?limit=40&remote=true");
  size_t seen = 0;
  for (const auto& post : page.GetArray()) {
    const std::string uri = post["uri"].GetString();
    const bool from_akkoma = uri.starts_with(world.names().hosts().mastodon[akkoma]);
    if (uri.starts_with(world.names().hosts().mastodon[pixelfed])) continue;  // they are the same
    EXPECT_EQ(post["url"] == post["uri"], from_akkoma) << uri;
    if (from_akkoma) ++seen;
  }
  EXPECT_GT(seen, 0u);
}

TEST_F(DialectTest, AkkomasPostsChangeOnlyOnceTheirPagesAreKnown) {
  size_t seen = 0;
  for (Post& post : world.posts()) {
    const Account& author = world.accounts()[post.account];
    EXPECT_EQ(post.by_page, author.place == akkoma);
    if (!post.by_page || post.deleted_at == never || author.gone_at != never) continue;
    if (post.created > start + seconds(10)) continue;  // the world ends
    const Time after = post.created + seconds(12);
    ++seen;
    EXPECT_TRUE(world.stands(post, after)) << "nobody was told how to ask for it";
    world.show_post(post, watched_tags, false, post.created);
    EXPECT_TRUE(world.stands(post, after)) << "nor was who saw a copy";
    post.deleted_at = post.created + seconds(5);
    world.show_post(post, watched_tags, true, post.created + seconds(2));
    EXPECT_TRUE(world.stands(post, after)) << "it may not be recorded yet";
    post.served_home = post.created;
    EXPECT_FALSE(world.stands(post, after));
  }
  EXPECT_GT(seen, 0u);
}

TEST_F(DialectTest, SomeServersWantATokenAlways) {
  struct Case {
    size_t place;
    int status;
  };
  for (const Case& one : {Case{modern, 200}, Case{old, 200}, Case{gotosocial, 401},
                          Case{akkoma, 200}, Case{pixelfed, 403}}) {
    choose(one.place);
    EXPECT_EQ(ask(tag_page, "").status, one.status);
    EXPECT_EQ(ask(tag_page, "wrong").status, one.status);
    EXPECT_EQ(ask(tag_page).status, 200);
    EXPECT_EQ(ask("/api/v1/instance", "").status, 200);
    EXPECT_EQ(ask("/.well-known/nodeinfo", "").status, 200);
  }
  choose(gotosocial);
  EXPECT_NE(ask(tag_page, "").body.find("token not supplied"), std::string::npos);
}

TEST_F(DialectTest, GoToSocialIsATeapotWithoutUserAgent) {
  choose(gotosocial);
  EXPECT_EQ(site().answer({"GET", tag_page}, start).status, 418);
  choose(modern);
  EXPECT_EQ(site().answer({"GET", tag_page}, start).status, 200);
}

TEST_F(DialectTest, UnknownTagsAreEmptyOrMissing) {
  EXPECT_EQ(get("/api/v1/timelines/tag/nosuchtag").Size(), 0u);
  choose(gotosocial);
  EXPECT_EQ(ask("/api/v1/timelines/tag/nosuchtag").status, 404);
  EXPECT_EQ(ask(tag_page + "?limit=abc").status, 400);
}

TEST_F(DialectTest, MalformedIdsAreNoneOrTheOldest) {
  for (const size_t place : {gotosocial, akkoma}) {
    choose(place);
    EXPECT_EQ(get(tag_page + "?max_id=notanid"), get(tag_page));
    EXPECT_EQ(get(tag_page + "?min_id=109000000000000000").Size(), 0u);
  }
  choose(modern);
  EXPECT_EQ(get(tag_page + "?max_id=notanid").Size(), 0u);
  EXPECT_EQ(get(tag_page + "?min_id=notanid"), get(tag_page + "?min_id=0"));
}

TEST_F(DialectTest, BatchesAreAskedForInDifferentWaysOrNotAtAll) {
  struct Case {
    size_t place;
    const char* name;
    size_t max;
    int refusal;
  };
  for (const Case& one :
       {Case{modern, "id[]", 20, 200}, Case{old, "id[]", 0, 404}, Case{gotosocial, "id[]", 0, 405},
        Case{akkoma, "ids[]", 100, 200}, Case{pixelfed, "id[]", 0, 404}}) {
    choose(one.place);
    const auto page = get(tag_page + "?limit=2");
    std::string target = "/api/v1/statuses?";
    for (const auto& post : page.GetArray()) {
      target.append(one.name).append("=").append(post["id"].GetString()).append("&");
    }
    EXPECT_EQ(ask(target).status, one.refusal);
    if (one.refusal != 200) continue;
    EXPECT_EQ(get(target).Size(), 2u);
    for (size_t i = 2; i < one.max; ++i) target.append(one.name).append("=1&");
    EXPECT_EQ(ask(target).status, 200);
    EXPECT_EQ(ask(target + one.name + "=1").status, 422);
  }
  choose(akkoma);
  EXPECT_EQ(ask("/api/v1/accounts?id[]=1").status, 404);
}

TEST_F(DialectTest, PackedTagsAreTakenWhereTheServerCan) {
  const std::string packed = tag_page + "?limit=40&any[]=mendedclothes&any[]=handsewn";
  const auto has_other = [&] {
    const auto page = get(packed);
    return std::any_of(page.Begin(), page.End(), [](const auto& post) {
      return std::none_of(post["tags"].Begin(), post["tags"].End(),
                          [](const auto& tag) { return tag["name"] == "slowfashion"; });
    });
  };
  EXPECT_TRUE(has_other());
  choose(akkoma);
  EXPECT_TRUE(has_other());
  for (const size_t place : {gotosocial, pixelfed}) {
    choose(place);
    EXPECT_FALSE(has_other());
  }
}

TEST_F(DialectTest, BudgetsAreToldInEachWay) {
  struct Case {
    size_t place;
    const char* name;
    size_t length;  // of the time, 0: none is told
  };
  for (const Case& one :
       {Case{modern, "X-RateLimit-Reset", 27}, Case{gotosocial, "X-Ratelimit-Reset", 24}}) {
    choose(one.place);
    EXPECT_EQ(header(ask(tag_page), one.name).size(), one.length);
  }
  choose(akkoma);
  EXPECT_EQ(header(ask(tag_page), "X-RateLimit-Remaining"), "none");
  choose(pixelfed);
  EXPECT_NE(header(ask(tag_page), "X-RateLimit-Remaining"), "none");
  EXPECT_EQ(header(ask(tag_page), "X-RateLimit-Reset"), "none");
}

TEST_F(DialectTest, PixelfedShowsPicturesUnlessToldOtherwise) {
  choose(pixelfed);
  const auto pictures = get(tag_page + "?limit=40");
  for (const auto& post : pictures.GetArray()) EXPECT_EQ(post["media_attachments"].Size(), 1u);
  const auto all = get(tag_page + "?limit=40&only_media=false");
  EXPECT_TRUE(std::any_of(all.Begin(), all.End(),
                          [](const auto& post) { return post["media_attachments"].Empty(); }));
}

TEST_F(DialectTest, AkkomaHidesCountsAsZeroes) {
  choose(akkoma);
  const Account& shy = resident(akkoma, Role::hides_counts);
  const auto account = get(lookup + shy.name);
  EXPECT_EQ(account["followers_count"].GetInt64(), 0);
  EXPECT_TRUE(account["pleroma"]["hide_followers_count"].GetBool());
  EXPECT_EQ(account["pleroma"]["ap_id"].GetString(), world.names().native(shy));
  choose(modern);
  const auto modern_account = get(lookup + resident(modern, Role::hides_counts).name);
  EXPECT_EQ(modern_account["followers_count"].GetInt64(), 0);
  EXPECT_TRUE(modern_account["hide_collections"].GetBool());
}

TEST_F(DialectTest, NobodySaysWhatTheirServerCannot) {
  for (const Account& one : world.accounts()) {
    EXPECT_TRUE(one.role != Role::noindex || one.place == modern);
    EXPECT_TRUE(one.role != Role::hides_counts || one.place != gotosocial);
  }
}

TEST_F(DialectTest, RobotsAreToldOfTheApiWhereThatIsSwitchedOn) {
  choose(gotosocial);
  EXPECT_EQ(ask("/robots.txt").body.find("/api/"), std::string::npos);
  Options strict = five_kinds({"mastodon", "gotosocial"});
  strict.robots = true;
  World other(strict, five_hosts(), start);
  MastodonSite closed(other, 1);
  const SiteReply reply = closed.answer({"GET", "/robots.txt", "test"}, start);
  EXPECT_NE(reply.body.find("Disallow: /api/\n"), std::string::npos);
}

TEST_F(DialectTest, TagStreamsShowWhatArrivesOrNothing) {
  const SiteRequest request{"GET", "/api/v1/streaming?stream=hashtag&tag=slowfashion", "test",
                            access_token};
  EXPECT_FALSE(site().subscribe({"GET", request.target, "test"}, start));
  const auto stream = site().subscribe(request, start);
  ASSERT_TRUE(stream);
  EXPECT_TRUE(stream->pull(start, 100).empty());
  const auto frames = stream->pull(start + seconds(20), 1'000);
  ASSERT_GT(frames.size(), 5u);
  rapidjson::Document frame;
  frame.Parse(frames.front().c_str());
  EXPECT_STREQ(frame["event"].GetString(), "update");
  rapidjson::Document post;
  post.Parse(frame["payload"].GetString());
  EXPECT_TRUE(post["account"].HasMember("followers_count"));
  choose(gotosocial);
  EXPECT_TRUE(site().subscribe(request, start)->pull(start + seconds(20), 1'000).empty());
}

TEST(Ids, AreReadAsTheyWereWritten) {
  for (const IdStyle style :
       {IdStyle::snowflake, IdStyle::ulid, IdStyle::flake, IdStyle::other_era}) {
    std::string last;
    for (const int ms : {0, 1, 70'000}) {
      const uint64_t id = snowflake(start + milliseconds(ms), 513);
      const std::string text = write_id(style, id);
      EXPECT_EQ(read_id(style, text), id) << text;
      EXPECT_LT(last, text);
      last = text;
    }
    EXPECT_FALSE(read_id(style, "notanid"));
    EXPECT_FALSE(read_id(style, ""));
  }
}

TEST(Software, IsFoundByRow) {
  EXPECT_EQ(find_software("friendica")->packed, 1u);
  EXPECT_EQ(find_software("msn"), nullptr);
  EXPECT_THROW(World(five_kinds({"msn"}), five_hosts(), start), std::invalid_argument);
}

}  // namespace
}  // namespace tagscout::testnet
