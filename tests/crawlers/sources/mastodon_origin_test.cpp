#include "crawlers/sources/mastodon_origin.h"

#include <gtest/gtest.h>

#include "tests/crawlers/source_bench.h"
#include "tests/crawlers/sources/mastodon_samples.h"

namespace tagscout {
namespace {

const AccountId ada("ap:https://home.example/users/ada");
const PostId post("ap:https://home.example/users/ada/statuses/115591412121600000");
const std::string lookup_url = home_server + "/api/v1/accounts/lookup?acct=ada";
const std::string account_url = home_server + "/api/v1/accounts/7001";
const std::string status_url = home_server + "/api/v1/statuses/115591412121600000";

// What was asked for, but for the questions what the server is.
std::vector<std::string> asked(const FakeHttp& http) {
  std::vector<std::string> urls = http.urls();
  std::erase_if(urls, [](const std::string& url) { return url.find("nodeinfo") != url.npos; });
  return urls;
}

class MastodonOriginTest : public testing::Test {
 protected:
  MastodonOriginTest() { introduce_as(bench.http, "mastodon", "4.2.0"); }

  std::unique_ptr<MastodonOrigin> make(std::vector<SourceSection> sections = {}) {
    return std::make_unique<MastodonOrigin>(std::move(sections), bench.tools());
  }

  Result<Batch> read(MastodonOrigin& origin, const AccountTarget& target) {
    return bench.run(origin.read_accounts(home_server, std::vector<AccountTarget>{target}));
  }
  Result<Batch> read(MastodonOrigin& origin, const PostTarget& target) {
    return bench.run(origin.read_posts(home_server, std::vector<PostTarget>{target}));
  }
  template <class Target>
  Event read_one(const Target& target) {
    const auto origin = make();
    const Batch batch = read(*origin, target).value();
    EXPECT_EQ(batch.events.size(), 1u);
    return batch.events.at(0);
  }

