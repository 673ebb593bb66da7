#include "daemon/judge/band_ladder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/daemon/judge/band_reference.h"

namespace tagscout {
namespace {

using testing::ElementsAre;

Band band(const std::string& name, int64_t from, std::optional<int64_t> to, bool watch = false) {
  Band band;
  band.name = name;
  band.from = from;
  band.to = to;
  band.watch = watch;
  return band;
}

std::vector<Band> default_bands() {
  return {band("nano", 1'000, 10'000), band("micro", 10'000, 100'000, true),
          band("mid", 100'000, 500'000), band("macro", 500'000, 1'000'000),
          band("mega", 1'000'000, std::nullopt)};
}

BandLadder default_ladder() { return {"default", default_bands()}; }

// An account that is moved as ingest moves it: "found", "rose", "fell", or "" for each reading.
class Walk {
 public:
  explicit Walk(BandLadder ladder) : ladder_(std::move(ladder)) {}

  std::string read(int64_t followers) {
    if (!at_) {
      at_ = ladder_.rung_of(followers).from;
      return ladder_.rung_of(followers).watch ? "found" : "";
    }
    const Rung& before = *ladder_.rung_from(*at_);
    const Rung& now = ladder_.after(*at_, followers);
    at_ = now.from;
    const std::optional<FlagKind> kind = BandLadder::crossing(before, now);
    return kind ? std::string(flag_kind_name(*kind)) : "";
  }
  std::vector<std::string> read_all(const std::vector<int64_t>& readings) {
    std::vector<std::string> flags;
    flags.reserve(readings.size());
    for (const int64_t followers : readings) flags.push_back(read(followers));
    return flags;
  }
  const Rung& rung() const { return *ladder_.rung_from(*at_); }

 private:
  BandLadder ladder_;
  std::optional<int64_t> at_;
};

TEST(BandLadder, PutsEachCountIntoOneBand) {
  struct Case {
    int64_t followers;
    std::string_view band;
  };
  constexpr std::array cases{
      Case{0, ""},
      Case{999, ""},
      Case{1'000, "nano"},
      Case{9'499, "nano"},
      Case{9'500, "nano"},
      Case{9'999, "nano"},
      Case{10'000, "micro"},
      Case{99'999, "micro"},
      Case{100'000, "mid"},
      Case{499'999, "mid"},
      Case{500'000, "macro"},
      Case{999'999, "macro"},
      Case{1'000'000, "mega"},
      Case{INT64_MAX, "mega"},
  };
  const BandLadder ladder = default_ladder();
  for (const Case& row : cases) EXPECT_EQ(ladder.rung_of(row.followers).name, row.band);
}

TEST(BandLadder, MovesAtTheExactEdges) {
  struct Case {
    int64_t state;  // lower edge of the band the account is in
    int64_t followers;
    int64_t after;
    std::string_view flag;
  };
  constexpr std::array cases{
      Case{0, 9'999, 1'000, ""},
      Case{1'000, 9'499, 1'000, ""},
      Case{1'000, 9'500, 1'000, ""},
      Case{1'000, 9'999, 1'000, ""},
      Case{1'000, 10'000, 10'000, "rose"},
      Case{0, 10'000, 10'000, "rose"},
      Case{0, 99'999, 10'000, "rose"},
      Case{10'000, 10'000, 10'000, ""},
      Case{10'000, 9'999, 10'000, ""},
      Case{10'000, 9'500, 10'000, ""},
      Case{10'000, 9'499, 1'000, ""},
      Case{10'000, 99'999, 10'000, ""},
      Case{10'000, 100'000, 100'000, ""},
      Case{100'000, 99'999, 100'000, ""},
      Case{100'000, 95'000, 100'000, ""},
      Case{100'000, 94'999, 10'000, "fell"},
      Case{1'000'000, 9'999, 1'000, ""},
      Case{1'000'000, 10'000, 10'000, "fell"},
      Case{1'000, 950, 1'000, ""},
      Case{1'000, 949, 0, ""},
      Case{10'000, 0, 0, ""},
      Case{0, 0, 0, ""},
      Case{1'000, INT64_MAX, 1'000'000, ""},
  };
  const BandLadder ladder = default_ladder();
  for (const Case& row : cases) {
    const Rung& after = ladder.after(row.state, row.followers);
    EXPECT_EQ(after.from, row.after) << row.state << " reads " << row.followers;
    const auto kind = BandLadder::crossing(*ladder.rung_from(row.state), after);
    EXPECT_EQ(kind ? flag_kind_name(*kind) : "", row.flag) << row.state << ' ' << row.followers;
  }
}

TEST(BandLadder, RaisesOneFlagForAnAccountThatHovers) {
  Walk walk(default_ladder());
  EXPECT_THAT(walk.read_all({9'990, 10'000, 9'999, 10'001, 9'500, 10'000, 9'700, 10'300}),
              ElementsAre("", "rose", "", "", "", "", "", ""));
}

TEST(BandLadder, RaisesAFlagForEachReturn) {
  Walk walk(default_ladder());
  EXPECT_THAT(walk.read_all({12'000, 9'499, 9'999, 10'000, 120'000, 99'000, 94'999, 9'000, 10'000}),
              ElementsAre("found", "", "", "rose", "", "", "fell", "", "rose"));
}

TEST(BandLadder, RaisesNoFlagForWhatJumpsOver) {
  Walk walk(default_ladder());
  EXPECT_THAT(walk.read_all({9'000, 150'000, 9'000}), ElementsAre("", "", ""));
}

TEST(BandLadder, TreatsGapsAsBandsWithoutAName) {
  const BandLadder ladder("gaps",
                          {band("low", 1'000, 2'000, true), band("high", 5'000, 6'000, true)});
  std::vector<int64_t> edges;
  std::vector<std::string> names;
  for (const Rung& rung : ladder.rungs()) {
    edges.push_back(rung.from);
    names.push_back(rung.name);
    EXPECT_EQ(rung.watch, !rung.name.empty());
  }
  EXPECT_THAT(edges, ElementsAre(0, 1'000, 2'000, 5'000, 6'000));
  EXPECT_THAT(names, ElementsAre("", "low", "", "high", ""));
  EXPECT_EQ(ladder.rungs().back().to, INT64_MAX);

  Walk walk(ladder);
  // Above low, the gap is held down to 1,900: it has the same formula.
  EXPECT_THAT(walk.read_all({1'999, 2'000, 1'999, 1'900, 1'899, 2'000, 4'999, 5'000, 4'750, 4'749}),
              ElementsAre("found", "", "", "", "fell", "", "", "rose", "", ""));
  EXPECT_EQ(walk.rung().name, "");
  EXPECT_EQ(walk.rung().from, 2'000);
}

TEST(BandLadder, WithoutBandsIsOneBandWithoutAName) {
  const BandLadder ladder("empty", {});
  ASSERT_EQ(ladder.rungs().size(), 1U);
  EXPECT_EQ(ladder.rung_of(0).from, 0);
  EXPECT_EQ(ladder.rung_of(INT64_MAX).from, 0);
  EXPECT_EQ(ladder.after(0, 1'000'000).from, 0);
  EXPECT_EQ(ladder.edge_distance(1'000), 1);
}

TEST(BandLadder, RoundsTheEdgeThatIsLeftUp) {
  struct Case {
    int64_t from;
    double hysteresis;
    int64_t leave_below;
  };
  // The products that binary fractions miss by a hair are the ones to look at.
  constexpr std::array cases{
      Case{10'000, 0.05, 9'500},
      Case{100'000, 0.05, 95'000},
      Case{500'000, 0.05, 475'000},
      Case{1'000'000, 0.05, 950'000},
      Case{10'000, 0, 10'000},
      Case{10'000, 0.1, 9'000},
      Case{10'000, 0.3, 7'000},
      Case{10'001, 0.05, 9'501},
      Case{10'010, 0.05, 9'510},
      Case{10'020, 0.05, 9'519},
      Case{7, 0.05, 7},
      Case{1, 0.05, 1},
      Case{0, 0.05, 0},
      Case{30'000, 0.07, 27'900},
      Case{10'000, 0.99, 100},
      Case{1'000'000'000, 0.05, 950'000'000},
  };
  for (const Case& row : cases) {
    Band one = band("one", row.from, std::nullopt);
    one.hysteresis = row.hysteresis;
    EXPECT_EQ(BandLadder("one", {one}).rungs().back().leave_below, row.leave_below)
        << row.from << ' ' << row.hysteresis;
  }
}

TEST(BandLadder, KeepsAStateByItsLowerEdge) {
  const BandLadder ladder = default_ladder();
  EXPECT_EQ(ladder.rung_from(10'000)->name, "micro");
  EXPECT_EQ(ladder.rung_from(0)->name, "");
  EXPECT_EQ(ladder.rung_from(10'001), nullptr);
  EXPECT_EQ(ladder.rung_from(9'999), nullptr);
}

TEST(BandLadder, MeasuresTheWayToTheNearestEdge) {
  const BandLadder ladder = default_ladder();
  EXPECT_DOUBLE_EQ(ladder.edge_distance(10'000), 0);
  EXPECT_DOUBLE_EQ(ladder.edge_distance(9'500), 0.05);
  EXPECT_DOUBLE_EQ(ladder.edge_distance(11'000), 0.1);
  EXPECT_DOUBLE_EQ(ladder.edge_distance(500), 0.5);
  EXPECT_DOUBLE_EQ(ladder.edge_distance(0), 1);
  EXPECT_DOUBLE_EQ(ladder.edge_distance(40'000), 0.6) << "100,000 is nearer by its own measure";
}

TEST(Fingerprint, ChangesWithWhateverMovesAState) {
  const std::string before = default_ladder().fingerprint();
  const auto changed = [](const std::function<void(std::vector<Band>&)>& change) {
    std::vector<Band> bands = default_bands();
    change(bands);
    return BandLadder("default", bands).fingerprint();
  };
  std::set<std::string> prints{
      before,
      changed([](auto& bands) { bands[1].from = 9'000, bands[0].to = 9'000; }),
      changed([](auto& bands) { bands[0].to = 9'000; }),
      changed([](auto& bands) { bands[0].from = 500; }),
      changed([](auto& bands) { bands[4].to = 2'000'000; }),
      changed([](auto& bands) { bands[1].hysteresis = 0.1; }),
      changed([](auto& bands) { bands[2].to = 1'000'000, bands.erase(bands.begin() + 3); }),
      changed([](auto& bands) { bands.clear(); }),
  };
  EXPECT_EQ(prints.size(), 8U);
}

TEST(Fingerprint, DoesNotChangeWithAnythingElse) {
  const std::string before = default_ladder().fingerprint();
  std::vector<Band> bands = default_bands();
  EXPECT_EQ(BandLadder("other", bands).fingerprint(), before);
  std::reverse(bands.begin(), bands.end());
  EXPECT_EQ(BandLadder("default", bands).fingerprint(), before) << "the order in the file";
  for (Band& one : bands) {
    one.name += "-renamed";
    one.watch = !one.watch;
  }
  EXPECT_EQ(BandLadder("default", bands).fingerprint(), before) << "names and watching";
  bands = default_bands();
  bands.erase(bands.begin() + 1);
  EXPECT_EQ(BandLadder("default", bands).fingerprint(), before) << "a gap between the same edges";
}

TEST(LaddersFor, SplitsBandsByLadderAndNetwork) {
  Band everywhere = band("a", 1'000, 2'000);
  Band second = band("b", 10, 20);
  second.ladder = "second";
  Band fediverse = band("c", 5'000, 6'000);
  fediverse.networks = {Network::activitypub};
  Band both = band("d", 7'000, std::nullopt);
  both.networks = {Network::activitypub, Network::bluesky};
  Band video = band("e", 10, 20);
  video.ladder = "video";
  video.networks = {Network::youtube};
  const std::vector<Band> bands{video, both, second, everywhere, fediverse};

  const auto shape = [&](Network network) {
    std::string text;
    for (const BandLadder& ladder : ladders_for(bands, network)) {
      text += ladder.name() + ':';
      for (const Rung& rung : ladder.rungs()) text += ' ' + rung.name;
      text += '\n';
    }
    return text;
  };
  EXPECT_EQ(shape(Network::activitypub), "default:  a  c  d\nsecond:  b \n");
  EXPECT_EQ(shape(Network::bluesky), "default:  a  d\nsecond:  b \n");
  EXPECT_EQ(shape(Network::youtube), "default:  a \nsecond:  b \nvideo:  e \n");
  EXPECT_EQ(shape(Network::nostr), "default:  a \nsecond:  b \n");
  EXPECT_TRUE(ladders_for({}, Network::nostr).empty());
}

TEST(LaddersFor, MovesAnAccountOnEachLadderByItself) {
  Band narrow = band("5k-20k", 5'000, 20'000, true);
  narrow.ladder = "narrow";
  std::vector<Band> bands = default_bands();
  bands.push_back(narrow);
  const std::vector<BandLadder> ladders = ladders_for(bands, Network::bluesky);
  ASSERT_EQ(ladders.size(), 2U);
  Walk first(ladders[0]);
  Walk second(ladders[1]);
  const std::vector<int64_t> readings{4'000, 6'000, 12'000, 30'000, 19'000, 18'999, 4'000};
  EXPECT_THAT(first.read_all(readings), ElementsAre("", "", "rose", "", "", "", ""));
  EXPECT_THAT(second.read_all(readings), ElementsAre("", "rose", "", "", "", "fell", ""));
}

// A ladder of random bands, with gaps here and there and edges close together.
std::vector<ReferenceBand> random_bands(std::mt19937_64& engine) {
  std::vector<ReferenceBand> bands;
  int64_t edge = engine() % 2 == 0 ? 0 : static_cast<int64_t>(engine() % 2'000);
  for (size_t left = engine() % 6; left > 0; --left) {
    const int64_t width = 1 + static_cast<int64_t>(engine() % (engine() % 3 == 0 ? 30 : 30'000));
    bands.push_back({"band" + std::to_string(left), edge, edge + width, engine() % 2 == 0,
                     static_cast<int64_t>(engine() % 400)});
    edge += width + (engine() % 2 == 0 ? 0 : static_cast<int64_t>(engine() % 3'000));
  }
  if (!bands.empty() && engine() % 2 == 0) bands.back().to = INT64_MAX;
  return bands;
}

std::vector<Band> as_configured(const std::vector<ReferenceBand>& bands) {
  std::vector<Band> configured;
  for (const ReferenceBand& one : bands) {
    const auto to = one.to == INT64_MAX ? std::nullopt : std::optional(one.to);
    configured.push_back(band(one.name, one.from, to, one.watch));
    configured.back().hysteresis = static_cast<double>(one.hysteresis_permille) / 1000;
  }
  return configured;
}

// Somewhere near an edge, near the point where it is left, or anywhere.
int64_t random_followers(const std::vector<ReferenceBand>& bands, std::mt19937_64& engine) {
  const auto anywhere = static_cast<int64_t>(engine() % 200'000);
  if (bands.empty() || engine() % 4 == 0) return anywhere;
  const ReferenceBand& one = bands[engine() % bands.size()];
  const int64_t edge = engine() % 2 == 0 || one.to == INT64_MAX ? one.from : one.to;
  const int64_t near = engine() % 2 == 0 ? edge : edge * (1000 - one.hysteresis_permille) / 1000;
  return std::max<int64_t>(0, near + static_cast<int64_t>(engine() % 5) - 2);
}

TEST(BandLadder, EqualsASlowReferenceOverRandomReadings) {
  std::mt19937_64 engine(7);
  int crossings = 0;
  for (int round = 0; round < 400; ++round) {
    const std::vector<ReferenceBand> bands = random_bands(engine);
    std::vector<Band> configured = as_configured(bands);
    std::shuffle(configured.begin(), configured.end(), engine);
    Walk walk(BandLadder("random", configured));
    const int64_t first = random_followers(bands, engine);
    ReferenceAccount reference(bands, first);
    EXPECT_EQ(walk.read(first), reference.band().watch ? "found" : "");
    for (int reading = 0; reading < 60; ++reading) {
      const int64_t followers = random_followers(bands, engine);
      const std::optional<ReferenceFlag> expected = reference.read(followers);
      ASSERT_EQ(walk.read(followers), expected ? expected->kind : "") << followers;
      ASSERT_EQ(walk.rung().name, reference.band().name) << followers;
      ASSERT_EQ(walk.rung().from, reference.band().from) << followers;
      crossings += expected ? 1 : 0;
    }
  }
  EXPECT_GT(crossings, 1000) << "the readings must cross edges to prove anything";
}

}  // namespace
}  // namespace tagscout
