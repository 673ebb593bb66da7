// People who move from one account to another.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/meta_store.h"
#include "tests/daemon/pipeline/ingest_world.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

AccountSighting moving(AccountSighting sighting, const std::string& successor) {
  sighting.moved_to = person(successor).text();
  return sighting;
}

// Ada, in band, has moved to two.test, where she has posted as well.
void move_ada(IngestWorld& world, int64_t followers_there = 300) {
  world.step({post("ada", 1).by(at_home("ada", 12'000))});
  world.step({post("ada@two.test", 1).by(at_home("ada@two.test", followers_there))}, "two.test");
  world.later(1h, {moving(at_home("ada", 11'900), "ada@two.test")});
}

std::optional<GoneReason> gone(IngestWorld& world, const std::string& name) {
  const auto found = meta::tombstone(world.database(), world.key(name));
  if (!found) return std::nullopt;
  return found->reason;
}

TEST(IngestMoves, LinkBothWays) {
  IngestWorld world;
  move_ada(world);
  EXPECT_EQ(world.facts("ada").moved_to, person("ada@two.test").text());
  EXPECT_EQ(world.facts("ada@two.test").moved_from, world.key("ada"));
}

TEST(IngestMoves, LinkASuccessorThatIsMetLater) {
  IngestWorld world;
  world.step({post("ada", 1).by(moving(at_home("ada", 12'000), "ada@two.test"))});
  EXPECT_FALSE(world.account("ada@two.test").has_value()) << "nobody is tracked for being named";
  EXPECT_EQ(world.rows_with("two.test"), 1u) << "her own word on it";
  world.restart();
  world.step({post("ada@two.test", 1).by(at_home("ada@two.test", 300))}, "two.test");
  EXPECT_EQ(world.facts("ada@two.test").moved_from, world.key("ada"));
}

TEST(IngestMoves, FreezeTheOldAccount) {
  IngestWorld world;
  move_ada(world);
  const std::vector<BandState> bands = world.facts("ada").bands;
  world.later(1h, {moving(at_home("ada", 8'000), "ada@two.test")});
  world.later(1h, {moving(at_home("ada", 30'000), "ada@two.test")});
  EXPECT_EQ(world.facts("ada").bands, bands);
  EXPECT_THAT(world.flag_lines(), ElementsAre("found micro 12000"));
  EXPECT_EQ(world.account_due("ada"), Duration(24h * 7)) << "no budget is spent on it";
  world.later(1h, {FollowHint{person("ada"), 1'000'000}, copy_of("ada", 9)});
  EXPECT_EQ(world.account_due("ada"), Duration(24h * 7 - 1h)) << "nor hurry";
}

TEST(IngestMoves, TheSuccessorIsFoundNotRisen) {
  IngestWorld world;
  move_ada(world);
  world.later(25h, {at_home("ada@two.test", 580)});
  world.later(25h, {at_home("ada@two.test", 10'400)});  // suspicious only from 1,000 on
  EXPECT_THAT(world.flag_lines(), ElementsAre("found micro 12000", "found micro 10400"));
  world.later(25h, {at_home("ada@two.test", 9'000)});
  world.later(25h, {at_home("ada@two.test", 10'100)});
  EXPECT_EQ(world.flag_lines().back(), "rose micro 10100") << "only the first entry is special";
}

TEST(IngestMoves, ASuccessorThatRoseByItselfIsNotFoundAgain) {
  IngestWorld world;
  move_ada(world, 9'000);
  IngestWorld other;
  other.step({post("bea@two.test", 1).by(at_home("bea@two.test", 9'000))}, "two.test");
  other.later(1h, {at_home("bea@two.test", 10'000)});
  other.later(1h, {at_home("bea@two.test", 9'000)});
  other.step({post("bea", 1).by(moving(at_home("bea", 500), "bea@two.test"))});
  other.later(1h, {at_home("bea@two.test", 10'500)});
  EXPECT_THAT(other.flag_lines(), ElementsAre("rose micro 10000", "rose micro 10500"));
}

TEST(IngestMoves, AMoveTakenBackThawsAndParts) {
  IngestWorld world;
  move_ada(world);
  world.later(1h, {at_home("ada", std::nullopt)});  // a short form says nothing about it
  EXPECT_FALSE(world.facts("ada").moved_to.empty());
  world.later(1h, {at_home("ada", 9'000)});
  EXPECT_TRUE(world.facts("ada").moved_to.empty());
  EXPECT_FALSE(world.facts("ada@two.test").moved_from.has_value());
  EXPECT_FALSE(meta::predecessor(world.database(), world.key("ada@two.test")).has_value());
  world.later(1h, {at_home("ada", 10'200)});
  EXPECT_EQ(world.flag_lines().back(), "rose micro 10200");
}

TEST(IngestMoves, OnlyTheHomeTellsOfOne) {
  IngestWorld world;
  world.step({post("ada", 1).by(at_home("ada", 12'000))});
  world.later(1h, {moving(copy_of("ada", 12'000), "mallory@three.test")});
  EXPECT_TRUE(world.facts("ada").moved_to.empty());
  world.later(1h, {moving(at_home("ada", 12'000), "ada")});
  EXPECT_TRUE(world.facts("ada").moved_to.empty()) << "nobody moves to where they are";
}

TEST(IngestMoves, AnOptOutOfTheOldCoversTheNew) {
  for (const OptOut wish : {OptOut::noindex, OptOut::nobot_tag, OptOut::vanish}) {
    IngestWorld world;
    move_ada(world);
    world.later(1h, {wishing(moving(at_home("ada", 11'900), "ada@two.test"), wish)});
    EXPECT_TRUE(gone(world, "ada").has_value());
    EXPECT_EQ(gone(world, "ada@two.test"), gone(world, "ada")) << opt_out_name(wish);
    EXPECT_FALSE(world.account("ada@two.test").has_value());
    EXPECT_EQ(world.counts(), world.counted());
  }
}

TEST(IngestMoves, AnOptOutCoversASuccessorNeverMet) {
  IngestWorld world;
  world.step({post("ada", 1).by(
      wishing(moving(at_home("ada", 12'000), "ada@two.test"), OptOut::noindex))});
  world.restart();
  const WindowEffects effects =
      world.step({post("ada@two.test", 1).by(at_home("ada@two.test", 300))}, "two.test");
  EXPECT_FALSE(world.account("ada@two.test").has_value());
  EXPECT_EQ(effects.dropped.at("gone"), 1);
}

TEST(IngestMoves, AnOptOutCoversASuccessorNamedAfterwards) {
  IngestWorld world;
  world.step({post("ada", 1).by(wishing(at_home("ada", 12'000), OptOut::noindex))});
  world.step({post("ada@two.test", 1).by(at_home("ada@two.test", 300))}, "two.test");
  world.later(1h, {post("ada", 2).by(moving(at_home("ada", 12'000), "ada@two.test"))});
  EXPECT_EQ(gone(world, "ada@two.test"), GoneReason::noindex);
}

TEST(IngestMoves, TheOperatorsIgnoreCoversTheNew) {
  IngestWorld world;
  move_ada(world);
  EXPECT_TRUE(world.ingest->ignore(person("ada"), world.now));
  world.commit();
  EXPECT_EQ(gone(world, "ada@two.test"), GoneReason::operator_list);
}

TEST(IngestMoves, ADeletionOfTheOldIsNoWishOfTheNew) {
  for (const GoneReason reason :
       {GoneReason::deleted, GoneReason::suspended, GoneReason::deactivated}) {
    IngestWorld world;
    move_ada(world);
    world.later(1h, {AccountGone{person("ada"), reason}});
    EXPECT_TRUE(gone(world, "ada").has_value());
    EXPECT_TRUE(world.account("ada@two.test").has_value());
  }
}

TEST(IngestMoves, AHiddenAccountHidesItsSuccessor) {
  IngestWorld world;
  move_ada(world);
  AccountSighting shy = moving(at_home("ada", 11'900), "ada@two.test");
  shy.discoverable = false;
  world.later(1h, {shy});
  EXPECT_TRUE(world.facts("ada@two.test").opt_outs.has(OptOut::not_discoverable));
  world.later(1h, {at_home("ada@two.test", 600)});
  world.later(25h, {at_home("ada@two.test", 10'400)});
  EXPECT_TRUE(world.facts("ada@two.test").opt_outs.has(OptOut::not_discoverable));
  EXPECT_THAT(world.flag_lines(), ElementsAre("found micro 12000"));
}

TEST(IngestMoves, ACircleEnds) {
  IngestWorld world;
  move_ada(world);
  world.later(1h, {moving(at_home("ada@two.test", 300), "ada")});
  world.later(1h, {wishing(at_home("ada@two.test", 300), OptOut::noindex)});
  EXPECT_TRUE(gone(world, "ada@two.test").has_value());
  EXPECT_EQ(world.counts(), world.counted());
}

TEST(IngestMoves, ThePredecessorsOfOneThatIsGoneStayAsTheyAre) {
  IngestWorld world;
  move_ada(world);
  world.later(1h, {wishing(at_home("ada@two.test", 300), OptOut::noindex)});
  EXPECT_FALSE(gone(world, "ada").has_value());
  EXPECT_THAT(world.flag_lines(), ElementsAre("found micro 12000"));
}

}  // namespace
}  // namespace tagscout
