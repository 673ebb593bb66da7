#include "config/units.h"

#include <gtest/gtest.h>

#include <chrono>

namespace tagscout {
namespace {

using namespace std::chrono_literals;

TEST(Units, DurationsAreNumbersWithUnits) {
  const struct {
    std::string_view text;
    Duration expected;
  } cases[] = {{"0", 0s},
               {"0s", 0s},
               {"90s", 90s},
               {"2m", 2min},
               {"1h30m", 90min},
               {"7d", 168h},
               {"250ms", 250ms},
               {"1m500ms", 60500ms},
               {"1s1ms", 1001ms},
               {"400d", 9600h},
               {"1d2h3m4s5ms", 93784005ms}};
  for (const auto& row : cases) EXPECT_EQ(parse_duration(row.text), row.expected) << row.text;
}

TEST(Units, WhatIsNoDurationIsRefused) {
  for (const std::string_view text : {"",        " ",
                                      "5",       "00",
                                      "s",       "ms",
                                      "-1s",     "+1s",
                                      "1.5h",    "1 s",
                                      " 1s",     "1s ",
                                      "1S",      "1w",
                                      "1sec",    "1h1h",
                                      "30m1h",   "1ms1s",
                                      "1h30",    "99999999999999999999s",
                                      "36501d",  "9223372036854775807d",
                                      "36500d1h"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Units, DurationsArePrintedInTheLargestUnits) {
  const struct {
    Duration duration;
    std::string_view expected;
  } cases[] = {{0s, "0s"}, {90s, "1m30s"}, {24h, "1d"}, {90min, "1h30m"}, {100ms, "100ms"}};
  for (const auto& row : cases) {
    EXPECT_EQ(format_duration(row.duration), row.expected);
    EXPECT_EQ(parse_duration(row.expected), row.duration);
  }
}

TEST(Units, SizesAreBytesOrNumbersWithBinaryUnits) {
  const struct {
    std::string_view text;
    int64_t expected;
  } cases[] = {{"0", 0},           {"1048576", 1 << 20},  {"7B", 7},
               {"64KiB", 65536},   {"96MiB", 96LL << 20}, {"1GiB", 1LL << 30},
               {"2TiB", 2LL << 40}};
  for (const auto& row : cases) EXPECT_EQ(parse_size(row.text), row.expected) << row.text;
  for (const std::string_view text : {"", "MiB", "-1", "1.5GiB", "1 MiB", "1MB", "1mib", "1K",
                                      "1MiBs", "9223372036854775807KiB", "92233720368547758070"}) {
    EXPECT_EQ(parse_size(text), std::nullopt) << text;
  }
}

TEST(Units, SizesArePrintedWithoutFraction) {
  const struct {
    int64_t bytes;
    std::string_view expected;
  } cases[] = {{0, "0"}, {1, "1B"}, {1500, "1500B"}, {1024, "1KiB"}, {96LL << 20, "96MiB"}};
  for (const auto& row : cases) {
    EXPECT_EQ(format_size(row.bytes), row.expected);
    EXPECT_EQ(parse_size(row.expected), row.bytes);
  }
}

}  // namespace
}  // namespace tagscout
