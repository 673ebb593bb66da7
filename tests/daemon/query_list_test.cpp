#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "tests/daemon/support/query_fixture.h"

namespace tagscout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class QueryListTest : public QueryTest {};

TEST_F(QueryListTest, ListsLeaveOutWhoIsUnverifiedOrNotDiscoverable) {
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

TEST_F(QueryListTest, FiltersOfAccountsHoldTogether) {
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

TEST_F(QueryListTest, UnknownBandIsABadQueryWhateverElseIsAsked) {
  EXPECT_THROW(accounts({.band = BandName{.name = "giant"}}), BadQuery);
  EXPECT_THROW(accounts({.band = BandName{.ladder = "fine", .name = "micro"}}), BadQuery);
  EXPECT_THROW(
      accounts({.band = BandName{.name = "giant"}, .tag = TagFilter{.exact = "a", .folded = "a"}}),
      BadQuery);
}

TEST_F(QueryListTest, FoldedTagMatchesOnActivityPubAlone) {
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

TEST_F(QueryListTest, PostsAreFilteredByAccountAndTag) {
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

TEST_F(QueryListTest, FlagsAreFilteredBySinceBandAndKind) {
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

TEST_F(QueryListTest, PagesHoldEveryRowOnceWhileOthersComeAndGo) {
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

TEST_F(QueryListTest, LastPageHasNoNextEvenWhenItIsFull) {
  for (const char* name : {"a", "b", "c"}) store_.put(sample_account(name));
  const JsonNode page = *parse_json(query().accounts({}, {.limit = 3, .cursor = {}}));
  EXPECT_THAT(page["items"].array(), SizeIs(3));
  EXPECT_TRUE(page["next"].is_null());
  const JsonNode shorter = *parse_json(query().accounts({}, {.limit = 2, .cursor = {}}));
  EXPECT_FALSE(shorter["next"].is_null());
}

TEST_F(QueryListTest, RefusesCursorsThatItDidNotMake) {
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
