#include "daemon/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/support/query_fixture.h"

namespace tagscout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

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

}  // namespace
}  // namespace tagscout
