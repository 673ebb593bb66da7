#include "daemon/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/json_reader.h"
#include "tests/daemon/support/sample_store.h"

namespace tagscout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class QueryTest : public testing::Test {
 protected:
  QueryTest() { options_.bands = sample_bands(); }

  Query query() { return {store_.database(), store_.hasher(), options_, sample_now()}; }

  JsonNode accounts(const AccountFilter& filter) {
    return parse_json(query().accounts(filter, {})).value_or(JsonNode());
  }
  JsonNode posts(const PostFilter& filter) {
    return parse_json(query().posts(filter, {})).value_or(JsonNode());
  }
  JsonNode flags(const FlagFilter& filter) {
    return parse_json(query().flags(filter, {})).value_or(JsonNode());
  }

  static std::vector<std::string> texts(const JsonNode& page, std::string_view field) {
    std::vector<std::string> found;
    for (const JsonNode& item : page["items"].array()) {
      found.emplace_back(item[field].text().value_or("?"));
    }
    return found;
  }

  // A post of the account under tags and niches.
  PostRecord post(const AccountFacts& author, const std::string& name,
                  const std::vector<std::string>& tags,
                  const std::vector<std::string>& niches = {}) {
    PostRecord record = sample_post(name);
    for (const std::string& tag : tags) record.tags.push_back(store_.tag(tag));
    for (const std::string& niche : niches) record.niches.push_back(store_.niche(niche));
    store_.put(author, record);
    return record;
  }

  SampleStore store_;
  QueryOptions options_;
};

AccountFacts bluesky_account(const std::string& name) {
  AccountFacts facts = sample_account(name);
  facts.id = AccountId("bluesky:did:plc:" + name);
  facts.handle = name + ".bsky.example";
  return facts;
}

TEST_F(QueryTest, AccountHasTheFieldsOfTheInterfaceInOrder) {
  const AccountFacts ada = sample_account("ada");
  const AccountKey key = store_.put(ada);
  for (const char* name : {"1", "2", "3"}) post(ada, name, {"mending", "darning"}, {"repair"});
  const std::string expected =
      R"({"id":"ap:https://garden.example/users/ada","network":"activitypub",)"
      R"("handle":"ada@garden.example","display_name":"The ada",)"
      R"("url":"https://garden.example/@ada","followers":12000,"following":321,"posts":45,)"
      R"("as_of":"2026-11-22T10:00:00.000Z","provenance":"origin",)"
      R"("first_seen_at":"2026-11-13T12:00:00.000Z","last_seen_at":"2026-11-22T11:00:00.000Z",)"
      R"("bands":{"default":"micro","fine":null},"niches":{"repair":3},)"
      R"("tags":{"darning":3,"mending":3},"posts_seen":3,)"
      R"("engagement":{"likes":90,"reposts":36,"replies":18,"quotes":null,"views":null},)"
      R"("engagement_rate":0.004,"engagement_sample":3,"bot":false,"state":"verified",)"
      R"("origin_error":null,"moved_to":null,"opt_out":[],"bridged":false,"key":")" +
      to_hex(key) + "\"}";
  EXPECT_EQ(query().accounts({}, {}), R"({"items":[)" + expected + R"(],"next":null})");
}

TEST_F(QueryTest, UnknownIsNullNeverZero) {
  AccountFacts bare;
  bare.id = AccountId("bluesky:did:plc:bare");
  bare.first_seen_at = bare.last_seen_at = sample_now();
  store_.put(bare, 0);
  const JsonNode account = *parse_json(*query().account(bare.id.text()));
  for (const char* field : {"handle", "display_name", "url", "followers", "following", "posts",
                            "as_of", "engagement_rate", "bot", "origin_error", "moved_to"}) {
    EXPECT_TRUE(account[field].is_null()) << field;
  }
  EXPECT_EQ(account["provenance"].text(), "unknown");
  EXPECT_EQ(account["state"].text(), "unverified");
  EXPECT_EQ(account["engagement_sample"].integer(), 0);
  EXPECT_TRUE(account["bands"]["default"].is_null());
}

