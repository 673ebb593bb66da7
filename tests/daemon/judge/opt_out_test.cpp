#include "daemon/judge/opt_out.h"

#include <gtest/gtest.h>

#include <array>

namespace tagscout {
namespace {

struct WishCase {
  OptOut wish;
  std::optional<GoneReason> purged_for;
  bool hidden = false;
};

constexpr std::array wish_cases{
    WishCase{OptOut::noindex, GoneReason::noindex},
    WishCase{OptOut::not_discoverable, std::nullopt, true},
    WishCase{OptOut::no_unauth, GoneReason::label},
    WishCase{OptOut::locked, std::nullopt},
    WishCase{OptOut::nobot_tag, GoneReason::bio_marker},
    WishCase{OptOut::label_hide, GoneReason::label},
    WishCase{OptOut::vanish, GoneReason::vanish},
    WishCase{OptOut::deleted, GoneReason::deleted},
    WishCase{OptOut::suspended, GoneReason::suspended},
    WishCase{OptOut::operator_list, GoneReason::operator_list},
};

OptOuts only(OptOut wish) {
  OptOuts wishes;
  wishes.set(wish);
  return wishes;
}

TEST(OptOut, OfEachKindHasItsConsequence) {
  for (const WishCase& row : wish_cases) {
    EXPECT_EQ(purge_reason(only(row.wish)), row.purged_for) << opt_out_name(row.wish);
    EXPECT_EQ(hides(only(row.wish)), row.hidden) << opt_out_name(row.wish);
  }
}

TEST(OptOut, OfNoneLeavesTheAccountAlone) {
  EXPECT_FALSE(purge_reason({}));
  EXPECT_FALSE(hides({}));
}

TEST(OptOut, PurgesWhateverElseIsWished) {
  for (int bits = 0; bits < 1 << 10; ++bits) {
    const OptOuts wishes(static_cast<uint16_t>(bits));
    bool purged = false;
    for (const WishCase& row : wish_cases) {
      purged = purged || (wishes.has(row.wish) && row.purged_for.has_value());
    }
    EXPECT_EQ(purge_reason(wishes).has_value(), purged) << bits;
    EXPECT_EQ(hides(wishes), wishes.has(OptOut::not_discoverable)) << bits;
  }
}

// What lasts for ever must not be lifted because a weaker reason stood beside it.
TEST(OptOut, IsPurgedForTheReasonThatLastsLongest) {
  OptOuts wishes(0x3ff);
  EXPECT_EQ(purge_reason(wishes), GoneReason::vanish);
  wishes.set(OptOut::vanish, false);
  EXPECT_EQ(purge_reason(wishes), GoneReason::deleted);
  wishes.set(OptOut::deleted, false);
  EXPECT_EQ(purge_reason(wishes), GoneReason::operator_list);
}

TEST(GoneReason, IsLiftedByWhatItsKindSays) {
  struct Case {
    GoneReason reason;
    bool when_active;
    bool when_allowed;
  };
  constexpr std::array cases{
      Case{GoneReason::deleted, false, false},      Case{GoneReason::deactivated, true, false},
      Case{GoneReason::suspended, true, false},     Case{GoneReason::noindex, false, true},
      Case{GoneReason::label, false, true},         Case{GoneReason::bio_marker, false, true},
      Case{GoneReason::operator_list, false, true}, Case{GoneReason::vanish, false, false},
      Case{GoneReason::forgotten, false, false},
  };
  for (const Case& row : cases) {
    EXPECT_EQ(returns_when_active(row.reason), row.when_active) << gone_reason_name(row.reason);
    EXPECT_EQ(returns_when_allowed(row.reason), row.when_allowed) << gone_reason_name(row.reason);
  }
}

}  // namespace
}  // namespace tagscout
