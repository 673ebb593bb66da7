#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/account_store.h"
#include "storage/meta_store.h"
#include "tests/daemon/pipeline/ingest_world.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

// An account with all that can be known of one: posts of two niches, a stub, readings, a flag, a
// handle that changed, a hint, and a place in every queue and index.
void fill(IngestWorld& world, const std::string& name) {
  world.step({post(name, 1).likes(3), post(name, 2).tags({"gardening", "linen"}),
              post(name, 3).by(at_home(name, 9'000))});
  world.later(1h, {at_home(name, 10'500), PostDeleted{post_id(name, 3), person(name), {}}});
  AccountSighting renamed = at_home(name, 10'600);
  renamed.handle = "renamed." + user_of(name) + "@" + home_of(name);
  world.later(1h, {renamed, FollowHint{person(name), 1}});
}

std::string key_bytes(const IngestWorld& world, const std::string& name) {
  return keys::account(world.key(name));
}

std::optional<GoneReason> tombstone(IngestWorld& world, const std::string& name) {
  const auto found = meta::tombstone(world.database(), world.key(name));
  if (!found) return std::nullopt;
  return found->reason;
}

// Nothing may be left of the account but its tombstone.
void expect_erased(IngestWorld& world, const std::string& name) {
  EXPECT_EQ(world.rows_with(key_bytes(world, name)), 1u) << "the tombstone";
  EXPECT_TRUE(tombstone(world, name).has_value());
  for (const std::string& trace : {person(name).text(), "users/" + user_of(name),
                                   user_of(name) + "@", "Some " + user_of(name)}) {
    EXPECT_EQ(world.rows_with(trace), 0u) << trace;
  }
  StoreCounts counted = world.counted();
  EXPECT_EQ(world.counts(), counted);
}

TEST(IngestWishes, WhoeverOptsOutIsPurgedWithoutATrace) {
  const struct {
    OptOut wish;
    bool copied;
    std::optional<GoneReason> reason;
  } cases[] = {
      {OptOut::noindex, false, GoneReason::noindex},
      {OptOut::noindex, true, GoneReason::noindex},
      {OptOut::no_unauth, false, GoneReason::label},
      {OptOut::label_hide, false, GoneReason::label},
      {OptOut::nobot_tag, false, GoneReason::bio_marker},
      {OptOut::nobot_tag, true, GoneReason::bio_marker},
      {OptOut::vanish, false, GoneReason::vanish},
      {OptOut::suspended, false, GoneReason::suspended},
      {OptOut::suspended, true, std::nullopt},  // the judgement of a server that is not its home
      {OptOut::locked, false, std::nullopt},
  };
  for (const auto& row : cases) {
    IngestWorld world;
    fill(world, "ada");
    const AccountSighting seen = row.copied ? copy_of("ada", 10'600) : at_home("ada", 10'600);
    world.later(1h, {wishing(seen, row.wish)});
    EXPECT_EQ(tombstone(world, "ada"), row.reason) << opt_out_name(row.wish);
    if (row.reason) {
      expect_erased(world, "ada");
    } else {
      EXPECT_TRUE(world.account("ada").has_value());
    }
  }
}

TEST(IngestWishes, APurgeLeavesOthersAlone) {
  IngestWorld world;
  fill(world, "ben");
  const AccountFacts facts = world.facts("ben");
  const AccountSums sums = world.sums("ben");
  fill(world, "ada");
  world.later(1h, {AccountGone{person("ada"), GoneReason::deleted}});
  expect_erased(world, "ada");
  EXPECT_EQ(world.facts("ben"), facts);
  EXPECT_EQ(world.sums("ben"), sums);
  EXPECT_EQ(world.flags().size(), 1u);
  EXPECT_TRUE(accounts::by_handle(world.database(), world.hasher, "renamed.ben@one.test"));
  EXPECT_FALSE(accounts::by_handle(world.database(), world.hasher, "renamed.ada@one.test"));
}

TEST(IngestWishes, APurgeErasesWhatTheSameWindowBegan) {
  IngestWorld world;
  world.see({post("ada", 1).by(at_home("ada", 12'000)), post("ada", 2).tags({"gardening"})});
  world.see({AccountGone{person("ada"), GoneReason::deleted}});
  world.see({post("ada", 3).by(at_home("ada", 12'000))});
  const WindowEffects effects = world.commit();
  expect_erased(world, "ada");
  EXPECT_THAT(effects.flags, IsEmpty());
  EXPECT_EQ(world.counts(), StoreCounts{});
  world.step({post("ben", 1).by(at_home("ben", 12'000))});
  EXPECT_EQ(world.flags().front().id, 2u) << "the first id was given and is gone";
}

TEST(IngestWishes, AFirstSightThatOptsOutLeavesOnlyATombstone) {
  IngestWorld world;
  world.step({post("ada", 1).by(wishing(at_home("ada", 12'000), OptOut::noindex))});
  expect_erased(world, "ada");
  EXPECT_EQ(world.counts(), StoreCounts{});
}

TEST(IngestWishes, TombstonesMeetPagesAndAnswersAlsoAfterARestart) {
  IngestWorld world;
  world.step({post("ada", 1)});
  world.later(1h, {wishing(at_home("ada", 5'000), OptOut::noindex)});
  for (const bool restarted : {false, true}) {
    if (restarted) world.restart();
    const WindowEffects effects =
        world.later(1h, {post("ada", 1).reread(), at_home("ada", 50'000), post("ada", 2).copied(),
                         post("ada", 3).by(at_home("ada", 50'000)),
                         HandleChanged{person("ada"), "new@one.test"},
                         AccountMissing{person("ada")}, AccountActive{person("ada")}});
    expect_erased(world, "ada");
    EXPECT_EQ(effects.dropped.at("gone"), 3);
  }
}

TEST(IngestWishes, OfAccountsNeverMetNotEvenATombstoneIsKept) {
  IngestWorld world;
  world.step({AccountGone{person("ada"), GoneReason::deleted}, AccountMissing{person("ada")},
              AccountActive{person("ada")}, HandleChanged{person("ada"), "ada@one.test"},
              wishing(at_home("ada", 12'000), OptOut::noindex), FollowHint{person("ada"), 1}});
  EXPECT_EQ(world.rows_with(key_bytes(world, "ada")), 0u);
}

TEST(IngestWishes, TheGraverReasonStands) {
  const struct {
    GoneReason first;
    GoneReason second;
    GoneReason kept;
  } cases[] = {
      {GoneReason::deactivated, GoneReason::deleted, GoneReason::deleted},
      {GoneReason::deleted, GoneReason::deactivated, GoneReason::deleted},
      {GoneReason::noindex, GoneReason::suspended, GoneReason::noindex},
      {GoneReason::suspended, GoneReason::noindex, GoneReason::noindex},
      {GoneReason::operator_list, GoneReason::label, GoneReason::operator_list},
      {GoneReason::label, GoneReason::vanish, GoneReason::vanish},
  };
  IngestWorld world;
  int number = 0;
  for (const auto& row : cases) {
    const std::string name = "p" + std::to_string(number++);
    world.step({post(name, 1)});
    world.step({AccountGone{person(name), row.first}});
    world.step({AccountGone{person(name), row.second}});
    EXPECT_EQ(tombstone(world, name), row.kept) << number;
  }
}

TEST(IngestWishes, AReplayedAbsenceThatIsOverTakesNothing) {
  IngestWorld world;
  fill(world, "ada");
  const AccountGone away{person("ada"), GoneReason::deactivated, noon + 2h};
  const AccountActive back{person("ada"), noon + 3h};
  world.later(1h, {away});
  world.later(1h, {back});
  world.later(1h, {post("ada", 9).by(at_home("ada", 20'000))});
  const std::vector<std::string> flags = world.flag_lines();
  ASSERT_EQ(flags.size(), 1u);
  world.later(1h, {away, back});
  EXPECT_EQ(world.flag_lines(), flags);
  EXPECT_EQ(world.sums("ada").posts_seen, 1);
  AccountGone again = away;
  again.at = noon + 8h;
  world.later(1h, {again});
  EXPECT_EQ(tombstone(world, "ada"), GoneReason::deactivated);
}

TEST(IngestWishes, AReplayBringsBackNoPostFromBeforeTheAbsence) {
  IngestWorld world;
  fill(world, "ada");
  const Event old = post("ada", 8).rev("3a").created(noon + 1h);
  world.later(1h, {old});
  world.later(1h, {AccountGone{person("ada"), GoneReason::deactivated, noon + 2h}});
  world.later(1h, {AccountActive{person("ada"), noon + 3h}});
  world.later(1h, {old});
  EXPECT_FALSE(world.account("ada").has_value());
  world.later(1h, {post("ada", 9).rev("3b").created(noon + 4h), old});
  EXPECT_EQ(world.sums("ada").posts_seen, 1);
}

TEST(IngestWishes, ReactivatedAccountsStartAnewWithTheirFirstLaterPost) {
  for (const GoneReason reason : {GoneReason::deactivated, GoneReason::suspended}) {
    IngestWorld world;
    fill(world, "ada");
    world.later(1h, {AccountGone{person("ada"), reason}});
    world.later(1h, {AccountActive{person("ada")}});
    EXPECT_EQ(tombstone(world, "ada"), std::nullopt);
    EXPECT_FALSE(world.account("ada").has_value());
    world.later(1h, {post("ada", 9).likes(2)});
    EXPECT_EQ(world.facts("ada").first_seen_at, world.now);
    EXPECT_FALSE(world.facts("ada").verified);
    EXPECT_EQ(world.sums("ada").posts_seen, 1);
    EXPECT_EQ(world.sums("ada").engagement.likes, 2);
    world.later(1h, {at_home("ada", 20'000)});
    EXPECT_THAT(world.flag_lines(), ElementsAre("found micro 20000"));
  }
}

TEST(IngestWishes, APageOfTheHomeShowingAPostBringsBackWhoWasOnlyAway) {
  const struct {
    std::string what;
    GoneReason reason;
    Event sighting;
    bool returns;
  } cases[] = {
      {"page of its home", GoneReason::suspended, post("ada", 2), true},
      {"copy", GoneReason::suspended, post("ada", 2).copied(), false},
      {"re-read", GoneReason::suspended, post("ada", 2).reread(), false},
      {"stream", GoneReason::suspended, post("ada", 2).rev("3k"), false},
      {"deleted", GoneReason::deleted, post("ada", 2), false},
      {"forgotten", GoneReason::forgotten, post("ada", 2), false},
      {"ignored", GoneReason::operator_list, post("ada", 2), false},
      {"noindex", GoneReason::noindex, post("ada", 2), false},
  };
  for (const auto& row : cases) {
    IngestWorld world;
    world.step({post("ada", 1)});
    world.step({AccountGone{person("ada"), row.reason}});
    world.step({row.sighting});
    EXPECT_EQ(world.account("ada").has_value(), row.returns) << row.what;
    EXPECT_EQ(tombstone(world, "ada").has_value(), !row.returns) << row.what;
  }
}

TEST(IngestWishes, TheOperatorIgnoresAndAllows) {
  IngestWorld world;
  fill(world, "ada");
  EXPECT_FALSE(world.ingest->ignore(person("ben"), world.now));
  EXPECT_TRUE(world.ingest->ignore(person("ada"), world.now));
  world.commit();
  expect_erased(world, "ada");
  EXPECT_FALSE(world.ingest->ignore(person("ada"), world.now));
  world.step({post("ada", 5)});
  EXPECT_FALSE(world.account("ada").has_value());
  EXPECT_FALSE(world.ingest->allow(person("ben")));
  EXPECT_TRUE(world.ingest->allow(person("ada")));
  EXPECT_FALSE(world.ingest->allow(person("ada")));
  world.commit();
  world.step({post("ada", 5)});
  EXPECT_TRUE(world.account("ada").has_value());
}

TEST(IngestWishes, AllowLiftsAWishButNeitherDeletionNorAbsence) {
  const struct {
    GoneReason reason;
    bool lifted;
  } cases[] = {
      {GoneReason::noindex, true},    {GoneReason::label, true},
      {GoneReason::bio_marker, true}, {GoneReason::operator_list, true},
      {GoneReason::deleted, false},   {GoneReason::vanish, false},
      {GoneReason::forgotten, false}, {GoneReason::deactivated, false},
      {GoneReason::suspended, false},
  };
  IngestWorld world;
  for (const auto& row : cases) {
    const std::string name(gone_reason_name(row.reason));
    world.step({post(name, 1)});
    world.step({AccountGone{person(name), row.reason}});
    EXPECT_EQ(world.ingest->allow(person(name)), row.lifted) << name;
  }
}

TEST(IngestWishes, WhoIsNotToBeDiscoveredKeepsCountersAndRaisesNoFlag) {
  IngestWorld world;
  AccountSighting shy = at_home("ada", 9'000);
  shy.discoverable = false;
  world.step({post("ada", 1).likes(4).by(shy)});
  shy.counts.followers = 12'000;
  world.later(1h, {shy});
  EXPECT_THAT(world.flag_lines(), IsEmpty());
  EXPECT_TRUE(world.facts("ada").opt_outs.has(OptOut::not_discoverable));
  EXPECT_EQ(world.sums("ada").engagement.likes, 4);
  EXPECT_EQ(world.facts("ada").bands.front().from, 10'000);
  AccountSighting open = at_home("ada", 12'100);
  open.discoverable = true;
  world.later(1h, {open});
  EXPECT_FALSE(world.facts("ada").opt_outs.has(OptOut::not_discoverable));
  EXPECT_THAT(world.flag_lines(), IsEmpty()) << "no flag is back-dated";
  world.later(1h, {at_home("ada", 9'000)});
  world.later(1h, {at_home("ada", 12'000)});
  EXPECT_THAT(world.flag_lines(), ElementsAre("rose micro 12000"));
}

TEST(IngestWishes, DiscoverableUnsaidIsNoWish) {
  IngestWorld world;
  world.step({post("ada", 1).by(at_home("ada", 12'000))});
  EXPECT_FALSE(world.facts("ada").opt_outs.has(OptOut::not_discoverable));
  EXPECT_EQ(world.flags().size(), 1u);
}

TEST(IngestWishes, ACopyMayHideAnUnverifiedAccountOnly) {
  IngestWorld world;
  AccountSighting shy = copy_of("ada", 12'000);
  shy.discoverable = false;
  world.step({post("ada", 1).copied().by(shy)});
  EXPECT_TRUE(world.facts("ada").opt_outs.has(OptOut::not_discoverable));
  world.later(1h, {at_home("ada", 12'000)});
  EXPECT_FALSE(world.facts("ada").opt_outs.has(OptOut::not_discoverable));
  world.later(1h, {shy});
  EXPECT_FALSE(world.facts("ada").opt_outs.has(OptOut::not_discoverable));
}

TEST(IngestWishes, BridgedAccountsAreMarkedAndRaiseNoFlag) {
  IngestWorld world;
  AccountSighting bridged = at_home("ada", 9'000);
  bridged.bridged = true;
  world.step({post("ada", 1).by(bridged)});
  world.later(1h, {at_home("ada", 12'000)});
  EXPECT_TRUE(world.facts("ada").bridged);
  EXPECT_THAT(world.flag_lines(), IsEmpty());
  EXPECT_EQ(world.facts("ada").bands.front().from, 10'000);
}

TEST(IngestWishes, AnAccountIsGoneWhenItsHomeMissesItTwice) {
  IngestWorld world;
  fill(world, "ada");
  world.later(1h, {AccountMissing{person("ada")}});
  EXPECT_EQ(world.account_due("ada"), Duration(1h));
  world.later(59min, {AccountMissing{person("ada")}});
  EXPECT_TRUE(world.account("ada").has_value());
  world.clock_right = false;
  world.later(1min, {AccountMissing{person("ada")}});
  EXPECT_TRUE(world.account("ada").has_value());
  EXPECT_GE(world.account_due("ada"), Duration(1h));
  world.clock_right = true;
  world.later(1h, {AccountMissing{person("ada")}});
  EXPECT_EQ(tombstone(world, "ada"), GoneReason::deleted);
  expect_erased(world, "ada");
}

TEST(IngestWishes, AReadingBetweenTwoMissesSavesTheAccount) {
  IngestWorld world;
  fill(world, "ada");
  world.later(1h, {AccountMissing{person("ada")}});
  world.later(30min, {at_home("ada", 10'700)});
  world.later(30min, {AccountMissing{person("ada")}});
  EXPECT_TRUE(world.account("ada").has_value());
}

}  // namespace
}  // namespace tagscout
