// Three instances of one software, and Bluesky.
#include "tests/end_to_end/oracle.h"

namespace tagscout::end_to_end {
namespace {

TEST_F(OracleTest, StoreEqualsTruthWithSeedOne) {
  start(1);
  expect_truth_at_the_end();
}

TEST_F(OracleTest, StoreEqualsTruthWithSeedTwo) {
  start(2);
  expect_truth_at_the_end();
}

TEST_F(OracleTest, StoreEqualsTruthAfterTenKills) {
  start(3);
  kill_often(10);
  expect_truth_at_the_end();
}

}  // namespace
}  // namespace tagscout::end_to_end
