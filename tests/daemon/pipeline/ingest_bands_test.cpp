#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/account_store.h"
#include "storage/name_store.h"
#include "tests/daemon/pipeline/ingest_world.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

// The account posts, and then its home shows these counts, hours apart.
void read_at_home(IngestWorld& world, const std::vector<int64_t>& followers,
                  const std::string& name = "ada") {
  world.step({post(name, 1).copied()});
  for (const int64_t count : followers) world.later(1h, {at_home(name, count)});
}

TEST(IngestBands, RaiseOneFlagForEachEntryIntoAWatchedBand) {
  const struct {
    std::string what;
    std::vector<int64_t> readings;
    std::vector<std::string> flags;
  } cases[] = {
      {"below", {9'000, 9'999}, {}},
      {"at the edge", {9'999, 10'000}, {"rose micro 10000"}},
      {"read twice", {9'999, 10'000, 10'000, 10'001}, {"rose micro 10000"}},
      {"first reading inside", {10'020}, {"found micro 10020"}},
      {"first reading at the last follower", {99'999}, {"found micro 99999"}},
      {"first reading above", {100'000}, {}},
      {"from above, still held", {100'000, 95'000}, {}},
      {"from above", {100'000, 94'999}, {"fell micro 94999"}},
      {"hovering", {9'990, 10'000, 9'990, 10'005, 9'500, 10'001}, {"rose micro 10000"}},
      {"out and in", {9'990, 10'000, 9'499, 10'001}, {"rose micro 10000", "rose micro 10001"}},
      {"through it", {9'990, 40'000, 120'000, 94'000}, {"rose micro 40000", "fell micro 94000"}},
      {"over it", {60'000, 120'000}, {"found micro 60000"}},
      {"from nothing", {1, 999, 1'000, 4'900, 10'000}, {"rose micro 10000"}},
  };
  IngestWorld world;
  for (const auto& row : cases) {
    const size_t before = world.flags().size();
    read_at_home(world, row.readings, std::string("ada").append(row.what) + "@three.test");
    std::vector<std::string> raised = world.flag_lines();
    raised.erase(raised.begin(), raised.begin() + static_cast<ptrdiff_t>(before));
    EXPECT_EQ(raised, row.flags) << row.what;
  }
}

TEST(IngestBands, AFlagTellsWhatWasKnownWhenItWasRaised) {
  IngestWorld world;
  world.step({post("ada", 1).copied().tags({"gardening", "slowfashion"})}, "two.test");
  world.later(1h, {at_home("ada", 9'000)});
  world.now += 1h;
  const Time crossed = world.now;
  const WindowEffects effects = world.step({at_home("ada", 11'000)}, "_home");
  ASSERT_EQ(world.flags().size(), 1u);
  const Flag flag = world.flags().front();
  EXPECT_EQ(flag.id, 1u);
  EXPECT_EQ(flag.at, crossed);
  EXPECT_EQ(flag.as_of, crossed);
  EXPECT_EQ(flag.ladder, "default");
  EXPECT_EQ(flag.account, person("ada"));
  EXPECT_EQ(flag.key, world.key("ada"));
  EXPECT_EQ(flag.handle, "ada@one.test");
  EXPECT_EQ(flag.url, "https://one.test/@ada");
  EXPECT_EQ(flag.followers_before, 9'000);
  EXPECT_EQ(flag.source, "_home");
  EXPECT_EQ(flag.provenance, Provenance::origin);
  EXPECT_THAT(flag.niches, ElementsAre("garden", "slow-fashion"));
  EXPECT_EQ(flag.engagement_rate, std::nullopt);
  EXPECT_EQ(effects.flags, world.flags());
  EXPECT_EQ(effects.last_flag, 1u);
}

TEST(IngestBands, AFlagOfTheFirstPageKnowsTheNicheOfItsPost) {
  IngestWorld world;
  world.step({post("ada", 1).tags({"gardening"}).by(at_home("ada", 12'000))});
  ASSERT_THAT(world.flag_lines(), ElementsAre("found micro 12000"));
  EXPECT_THAT(world.flags().front().niches, ElementsAre("garden"));
  EXPECT_EQ(world.flags().front().followers_before, std::nullopt);
}

TEST(IngestBands, ForeignReadingsMoveNothing) {
  IngestWorld world;
  world.step({post("ada", 1).copied().by(copy_of("ada", 50'000))}, "two.test");
  EXPECT_FALSE(world.facts("ada").verified);
  EXPECT_THAT(world.facts("ada").bands, IsEmpty());
  EXPECT_EQ(world.facts("ada").foreign.counts.followers, 50'000);
  world.later(1h, {at_home("ada", 9'000)});
  world.later(1h, {copy_of("ada", 70'000)});
  world.later(1h, {copy_of("ada", 200)});
  EXPECT_THAT(world.flag_lines(), IsEmpty());
  EXPECT_EQ(world.facts("ada").origin.counts.followers, 9'000);
}

TEST(IngestBands, ForeignBeforeTheFirstOriginReadingCountsAsNothing) {
  IngestWorld world;
  world.step({post("ada", 1).copied().by(copy_of("ada", 188))}, "two.test");
  world.later(1s, {at_home("ada", 10'020)});
  EXPECT_THAT(world.flag_lines(), ElementsAre("found micro 10020"));
}

TEST(IngestBands, HiddenFollowersAreNoReading) {
  IngestWorld world;
  world.step({post("ada", 1).by(hidden("ada"))});
  EXPECT_TRUE(world.facts("ada").verified);
  EXPECT_THAT(world.facts("ada").bands, IsEmpty());
  EXPECT_EQ(world.facts("ada").origin.counts.followers, std::nullopt);
  EXPECT_EQ(world.facts("ada").origin.counts.posts, 4);
  world.later(1h, {at_home("ada", 20'000)});
  const Time read = world.now;
  EXPECT_THAT(world.flag_lines(), ElementsAre("found micro 20000"));
  world.later(1h, {hidden("ada")});
  EXPECT_EQ(world.facts("ada").origin.counts.followers, 20'000);
  EXPECT_EQ(world.facts("ada").origin.at, read);
}

TEST(IngestBands, AnAccountIsUnverifiedUntilItsHomeAnswers) {
  IngestWorld world;
  world.step({post("ada", 1).by(at_home("ada", std::nullopt))});  // a short form, without counts
  EXPECT_FALSE(world.facts("ada").verified);
  world.later(1h, {copy_of("ada", 12'000)});
  EXPECT_FALSE(world.facts("ada").verified);
  EXPECT_THAT(world.flag_lines(), IsEmpty());
  world.later(1h, {at_home("ada", 12'000)});
  EXPECT_TRUE(world.facts("ada").verified);
}

TEST(IngestBands, SeveralLaddersAreJudgedSideBySide) {
  IngestOptions options = usual_options();
  Band small;
  small.name = "small";
  small.from = 5'000;
  small.to = 20'000;
  small.watch = true;
  small.ladder = "alternative";
  options.bands.push_back(small);
  Band elsewhere = small;
  elsewhere.ladder = "elsewhere";
  elsewhere.networks = {Network::bluesky};
  options.bands.push_back(elsewhere);
  IngestWorld world(options);
  read_at_home(world, {4'000, 6'000, 12'000, 22'000});
  EXPECT_THAT(world.flag_lines(), ElementsAre("rose small 6000", "rose micro 12000"));
  EXPECT_EQ(world.facts("ada").bands.size(), 2u);
}

TEST(IngestBands, TheBandIndexHoldsEveryAccountOnce) {
  IngestWorld world;
  const auto in_micro = [&] {
    size_t found = 0;
    const auto ladder = names::find(world.database(), NameKind::ladder, "default");
    accounts::for_each_in_band(world.database(), {ladder.value_or(0), 10'000}, {},
                               [&](const AccountKey& key) {
                                 EXPECT_EQ(key, world.key("ada"));
                                 ++found;
                                 return true;
                               });
    return found;
  };
  read_at_home(world, {9'000});
  EXPECT_EQ(in_micro(), 0u);
  world.later(1h, {at_home("ada", 10'000)});
  world.later(1h, {at_home("ada", 10'100)});
  EXPECT_EQ(in_micro(), 1u);
  world.later(1h, {at_home("ada", 9'000)});
  EXPECT_EQ(in_micro(), 0u);
}

TEST(IngestBands, BothCrossingsOfOneWindowAreFlagged) {
  IngestWorld world;
  read_at_home(world, {9'990});
  world.see({at_home("ada", 10'000)});
  world.see({at_home("ada", 9'000)});
  world.see({at_home("ada", 10'001)});
  world.commit();
  EXPECT_THAT(world.flag_lines(), ElementsAre("rose micro 10000", "rose micro 10001"));
  EXPECT_EQ(world.facts("ada").flags, (std::vector<uint64_t>{1, 2}));
}

TEST(IngestBands, LaddersUnknownToTheStoreAreComputedSilently) {
  IngestWorld world;
  read_at_home(world, {9'000});
  IngestOptions changed = usual_options();
  changed.bands[1].from = 8'000;
  changed.bands[0].to = 8'000;
  world.restart(changed);
  EXPECT_THAT(world.flag_lines(), IsEmpty());
  EXPECT_EQ(world.facts("ada").bands.front().from, 8'000);
  world.later(1h, {at_home("ada", 9'001)});
  EXPECT_THAT(world.flag_lines(), IsEmpty());
}

}  // namespace
}  // namespace tagscout