  SourceBench bench;
  const AccountTarget by_handle{ada, "ada@example.net", ""};
  const AccountTarget by_id{ada, "ada@example.net", "7001"};
  const PostTarget the_post{post, ada};
};

using Pitfall36AtHome = MastodonOriginTest;

TEST_F(MastodonOriginTest, LooksAnAccountUpOnceAndRemembersItsIdThere) {
  bench.http.answer(lookup_url, dated_json(sample_account()));
  const AccountSighting account = std::get<AccountSighting>(read_one(by_handle));
  EXPECT_EQ(account.id, ada);
  EXPECT_EQ(account.home_id, "7001");
  EXPECT_EQ(account.provenance, Provenance::origin);
  EXPECT_EQ(account.counts.followers, 9870);
  // The domain of handles need not be the name of the host.
  EXPECT_EQ(account.handle, "ada@example.net");
  EXPECT_EQ(asked(bench.http), std::vector<std::string>{lookup_url});
}

TEST_F(MastodonOriginTest, AsksByIdWhereThatIsKnown) {
  bench.http.answer(account_url, dated_json(sample_account()));
  EXPECT_TRUE(std::holds_alternative<AccountSighting>(read_one(by_id)));
  EXPECT_EQ(asked(bench.http), std::vector<std::string>{account_url});
}

TEST_F(MastodonOriginTest, NamesTheConfiguredSourceAndSendsItsToken) {
  SourceSection section;
  section.name = "home";
  section.url = home_server;
  section.token = "secret";
  bench.http.answer(account_url, dated_json(sample_account()));
  const auto configured = make({section});
  EXPECT_EQ(read(*configured, by_id)->source, "home");
  EXPECT_EQ(bench.http.requests().back().token, "secret");
  const auto unknown = make();
  EXPECT_EQ(read(*unknown, by_id)->source, "_home");
  EXPECT_EQ(bench.http.requests().back().token, "");
}

TEST_F(Pitfall36AtHome, AHandleThatSomebodyElseBearsNowIsNotTheAccount) {
  bench.http.answer(lookup_url,
                    dated_json(sample_account({{"uri", "\"https://home.example/users/ada2\""}})));
  EXPECT_EQ(read_one(by_handle),
            Event(AccountUnreadable{ada, "its home answers for another account", false}));
}

TEST_F(Pitfall36AtHome, AMovedAccountNamesItsSuccessor) {
  bench.http.answer(account_url, dated_json(sample_account({{"moved", away_account()}})));
  EXPECT_EQ(std::get<AccountSighting>(read_one(by_id)).moved_to,
            "ap:https://away.example/users/bruno");
}

TEST_F(MastodonOriginTest, WithoutAnActorUriNothingIsProven) {
  bench.http.answer(lookup_url, dated_json(sample_account({{"uri", ""}})));
  EXPECT_EQ(read_one(by_handle),
            Event(AccountUnreadable{ada, "its home names no actor uri", false}));
}

TEST_F(MastodonOriginTest, WithoutHandleOrIdNobodyIsAsked) {
  EXPECT_TRUE(std::holds_alternative<AccountUnreadable>(read_one(AccountTarget(ada, "", ""))));
  EXPECT_TRUE(asked(bench.http).empty());
}

TEST_F(MastodonOriginTest, NotFoundAtAHomeThatAnswersMeansMissing) {
  for (const int status : {404, 410}) {
    bench.http.answer(account_url, FakeHttp::status(status, R"({"error":"Record not found"})"));
    const auto origin = make();
    EXPECT_EQ(read(*origin, by_id)->events, std::vector<Event>{AccountMissing{ada}}) << status;
    bench.http.answer(status_url, FakeHttp::status(status, R"({"error":"Record not found"})"));
    EXPECT_EQ(read(*origin, the_post)->events, std::vector<Event>(1, PostDeleted{post, ada, ""}))
        << status;
  }
}

TEST_F(MastodonOriginTest, AHostThatSpeaksSomethingElseIsAskedWhatItIsAndNothingMore) {
  SourceBench other;  // every answer is "not found"
  MastodonOrigin origin({}, other.tools());
  size_t questions = 0;
  for (int i = 0; i < 40; ++i) {
    std::vector<AccountTarget> accounts{by_id};
    std::vector<PostTarget> posts{the_post};
    const Batch read = other.run(origin.read_accounts(home_server, accounts)).value();
    EXPECT_EQ(read.events,
              std::vector<Event>(
                  1, AccountUnreadable{ada, "its home does not speak the Mastodon API", true}));
    const Batch reread = other.run(origin.read_posts(home_server, posts)).value();
    EXPECT_TRUE(std::holds_alternative<PostUnreadable>(reread.events.at(0)));
    if (i == 0) questions = other.http.urls().size();
  }
  EXPECT_EQ(other.http.urls().size(), questions);
  EXPECT_LE(questions, 3u);
}

TEST_F(MastodonOriginTest, NotFoundByAServerThatMayNotLookHandlesUpMeansNothing) {
  for (const auto& [software, version] :
       {std::pair{"mastodon", "3.3.0"}, {"friendica", "2024.09"}, {"pleroma", "2.4.0"}}) {
    SourceBench other;
    introduce_as(other.http, software, version);
    MastodonOrigin origin({}, other.tools());
    std::vector<AccountTarget> handle{by_handle};
    std::vector<AccountTarget> id{by_id};
    EXPECT_TRUE(std::holds_alternative<AccountUnreadable>(
        other.run(origin.read_accounts(home_server, handle))->events.at(0)))
        << software;
    EXPECT_EQ(other.run(origin.read_accounts(home_server, id))->events,
              std::vector<Event>{AccountMissing{ada}})
        << software;
  }
}

TEST_F(MastodonOriginTest, ServersThatWantAUserAreNotAskedWithoutOne) {
  SourceSection section;
  section.name = "home";
  section.url = home_server;
  section.token = "secret";
  for (const char* const software : {"gotosocial", "pixelfed"}) {
    SourceBench other;
    introduce_as(other.http, software, "0.19.2");
    other.http.answer(account_url, dated_json(sample_account()));
    MastodonOrigin stranger({}, other.tools());
    std::vector<AccountTarget> targets{by_id};
    const Batch refused = other.run(stranger.read_accounts(home_server, targets)).value();
    EXPECT_EQ(std::get<AccountUnreadable>(refused.events.at(0)).why,
              std::string(software) + " answers only with a user's token");
    EXPECT_TRUE(std::get<AccountUnreadable>(refused.events.at(0)).refused);
    EXPECT_TRUE(asked(other.http).empty());
    MastodonOrigin user({section}, other.tools());
    const Batch read = other.run(user.read_accounts(home_server, targets)).value();
    EXPECT_TRUE(std::holds_alternative<AccountSighting>(read.events.at(0)));
  }
}

TEST_F(MastodonOriginTest, AServerThatDoesNotKnowWhatItsDialectHasIsAskedAnewWhatItIs) {
  const auto origin = make();
  bench.http.answer(account_url, FakeHttp::status(405, "no"));
  EXPECT_EQ(read(*origin, by_id).error().kind, ErrorKind::bad_request);
  const size_t before = bench.http.urls().size();
  read(*origin, by_id);
  EXPECT_EQ(bench.http.urls().size(), before + 3) << "nodeinfo twice, then the account";
}

using Pitfall08AtHome = MastodonOriginTest;

TEST_F(Pitfall08AtHome, AZeroBesideHiddenListsIsACountOnGoToSocialAlone) {
  SourceSection section;
  section.url = home_server;
  section.token = "secret";
  for (const auto& [software, want] :
       {std::pair<const char*, std::optional<int64_t>>{"gotosocial", 0},
        {"mastodon", std::nullopt},
        {"pleroma", std::nullopt}}) {
    SourceBench other;
    introduce_as(other.http, software, "4.2");
    other.http.answer(
        account_url,
        dated_json(sample_account({{"followers_count", "0"}, {"hide_collections", "true"}})));
    MastodonOrigin origin({section}, other.tools());
    std::vector<AccountTarget> targets{by_id};
    const Batch read = other.run(origin.read_accounts(home_server, targets)).value();
    EXPECT_EQ(std::get<AccountSighting>(read.events.at(0)).counts.followers, want) << software;
  }
}

using Pitfall15AtHome = MastodonOriginTest;

TEST_F(Pitfall15AtHome, AnAnswerOutOfACacheIsForeign) {
  for (const FakeHttp::Headers& headers :
       {FakeHttp::Headers{{"Age", "61"}}, FakeHttp::Headers{{"Warning", "110 - \"stale\""}}}) {
    SourceBench other;
    introduce_as(other.http, "mastodon", "4.3.0");
    other.http.answer(account_url, FakeHttp::json(sample_account(), headers));
    other.http.answer(status_url, FakeHttp::json(sample_status(), headers));
    MastodonOrigin origin({}, other.tools());
    std::vector<AccountTarget> accounts{by_id};
    std::vector<PostTarget> posts{the_post};
    const Batch read = other.run(origin.read_accounts(home_server, accounts)).value();
    EXPECT_EQ(std::get<AccountSighting>(read.events.at(0)).provenance, Provenance::foreign);
    const Batch reread = other.run(origin.read_posts(home_server, posts)).value();
    EXPECT_EQ(std::get<PostSighting>(reread.events.at(0)).provenance, Provenance::foreign);
  }
}

TEST_F(Pitfall36AtHome, OldServersNameNoActorsButMadeThemOfNames) {
  const auto read_from = [&](const char* version, const char* acct) {
    SourceBench other;
    introduce_as(other.http, "mastodon", version);
    other.http.answer(lookup_url, dated_json(sample_account({{"uri", ""}, {"acct", acct}})));
    MastodonOrigin origin({}, other.tools());
    std::vector<AccountTarget> targets{by_handle};
    return other.run(origin.read_accounts(home_server, targets)).value().events.at(0);
  };
  const Event old = read_from("4.1.0", "\"ada\"");
  ASSERT_TRUE(std::holds_alternative<AccountSighting>(old));
  EXPECT_EQ(std::get<AccountSighting>(old).id, ada);
  EXPECT_EQ(std::get<AccountSighting>(old).provenance, Provenance::origin);
  // Another name, another server, another version: not proven.
  for (const auto& [version, acct] :
       {std::pair{"4.1.0", "\"ben\""}, {"4.1.0", "\"ada@away.example\""}, {"4.2.0", "\"ada\""}}) {
    EXPECT_TRUE(std::holds_alternative<AccountUnreadable>(read_from(version, acct))) << version;
  }
}

TEST_F(MastodonOriginTest, ASuspendedAccountIsGone) {
  bench.http.answer(account_url, dated_json(sample_account({{"suspended", "true"}})));
  EXPECT_EQ(read_one(by_id), Event(AccountGone{ada, GoneReason::suspended}));
}

TEST_F(MastodonOriginTest, FailuresOfTheHostAreErrors) {
  struct Case {
    int status;
    ErrorKind want;
  };
  const std::vector<Case> cases = {{401, ErrorKind::auth},
                                   {403, ErrorKind::forbidden},
                                   {429, ErrorKind::rate_limited},
                                   {503, ErrorKind::transient}};
  for (const Case& each : cases) {
    SourceBench other;
    introduce_as(other.http, "mastodon", "4.2.0");
    other.http.otherwise(
        [&](const HttpRequest&) { return FakeHttp::status(each.status, R"({"error":"no"})"); });
    MastodonOrigin origin({}, other.tools());
    std::vector<AccountTarget> accounts{by_id};
    std::vector<PostTarget> posts{the_post};
    EXPECT_EQ(other.run(origin.read_accounts(home_server, accounts)).error().kind, each.want);
    EXPECT_EQ(other.run(origin.read_posts(home_server, posts)).error().kind, each.want);
  }
}

TEST_F(MastodonOriginTest, AnswersThatCannotBeReadConcernTheOneTarget) {
  for (const char* const body : {"[]", "{}", "{\"id\":"}) {
    SourceBench other;
    introduce_as(other.http, "mastodon", "4.2.0");
    other.http.otherwise([&](const HttpRequest&) { return dated_json(body); });
    MastodonOrigin origin({}, other.tools());
    std::vector<AccountTarget> accounts{by_id};
    std::vector<PostTarget> posts{the_post};
    const Batch read = other.run(origin.read_accounts(home_server, accounts)).value();
    EXPECT_TRUE(std::holds_alternative<AccountUnreadable>(read.events.at(0))) << body;
    const Batch reread = other.run(origin.read_posts(home_server, posts)).value();
    EXPECT_TRUE(std::holds_alternative<PostUnreadable>(reread.events.at(0))) << body;
  }
}

TEST_F(MastodonOriginTest, ReadsAPostAgain) {
  bench.http.answer(status_url, dated_json(sample_status({{"favourites_count", "40"}})));
  const PostSighting sighting = std::get<PostSighting>(read_one(the_post));
  EXPECT_EQ(sighting.id, post);
  EXPECT_EQ(sighting.provenance, Provenance::origin);
  EXPECT_EQ(sighting.counts->likes, 40);
  EXPECT_TRUE(sighting.reread);
  // Whether the host's name is that of handles is not known here.
  EXPECT_EQ(sighting.author.handle, "");
  EXPECT_EQ(sighting.author.home_id, "7001");
}

TEST_F(MastodonOriginTest, ThePostOfAnAuthorWithoutUriIsStillThePost) {
  bench.http.answer(status_url,
                    dated_json(sample_status({{"account", sample_account({{"uri", ""}})}})));
  const PostSighting sighting = std::get<PostSighting>(read_one(the_post));
  EXPECT_EQ(sighting.author.id, ada);
  EXPECT_TRUE(sighting.author.bare);
  EXPECT_EQ(sighting.provenance, Provenance::origin);
}

TEST_F(MastodonOriginTest, AnotherPostOrOneThatIsHiddenIsNotThePost) {
  bench.http.answer(status_url,
                    dated_json(sample_status({{"uri", "\"https://home.example/x/statuses/1\""}})));
  bench.http.answer(status_url, dated_json(sample_status({{"visibility", "\"private\""}})));
  const auto origin = make();
  EXPECT_TRUE(std::holds_alternative<PostUnreadable>(read(*origin, the_post)->events.at(0)));
  EXPECT_EQ(read(*origin, the_post)->events.at(0), Event(PostDeleted{post, ada, ""}));
}

TEST_F(MastodonOriginTest, PostsWhoseUriDoesNotTellTheirIdAreNotAskedFor) {
  for (const char* const id :
       {"ap:https://home.example/notes/9xk2", "ap:https://home.example/objects/5-6-7",
        "ap:https://home.example/users/ada/statuses/", "ap:https://home.example/x/statuses/1/2",
        "ap:https://home.example/statuses/1?x=2"}) {
    EXPECT_TRUE(std::holds_alternative<PostUnreadable>(read_one(PostTarget(PostId(id), ada))))
        << id;
  }
  EXPECT_TRUE(asked(bench.http).empty());
  bench.http.answer(home_server + "/api/v1/statuses/77", dated_json(sample_status()));
  read_one(PostTarget(PostId("ap:https://home.example/ap/users/5/statuses/77"), ada));
  EXPECT_EQ(asked(bench.http).size(), 1u);
}

}  // namespace
}  // namespace tagscout
