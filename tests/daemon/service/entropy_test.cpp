#include "daemon/service/entropy.h"

#include <gtest/gtest.h>

namespace tagscout {
namespace {

TEST(KernelEntropy, GivesAsManyBytesAsAskedFor) {
  for (const size_t bytes : {0u, 1u, 32u, 100'000u}) EXPECT_EQ(kernel_entropy(bytes).size(), bytes);
}

TEST(KernelEntropy, NeverGivesTheSameTwice) {
  EXPECT_NE(kernel_entropy(32), kernel_entropy(32));
  EXPECT_NE(kernel_entropy(32), std::string(32, '\0'));
}

}  // namespace
}  // namespace tagscout
