#include "crawlers/sources/mastodon_parse.h"

#include <gtest/gtest.h>

#include "tests/crawlers/sources/mastodon_samples.h"

namespace tagscout {
namespace {

AccountSighting account_of(const std::string& json, const MastodonView& view = home_view()) {
  return std::get<AccountSighting>(parse_account(json, view).value());
}

PostSighting post_of(const std::string& json, const MastodonView& view = home_view()) {
  const Result<MastodonPage> page = parse_timeline("[" + json + "]", "slowfashion", view);
  return std::get<PostSighting>(page.value().rows.at(0).event.value());
}

TEST(MastodonParse, ReadsAnAccountAtHome) {
  AccountSighting want;
  want.id = AccountId("ap:https://home.example/users/ada");
  want.handle = "ada@home.example";
  want.display_name = "Ada";
  want.url = "https://home.example/@ada";
  want.home_id = "7001";
  want.counts = {.followers = 9870, .following = 312, .posts = 1450};
  want.provenance = Provenance::origin;
  want.bot = false;
  want.discoverable = true;
  EXPECT_EQ(account_of(sample_account()), want);
}

TEST(MastodonParse, ReadsAnAccountFromElsewhere) {
  const AccountSighting account = account_of(away_account());
  EXPECT_EQ(account.id.text(), "ap:https://away.example/users/bruno");
  EXPECT_EQ(account.handle, "bruno@away.example");
  EXPECT_EQ(account.provenance, Provenance::foreign);
  EXPECT_EQ(account.home_id, "");
  EXPECT_EQ(account.counts.followers, 188);
}

TEST(MastodonParse, HandlesBearTheDomainThatTheInstanceNames) {
  MastodonView view = home_view();
  view.domain = "example.net";
  EXPECT_EQ(account_of(sample_account(), view).handle, "ada@example.net");
  view.domain = "";
  EXPECT_EQ(account_of(sample_account(), view).handle, "");
  EXPECT_EQ(account_of(away_account(), view).handle, "bruno@away.example");
}

TEST(MastodonParse, OnlyTheSameSchemeNameAndPortIsHome) {
  struct Case {
    std::string uri;
    Provenance want;
  };
  const std::vector<Case> cases = {
      {"https://home.example/users/ada", Provenance::origin},
      {"https://HOME.example:443/ap/users/1", Provenance::origin},
      {"http://home.example/users/ada", Provenance::foreign},
      {"https://home.example:8443/users/ada", Provenance::foreign},
      {"https://www.home.example/users/ada", Provenance::foreign},
      {"https://home.example.evil.example/users/ada", Provenance::foreign},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(account_of(sample_account({{"uri", json_string(each.uri)}})).provenance, each.want)
        << each.uri;
  }
}

TEST(MastodonParse, AnAnswerFromAStaleCacheIsForeign) {
  MastodonView view = home_view();
  view.stale = true;
  EXPECT_EQ(account_of(sample_account(), view).provenance, Provenance::foreign);
  EXPECT_EQ(post_of(sample_status(), view).provenance, Provenance::foreign);
}

TEST(MastodonParse, AnAccountWithoutUriHasNoIdentity) {
  const AccountSighting account = account_of(sample_account({{"uri", ""}}));
  EXPECT_TRUE(account.id.empty());
  EXPECT_EQ(account.handle, "ada@home.example");
  EXPECT_EQ(account.provenance, Provenance::foreign);
}

TEST(MastodonParse, AnOldServersOwnPeopleAreKnownByItsName) {
  MastodonView view = home_view();
  view.classic_actors = true;
  const JsonFields silent = {{"uri", ""}};
  const PostSighting own = post_of(sample_status({{"account", sample_account(silent)}}), view);
  EXPECT_EQ(own.author.id, AccountId("ap:" + home_server + "/users/ada"));
  EXPECT_EQ(own.author.provenance, Provenance::origin);
  EXPECT_EQ(own.provenance, Provenance::origin);
  // Nobody else is, and nobody where the server is asked under another name.
  const JsonFields elsewhere = {{"uri", ""}, {"acct", "\"bruno@away.example\""}};
  EXPECT_TRUE(
      post_of(sample_status({{"account", sample_account(elsewhere)}}), view).author.id.empty());
  view.server = "https://www.home.example";
  const PostSighting alias = post_of(sample_status({{"account", sample_account(silent)}}), view);
  EXPECT_TRUE(alias.author.id.empty());
  EXPECT_EQ(alias.author.provenance, Provenance::foreign);
  EXPECT_EQ(alias.author.home_id, "");
  EXPECT_EQ(alias.provenance, Provenance::foreign);
}

TEST(MastodonParse, ReadsWishes) {
  struct Case {
    JsonFields changes;
    std::vector<OptOut> want;
  };
  const std::vector<Case> cases = {
      {{}, {}},
      {{{"noindex", "true"}}, {OptOut::noindex}},
      {{{"noindex", "false"}}, {}},
      {{{"noindex", "null"}}, {}},
      {{{"locked", "true"}}, {OptOut::locked}},
      {{{"note", R"("<p>hi</p><p>#<span>NoBot</span></p>")"}}, {OptOut::nobot_tag}},
      {{{"note", R"("<p>#nobotany</p>")"}}, {}},
      {{{"note", "null"}}, {}},
      {{{"suspended", "false"}, {"limited", "true"}}, {}},
  };
  for (const Case& each : cases) {
    OptOuts want;
    for (const OptOut bit : each.want) want.set(bit);
    EXPECT_EQ(account_of(sample_account(each.changes)).opt_outs, want) << json_object(each.changes);
  }
}

TEST(MastodonParse, ReadsWhatIsOnlySometimesSaid) {
  const AccountSighting said = account_of(sample_account(
      {{"discoverable", "false"}, {"bot", "true"}, {"display_name", "null"}, {"url", "null"}}));
  EXPECT_EQ(said.discoverable, false);
  EXPECT_EQ(said.bot, true);
  EXPECT_EQ(said.display_name, "");
  EXPECT_EQ(said.url, "");
  const AccountSighting unsaid =
      account_of(sample_account({{"discoverable", "null"}, {"bot", ""}, {"display_name", ""}}));
  EXPECT_EQ(unsaid.discoverable, std::nullopt);
  EXPECT_EQ(unsaid.bot, std::nullopt);
}

TEST(MastodonParse, SuspensionIsTheHomesToDeclare) {
  const JsonFields suspended{{"suspended", "true"}};
  EXPECT_EQ(
      parse_account(sample_account(suspended), home_view()).value(),
      Event(AccountGone{AccountId("ap:https://home.example/users/ada"), GoneReason::suspended}));
  EXPECT_TRUE(account_of(away_account(suspended)).opt_outs.has(OptOut::suspended));
  const Result<MastodonPage> page = parse_timeline(
      json_array({sample_status({{"account", sample_account(suspended)}})}), "x", home_view());
  EXPECT_TRUE(std::holds_alternative<AccountGone>(page->rows.at(0).event.value()));
}

TEST(MastodonParse, BridgedAccountsAreMarked) {
  const auto bridged = [](const std::string& uri) {
    return account_of(sample_account({{"uri", json_string(uri)}})).bridged;
  };
  EXPECT_TRUE(bridged("https://brid.gy/r/x"));
  EXPECT_TRUE(bridged("https://bsky.brid.gy/ap/did:plc:x"));
  EXPECT_TRUE(bridged("https://mostr.pub/users/1"));
  EXPECT_FALSE(bridged("https://notbrid.gy/users/1"));
  EXPECT_FALSE(bridged("https://home.example/brid.gy"));
}

TEST(MastodonParse, ReadsAPostAtHome) {
  PostSighting want;
  want.id = PostId("ap:https://home.example/users/ada/statuses/115591412121600000");
  want.author = account_of(sample_account());
  want.url = "https://home.example/@ada/115591412121600000";
  want.created_at = at("2026-11-22T10:00:00Z");
  want.language = "en";
  want.tags = std::vector<std::string>{"slowfashion"};
  want.folded = true;
  want.counts = Engagement{.likes = 31, .reposts = 7, .replies = 2, .quotes = {}, .views = {}};
  want.provenance = Provenance::origin;
  EXPECT_EQ(post_of(sample_status()), want);
}

TEST(MastodonParse, ReadsCountsAsFarAsTheyAreShown) {
  const Engagement counts = post_of(sample_status({{"favourites_count", "-1"},
                                                   {"reblogs_count", "\"12\""},
                                                   {"replies_count", "null"},
                                                   {"quotes_count", "3"}}))
                                .counts.value();
  EXPECT_EQ(
      counts,
      (Engagement{
          .likes = {}, .reposts = 12, .replies = {}, .quotes = 3, .views = {}, .hidden = true}));
}

TEST(MastodonParse, ReadsTagsOnceByTheirKey) {
  const auto tags_of = [](const std::string& tags) {
    return post_of(sample_status({{"tags", tags}}));
  };
  EXPECT_EQ(tags_of(R"([{"name":"Über"},{"name":"über"},{"name":""},{"name":"a"}])").tags,
            (std::vector<std::string>{"über", "a"}));
  EXPECT_EQ(tags_of("[]").tags, std::vector<std::string>());
  EXPECT_EQ(tags_of("[]").queried_tag, "");
  // A list that carries no tags stands for the one that was asked for.
  EXPECT_EQ(tags_of("null").tags, std::nullopt);
  EXPECT_EQ(tags_of("null").queried_tag, "slowfashion");
}

TEST(MastodonParse, ABoostStandsForWhatItBoosts) {
  const std::string boosted = sample_status({{"favourites_count", "64"}});
  const std::string boost = sample_status({{"id", "\"115591412121700000\""},
                                           {"uri", "\"https://home.example/b/activity\""},
                                           {"account", away_account()},
                                           {"tags", "[]"},
                                           {"reblog", boosted}});
  EXPECT_EQ(post_of(boost), post_of(boosted));
  const Result<MastodonPage> page = parse_timeline(json_array({boost}), "x", home_view());
  EXPECT_EQ(page->rows.at(0).id, "115591412121700000");
}

TEST(MastodonParse, APostIsItsHomesOnlyIfItsAuthorIs) {
  const PostSighting post = post_of(sample_status({{"account", away_account()}}));
  EXPECT_EQ(post.provenance, Provenance::foreign);
}

TEST(MastodonParse, DropsRowsThatItCannotReadAndKeepsTheirIds) {
  struct Case {
    JsonFields changes;
    std::string reason;
  };
  const std::vector<Case> cases = {
      {{{"visibility", "\"unlisted\""}}, "visibility"},
      {{{"visibility", "\"private\""}}, "visibility"},
      {{{"visibility", "\"direct\""}}, "visibility"},
      {{{"visibility", ""}}, "protocol"},
      {{{"uri", ""}}, "protocol"},
      {{{"uri", "\"\""}}, "protocol"},
      {{{"uri", "\"javascript:alert(1)\""}}, "protocol"},
      {{{"uri", "\"https://home.example/\\n\""}}, "protocol"},
      {{{"created_at", ""}}, "protocol"},
      {{{"created_at", "\"yesterday\""}}, "protocol"},
      {{{"account", ""}}, "protocol"},
      {{{"account", "null"}}, "protocol"},
      {{{"account", "[]"}}, "protocol"},
      {{{"account", sample_account({{"acct", ""}})}}, "protocol"},
      {{{"account", sample_account({{"uri", "\"ada\""}})}}, "protocol"},
      {{{"account", sample_account({{"followers_count", "9223372036854775807"}})}}, "protocol"},
      {{{"account", sample_account({{"followers_count", "\"many\""}})}}, "protocol"},
      {{{"favourites_count", "{}"}}, "protocol"},
      {{{"tags", "{}"}}, "protocol"},
      {{{"tags", "[{}]"}}, "protocol"},
      {{{"reblog", "{}"}}, "protocol"},
  };
  for (const Case& each : cases) {
    const Result<MastodonPage> page = parse_timeline(
        json_array({sample_status(), sample_status(each.changes)}), "x", home_view());
    ASSERT_TRUE(page) << json_object(each.changes);
    ASSERT_EQ(page->rows.size(), 2u);
    EXPECT_TRUE(page->rows[0].event);
    EXPECT_FALSE(page->rows[1].event) << json_object(each.changes);
    EXPECT_EQ(page->rows[1].id, "115591412121600000");
    EXPECT_EQ(page->dropped, (std::map<std::string, int64_t>{{each.reason, 1}}));
  }
}

TEST(MastodonParse, RowsWithoutAnIdCannotBePagedBy) {
  const std::string nameless = sample_status({{"id", "5"}});
  const Result<MastodonPage> some =
      parse_timeline(json_array({nameless, sample_status()}), "x", home_view());
  EXPECT_EQ(some->rows.size(), 1u);
  EXPECT_EQ(some->dropped.at("protocol"), 1);
  EXPECT_FALSE(parse_timeline(json_array({nameless}), "x", home_view()));
}

TEST(MastodonParse, RefusesAnswersThatAreNoTimeline) {
  for (const char* const body :
       {"", "{}", R"({"error":"x"})", "null", "\"x\"", "[1", "<html></html>", "[1]", "[null]"}) {
    const Result<MastodonPage> page = parse_timeline(body, "x", home_view());
    ASSERT_FALSE(page) << body;
    EXPECT_EQ(page.error().kind, ErrorKind::protocol);
  }
  EXPECT_TRUE(parse_timeline("[]", "x", home_view())->rows.empty());
}

TEST(MastodonParse, RefusesAnswersThatAreNoAccountOrStatus) {
  for (const char* const body : {"", "{}", "[]", "null", R"({"error":"x"})", "{\"id\":\"1\""}) {
    EXPECT_FALSE(parse_account(body, home_view())) << body;
    EXPECT_FALSE(parse_status(body, home_view())) << body;
  }
}

TEST(MastodonParse, AStatusThatIsNotPublicIsNone) {
  const auto shown = parse_status(sample_status(), home_view());
  EXPECT_TRUE(std::get<PostSighting>(shown->value()).reread);
  EXPECT_EQ(parse_status(sample_status({{"visibility", "\"private\""}}), home_view()).value(),
            std::nullopt);
}

TEST(MastodonParse, ReadsWhatAnInstanceSaysOfItself) {
  EXPECT_EQ(parse_instance(R"({"domain":"home.example"})")->domain, "home.example");
  EXPECT_EQ(parse_instance("{}")->domain, "");
  EXPECT_FALSE(parse_instance("[]"));
  EXPECT_FALSE(parse_instance(R"({"domain":7})"));
}

TEST(MastodonParse, LongTextsAreCutAndLongNamesRefused) {
  const AccountSighting account =
      account_of(sample_account({{"display_name", json_string(std::string(5000, 'x'))}}));
  EXPECT_EQ(account.display_name.size(), 512u);
  EXPECT_FALSE(parse_account(
      sample_account({{"uri", json_string("https://home.example/" + std::string(3000, 'x'))}}),
      home_view()));
}

}  // namespace
}  // namespace tagscout