TEST_F(QueryTest, ForeignCountsShowOnlyBeforeTheFirstOriginReading) {
  AccountFacts ada = sample_account("ada");
  ada.foreign = ada.origin;
  ada.foreign.counts.followers = 188;
  ada.foreign.provenance = Provenance::foreign;
  store_.put(ada);
  EXPECT_EQ(accounts({})["items"].array()[0]["followers"].integer(), 12'000);
  ada.origin = {};
  store_.put(ada);
  const JsonNode page = accounts({});
  EXPECT_EQ(page["items"].array()[0]["followers"].integer(), 188);
  EXPECT_EQ(page["items"].array()[0]["provenance"].text(), "foreign");
}

TEST_F(QueryTest, ACounterWithoutReportsIsUnknownUntilAPostReportsIt) {
  const AccountFacts ada = sample_account("ada");
  store_.put(ada);
  const auto views = [&] {
    return accounts({})["items"].array()[0]["engagement"]["views"].integer();
  };
  EXPECT_EQ(views(), 0);  // no posts: the sum of nothing
  post(ada, "1", {});
  EXPECT_EQ(views(), std::nullopt);
  PostRecord record = sample_post("2");
  record.counts.views = 0;
  store_.put(ada, record);
  EXPECT_EQ(views(), 0);
}

TEST_F(QueryTest, RateNeedsThreeMaturePosts) {
  const AccountFacts ada = sample_account("ada");
  store_.put(ada);
  post(ada, "1", {});
  post(ada, "2", {});
  PostRecord young = sample_post("3");
  young.created_at = young.first_seen_at = sample_now() - std::chrono::hours(4);
  store_.put(ada, young);
  const JsonNode account = accounts({})["items"].array()[0];
  EXPECT_TRUE(account["engagement_rate"].is_null());
  EXPECT_EQ(account["engagement_sample"].integer(), 2);
}

TEST_F(QueryTest, BandsAreNamedPerLadderAndNetwork) {
  AccountFacts ada = sample_account("ada");
  options_.bands[1].networks = {Network::bluesky};
  store_.put(ada);
  EXPECT_TRUE(accounts({})["items"].array()[0]["bands"]["default"].is_null());
  options_.bands[1].networks = {Network::activitypub};
  EXPECT_EQ(accounts({})["items"].array()[0]["bands"]["default"].text(), "micro");
}

TEST_F(QueryTest, ListsLeaveOutWhoIsUnverifiedOrNotDiscoverable) {
  AccountFacts shy = sample_account("shy");
  shy.opt_outs.set(OptOut::not_discoverable);
  AccountFacts fresh = sample_account("fresh");
  fresh.verified = false;
  const AccountFacts ada = sample_account("ada");
  for (const AccountFacts& facts : {shy, fresh, ada}) {
    store_.put(facts);
    post(facts, "of-" + facts.handle, {"mending"}, {"repair"});
    store_.put(sample_flag(facts));
  }
  EXPECT_THAT(texts(accounts({}), "handle"), ElementsAre(ada.handle));
  EXPECT_THAT(texts(accounts({.niche = "repair"}), "handle"), ElementsAre(ada.handle));
  EXPECT_THAT(texts(accounts({.band = BandName{.name = "micro"}}), "handle"),
              ElementsAre(ada.handle));
  EXPECT_THAT(texts(posts({}), "account"), ElementsAre(ada.id.text()));
  EXPECT_THAT(texts(posts({.account = shy.id.text()}), "account"), IsEmpty());
  EXPECT_THAT(texts(posts({.account = fresh.id.text()}), "account"), IsEmpty());
  EXPECT_THAT(texts(flags({}), "account"), ElementsAre(ada.id.text()));
}

TEST_F(QueryTest, HiddenAccountsAreFoundByIdOnly) {
  AccountFacts shy = sample_account("shy");
  shy.opt_outs.set(OptOut::not_discoverable);
  AccountFacts fresh = sample_account("fresh");
  fresh.verified = false;
  for (const AccountFacts& facts : {shy, fresh}) {
    store_.put(facts);
    EXPECT_TRUE(query().account(facts.id.text()));
    EXPECT_FALSE(query().account(facts.handle));
    EXPECT_FALSE(query().account("@" + facts.handle));
  }
  EXPECT_EQ(parse_json(*query().account(shy.id.text()))->operator[]("opt_out").array()[0].text(),
            "not_discoverable");
}

TEST_F(QueryTest, AccountIsFoundByIdAndByHandleWithOrWithoutAt) {
  const AccountFacts ada = sample_account("ada");
  store_.put(ada);
  for (const char* name : {"ap:https://garden.example/users/ada", "ada@garden.example",
                           "@ada@garden.example", "ADA@Garden.example"}) {
    EXPECT_TRUE(query().account(name)) << name;
    EXPECT_EQ(query().find_account(name), ada.id) << name;
  }
  for (const char* name : {"", "@", "ada", "ap:", "ap:https://garden.example/users/eve", "x:1",
                           "https://garden.example/users/ada"}) {
    EXPECT_FALSE(query().account(name)) << name;
  }
}

TEST_F(QueryTest, OfSeveralBearersOfAHandleTheOneConfirmedLastIsMeant) {
  AccountFacts old = sample_account("ada");
  old.handle_confirmed = Stamp(7, 1);
  AccountFacts young = sample_account("ada");
  young.id = AccountId("ap:https://garden.example/ap/users/2");
  young.handle_confirmed = Stamp(9, 1);
  store_.put(old);
  store_.put(young);
  EXPECT_EQ(query().find_account("ada@garden.example"), young.id);
}

TEST_F(QueryTest, TombstonedAccountIsLikeOneNeverSeen) {
  const AccountFacts ada = sample_account("ada");
  store_.put(ada);
  store_.purge(ada);
  EXPECT_FALSE(query().account(ada.id.text()));
  EXPECT_FALSE(query().account(ada.handle));
  EXPECT_THAT(texts(accounts({}), "id"), IsEmpty());
}

TEST_F(QueryTest, AccountInFullHasItsNewestReadingsAndPosts) {
  const AccountFacts ada = sample_account("ada");
  store_.put(ada);
  for (uint16_t i = 1; i <= 40; ++i) {
    CountsReading reading = ada.origin;
    reading.counts.followers = 9'000 + i;
    reading.stamp = Stamp(3, i);
    store_.put(ada, reading);
  }
  for (int i = 1; i <= 25; ++i) {
    PostRecord record = sample_post("p" + std::to_string(i));
    record.created_at -= std::chrono::minutes(i);
    store_.put(ada, record);
  }
  const JsonNode account = *parse_json(*query().account(ada.id.text()));
  EXPECT_THAT(account["readings"].array(), SizeIs(30));
  EXPECT_EQ(account["readings"].array()[0]["followers"].integer(), 9'040);
  EXPECT_EQ(account["readings"].array()[0]["source"].text(), "_home");
  EXPECT_THAT(account["recent_posts"].array(), SizeIs(20));
  EXPECT_EQ(account["recent_posts"].array()[0]["id"].text(), "ap:https://garden.example/posts/p1");
  EXPECT_EQ(account["recent_posts"].array()[19]["id"].text(),
            "ap:https://garden.example/posts/p20");
}

TEST_F(QueryTest, FiltersOfAccountsHoldTogether) {
  const AccountFacts ada = sample_account("ada");
  const AccountFacts bo = bluesky_account("bo");
  const AccountFacts cy = sample_account("cy");
  store_.put(ada, 10'000);
  store_.put(bo, 10'000);
  store_.put(cy, 1'000);
  post(ada, "1", {"mending"}, {"repair"});
  post(bo, "2", {"mending"}, {"repair"});
  post(cy, "3", {"mending"});
  const BandName micro{.name = "micro"};
  const TagFilter mending{.exact = "mending", .folded = "mending"};
  const auto handles = [&](const AccountFilter& filter) {
    return texts(accounts(filter), "handle");
  };
  EXPECT_THAT(handles({}), UnorderedElementsAre(ada.handle, bo.handle, cy.handle));
  EXPECT_THAT(handles({.network = Network::bluesky}), ElementsAre(bo.handle));
  EXPECT_THAT(handles({.band = micro}), UnorderedElementsAre(ada.handle, bo.handle));
  EXPECT_THAT(handles({.tag = mending}), UnorderedElementsAre(ada.handle, bo.handle, cy.handle));
  EXPECT_THAT(handles({.band = micro, .tag = mending}),
              UnorderedElementsAre(ada.handle, bo.handle));
  EXPECT_THAT(
      handles({.network = Network::activitypub, .band = micro, .niche = "repair", .tag = mending}),
      ElementsAre(ada.handle));
  EXPECT_THAT(handles({.niche = "knitting"}), IsEmpty());
  EXPECT_THAT(handles({.tag = TagFilter{.exact = "never", .folded = "never"}}), IsEmpty());
  EXPECT_THAT(handles({.band = BandName{.ladder = "fine", .name = "tiny"}}), IsEmpty());
}

TEST_F(QueryTest, UnknownBandIsABadQueryWhateverElseIsAsked) {
  EXPECT_THROW(accounts({.band = BandName{.name = "giant"}}), BadQuery);
  EXPECT_THROW(accounts({.band = BandName{.ladder = "fine", .name = "micro"}}), BadQuery);
  EXPECT_THROW(
      accounts({.band = BandName{.name = "giant"}, .tag = TagFilter{.exact = "a", .folded = "a"}}),
      BadQuery);
}

TEST_F(QueryTest, FoldedTagMatchesOnActivityPubAlone) {
  const AccountFacts ada = sample_account("ada");
  const AccountFacts bo = bluesky_account("bo");
  store_.put(ada);
  store_.put(bo);
  post(ada, "folded", {"cafe"});
  post(ada, "exact", {"café"});
  post(bo, "other", {"cafe"});
  const TagFilter cafe{.exact = "café", .folded = "cafe"};
  EXPECT_THAT(texts(accounts({.tag = cafe}), "handle"), ElementsAre(ada.handle));
  EXPECT_THAT(texts(posts({.tag = cafe}), "id"),
              UnorderedElementsAre("ap:https://garden.example/posts/folded",
                                   "ap:https://garden.example/posts/exact"));
}

TEST_F(QueryTest, PostHasTheFieldsOfTheInterfaceInOrder) {
  const AccountFacts ada = sample_account("ada");
  store_.put(ada);
  post(ada, "1", {"mending"});
  EXPECT_EQ(query().posts({}, {}),
            R"({"items":[{"id":"ap:https://garden.example/posts/1","network":"activitypub",)"
            R"("account":"ap:https://garden.example/users/ada",)"
            R"("url":"https://garden.example/@x/1","created_at":"2026-11-19T12:00:00.000Z",)"
            R"("first_seen_at":"2026-11-19T12:01:00.000Z","tags":["mending"],"language":"en",)"
            R"("likes":30,"reposts":12,"replies":6,"quotes":null,"views":null,)"
            R"("counts_as_of":"2026-11-22T09:00:00.000Z","provenance":"origin"}],"next":null})");
}

TEST_F(QueryTest, PostsAreFilteredByAccountAndTag) {
  const AccountFacts ada = sample_account("ada");
  const AccountFacts bo = bluesky_account("bo");
  store_.put(ada);
  store_.put(bo);
  post(ada, "1", {"mending"});
  post(ada, "2", {"darning"});
  post(bo, "3", {"mending"});
  const TagFilter mending{.exact = "mending", .folded = "mending"};
  EXPECT_THAT(posts({})["items"].array(), SizeIs(3));
  EXPECT_THAT(posts({.tag = mending})["items"].array(), SizeIs(2));
  EXPECT_THAT(posts({.account = ada.handle})["items"].array(), SizeIs(2));
  EXPECT_THAT(texts(posts({.tag = mending, .account = "@" + ada.handle}), "id"),
              ElementsAre("ap:https://garden.example/posts/1"));
  EXPECT_THAT(posts({.account = "eve@garden.example"})["items"].array(), IsEmpty());
}

TEST_F(QueryTest, FlagHasTheFieldsOfTheInterfaceInOrder) {
  const AccountFacts ada = sample_account("ada");
  store_.put(ada);
  store_.put(sample_flag(ada));
  const std::string expected =
      R"({"id":1,"at":"2026-11-22T11:55:00.000Z","kind":"rose","ladder":"default",)"
      R"("band":"micro","account":"ap:https://garden.example/users/ada",)"
      R"("network":"activitypub","handle":"ada@garden.example",)"
      R"("url":"https://garden.example/@ada","followers":10020,"followers_before":9870,)"
      R"("as_of":"2026-11-22T11:54:00.000Z","provenance":"origin","source":"garden",)"
      R"("niches":["mending"],"engagement_rate":0.004,"engagement_sample":3})";
  EXPECT_EQ(query().flags({}, {}), R"({"items":[)" + expected + R"(],"next":null})");
  const FlagLines lines = query().flag_lines(0, 10);
  EXPECT_EQ(lines.text, expected + "\n");
  EXPECT_EQ(lines.seen, 1U);
}

TEST_F(QueryTest, FlagsAreFilteredBySinceBandAndKind) {
  const AccountFacts ada = sample_account("ada");
  store_.put(ada);
  Flag flag = sample_flag(ada);
  store_.put(flag);
  flag.kind = FlagKind::found;
  store_.put(flag);
  flag.ladder = "fine";
  flag.band = "tiny";
  store_.put(flag);
  const auto ids = [&](const FlagFilter& filter) {
    std::vector<int64_t> found;
    const JsonNode page = flags(filter);
    for (const JsonNode& item : page["items"].array()) {
      found.push_back(item["id"].integer().value_or(-1));
    }
    return found;
  };
  EXPECT_THAT(ids({}), ElementsAre(1, 2, 3));
  EXPECT_THAT(ids({.since = 1}), ElementsAre(2, 3));
  EXPECT_THAT(ids({.since = 3}), IsEmpty());
  EXPECT_THAT(ids({.since = UINT64_MAX}), IsEmpty());
  EXPECT_THAT(ids({.kind = FlagKind::found}), ElementsAre(2, 3));
  EXPECT_THAT(ids({.band = BandName{.name = "micro"}}), ElementsAre(1, 2));
  EXPECT_THAT(ids({.band = BandName{.ladder = "fine", .name = "tiny"}}), ElementsAre(3));
}

TEST_F(QueryTest, PagesHoldEveryRowOnceWhileOthersComeAndGo) {
  for (int i = 0; i < 60; ++i) {
    const AccountFacts facts = sample_account("user" + std::to_string(i));
    store_.put(facts);
    post(facts, "a" + std::to_string(i), {"mending"});
    post(facts, "b" + std::to_string(i), {"mending"});
    store_.put(sample_flag(facts));
  }
  using List = std::function<std::string(const PageRequest&)>;
  const List lists[] = {
      [&](const PageRequest& page) { return query().accounts({}, page); },
      [&](const PageRequest& page) {
        return query().accounts({.tag = TagFilter{.exact = "mending", .folded = "mending"}}, page);
      },
      [&](const PageRequest& page) { return query().posts({}, page); },
      [&](const PageRequest& page) { return query().flags({}, page); },
  };
  int newcomers = 0;
  for (const List& list : lists) {
    std::map<std::string, int> met;
    PageRequest page{.limit = 7, .cursor = {}};
    do {
      const JsonNode answer = *parse_json(list(page));
      for (const JsonNode& item : answer["items"].array()) ++met[to_json(item["id"])];
      EXPECT_LE(answer["items"].array().size(), 7U);
      page.cursor = answer["next"].text().value_or("");
      store_.put(sample_account("newcomer" + std::to_string(++newcomers)));
    } while (!page.cursor.empty());
    int residents = 0;
    for (const auto& [id, times] : met) {
      EXPECT_EQ(times, 1) << id;
      residents += id.find("newcomer") == std::string::npos ? 1 : 0;
    }
    EXPECT_EQ(residents % 60, 0);
    EXPECT_GT(residents, 0);
  }
}

TEST_F(QueryTest, LastPageHasNoNextEvenWhenItIsFull) {
  for (const char* name : {"a", "b", "c"}) store_.put(sample_account(name));
  const JsonNode page = *parse_json(query().accounts({}, {.limit = 3, .cursor = {}}));
  EXPECT_THAT(page["items"].array(), SizeIs(3));
  EXPECT_TRUE(page["next"].is_null());
  const JsonNode shorter = *parse_json(query().accounts({}, {.limit = 2, .cursor = {}}));
  EXPECT_FALSE(shorter["next"].is_null());
}

TEST_F(QueryTest, RefusesCursorsThatItDidNotMake) {
  const std::string account = "a" + std::string(32, '0');
  for (const std::string& cursor :
       {std::string("x"), std::string("a"), account + "0", account.substr(1),
        "a" + std::string(32, 'g'), std::string("f1"), std::string("p")}) {
    EXPECT_THROW(query().accounts({}, {.limit = 1, .cursor = cursor}), BadQuery) << cursor;
  }
  EXPECT_THROW(query().posts({}, {.limit = 1, .cursor = account}), BadQuery);
  EXPECT_THROW(query().posts({}, {.limit = 1, .cursor = "p" + std::string(32, '0')}), BadQuery);
  EXPECT_THROW(query().flags({}, {.limit = 1, .cursor = account}), BadQuery);
  EXPECT_THROW(query().flags({}, {.limit = 1, .cursor = "f-1"}), BadQuery);
  EXPECT_THROW(query().flags({}, {.limit = 1, .cursor = "f" + std::string(17, 'f')}), BadQuery);
  EXPECT_NO_THROW(query().accounts({}, {.limit = 1, .cursor = account}));
}

}  // namespace
}  // namespace tagscout
