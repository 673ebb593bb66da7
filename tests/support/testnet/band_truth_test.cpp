#include "tests/support/testnet/band_truth.h"

#include <gtest/gtest.h>

namespace tagscout::testnet {
namespace {

std::vector<std::string> told(const std::vector<int64_t>& followers) {
  std::vector<std::string> flags;
  for (const ExpectedFlag& flag : expected_flags(followers)) {
    flags.push_back(flag.kind + " " + flag.ladder + "/" + flag.band);
  }
  return flags;
}

using Flags = std::vector<std::string>;

TEST(BandTruth, FollowsTheFormula) {
  struct Case {
    std::vector<int64_t> followers;
    Flags flags;
  };
  const std::vector<Case> cases = {
      {{}, {}},
      {{9'999}, {}},
      {{10'000}, {"found default/micro"}},
      {{99'999}, {"found default/micro"}},
      {{100'000}, {}},
      {{9'999, 10'000}, {"rose default/micro"}},
      {{9'999, 10'000, 9'500, 10'000}, {"rose default/micro"}},
      {{9'999, 10'000, 9'499, 10'000}, {"rose default/micro", "rose default/micro"}},
      {{100'000, 95'000}, {}},
      {{100'000, 94'999}, {"fell default/micro"}},
      {{9'000, 104'000}, {}},
      {{19'999, 20'000}, {"found default/micro", "rose tight/sweet"}},
      {{50'000, 47'499}, {"found default/micro", "fell tight/sweet"}},
      {{25'000}, {"found default/micro", "found tight/sweet"}},
      {{1'000'000, 2'000'000}, {}},
  };
  for (const Case& one : cases) EXPECT_EQ(told(one.followers), one.flags);
}

}  // namespace
}  // namespace tagscout::testnet
