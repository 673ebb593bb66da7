#include "storage/model/time.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace tagscout {
namespace {

struct ParseCase {
  std::string_view text;
  int64_t us;
};

// 2026-11-22T19:05:00Z in seconds, by `date -u -d … +%s`.
constexpr int64_t evening = 1'795'374'300;

constexpr std::array parse_cases{
    ParseCase{"1970-01-01T00:00:00Z", 0},
    ParseCase{"2026-11-22T19:05:00Z", evening * 1'000'000},
    ParseCase{"2026-11-22t19:05:00z", evening * 1'000'000},
    ParseCase{"2026-11-22 19:05:00Z", evening * 1'000'000},
    ParseCase{"2026-11-22T19:05:00.1Z", evening * 1'000'000 + 100'000},
    ParseCase{"2026-11-22T19:05:00.123Z", evening * 1'000'000 + 123'000},
    ParseCase{"2026-11-22T19:05:00.123456Z", evening * 1'000'000 + 123'456},
    ParseCase{"2026-11-22T19:05:00.123456789012345678901234567890Z", evening * 1'000'000 + 123'456},
    ParseCase{"2026-11-22T19:05:00.000000999Z", evening * 1'000'000},
    ParseCase{"2026-11-22T19:05:00+00:00", evening * 1'000'000},
    ParseCase{"2026-11-22T19:05:00-00:00", evening * 1'000'000},
    ParseCase{"2026-11-22T19:05:00+0000", evening * 1'000'000},
    ParseCase{"2026-11-22T21:05:00+02:00", evening * 1'000'000},
    ParseCase{"2026-11-23T00:50:00+0545", evening * 1'000'000},
    ParseCase{"2026-11-22T15:35:00.5-03:30", evening * 1'000'000 + 500'000},
    ParseCase{"2026-11-21T19:06:00-23:59", evening * 1'000'000},
    ParseCase{"2026-11-22", 1'795'305'600'000'000},
    ParseCase{"2024-02-29", 1'709'164'800'000'000},
    ParseCase{"2016-12-31T23:59:60Z", 1'483'228'800'000'000},
    ParseCase{"2016-12-31T23:59:60.5Z", 1'483'228'800'500'000},
    ParseCase{"1969-12-31T23:59:59.999999Z", -1},
    ParseCase{"0000-01-01T00:00:00Z", -62'167'219'200'000'000},
    ParseCase{"9999-12-31T23:59:59.999999Z", 253'402'300'799'999'999},
};

constexpr std::array malformed{
    "",
    "2",
    "2026",
    "2026-11",
    "2026-11-2",
    "2026-11-22T",
    "2026-11-22T19",
    "2026-11-22T19:05",
    "2026-11-22T19:05:00",
    "2026-11-22T19:05Z",
    "2026-11-22Z",
    "2026-11-22X19:05:00Z",
    "2026/11/22T19:05:00Z",
    "2026-11-22T19.05.00Z",
    "26-11-22T19:05:00Z",
    "2026-00-22",
    "2026-13-22",
    "2026-11-00",
    "2026-11-31",
    "2023-02-29",
    "2026-11-22T24:00:00Z",
    "2026-11-22T19:60:00Z",
    "2026-11-22T19:05:61Z",
    "2026-11-22T19:05:00.Z",
    "2026-11-22T19:05:00.",
    "2026-11-22T19:05:00.5",
    "2026-11-22T19:05:00,5Z",
    "2026-11-22T19:05:00Z ",
    "2026-11-22T19:05:00ZZ",
    "2026-11-22T19:05:00+24:00",
    "2026-11-22T19:05:00+02:60",
    "2026-11-22T19:05:00+02",
    "2026-11-22T19:05:00+2:00",
    "2026-11-22T19:05:00+020",
    "2026-11-22T19:05:00+02-00",
    "2026-11-22T19:05:00+02:000",
    "2026-11-22T19:05:00*02:00",
    "-026-11-22T19:05:00Z",
    "+2026-11-22T19:05:00Z",
    " 2026-11-22T19:05:00Z",
    "Sun, 22 Nov 2026 19:05:00 GMT",
    "1795374300",
    "null",
};

TEST(ParseTime, ReadsWhatServersWrite) {
  for (const ParseCase& row : parse_cases) {
    const std::optional<Time> time = parse_time(row.text);
    ASSERT_TRUE(time) << row.text;
    EXPECT_EQ(to_us(*time), row.us) << row.text;
  }
}

TEST(ParseTime, RefusesWhatIsNoTime) {
  for (const std::string_view text : malformed) EXPECT_FALSE(parse_time(text)) << text;
}

TEST(ParseTime, RefusesEveryPrefixButTheBareDate) {
  const std::string_view whole = "2026-11-22T19:05:00.25+01:00";
  for (size_t size = 0; size < whole.size(); ++size) {
    const bool is_date = size == std::string_view("2026-11-22").size();
    EXPECT_EQ(parse_time(whole.substr(0, size)).has_value(), is_date) << size;
  }
}

TEST(ParseTime, RefusesEmbeddedNul) {
  EXPECT_FALSE(parse_time(std::string_view("2026-11-22T19:05:00\0Z", 21)));
  EXPECT_FALSE(parse_time(std::string_view("2026-11-22\0", 11)));
}

TEST(FormatTime, WritesMillisecondsUtc) {
  struct Case {
    int64_t us;
    std::string_view text;
  };
  constexpr std::array cases{
      Case{0, "1970-01-01T00:00:00.000Z"},
      Case{evening * 1'000'000 + 123'999, "2026-11-22T19:05:00.123Z"},
      Case{999, "1970-01-01T00:00:00.000Z"},
      Case{-1, "1969-12-31T23:59:59.999Z"},
      Case{1'709'164'800'000'000, "2024-02-29T00:00:00.000Z"},
      Case{-62'167'219'200'000'000, "0000-01-01T00:00:00.000Z"},
      Case{-62'167'219'200'000'001, "0000-01-01T00:00:00.000Z"},
      Case{INT64_MIN, "0000-01-01T00:00:00.000Z"},
      Case{253'402'300'799'999'999, "9999-12-31T23:59:59.999Z"},
      Case{253'402'300'800'000'000, "9999-12-31T23:59:59.999Z"},
      Case{INT64_MAX, "9999-12-31T23:59:59.999Z"},
  };
  for (const Case& row : cases) EXPECT_EQ(format_time(time_from_us(row.us)), row.text) << row.us;
}

TEST(FormatTime, IsReadBackToTheMillisecond) {
  std::mt19937_64 engine(25);
  std::uniform_int_distribution<int64_t> any(-62'167'219'200'000'000, 253'402'300'799'999'999);
  for (int i = 0; i < 2000; ++i) {
    const Time time = time_from_us(any(engine));
    EXPECT_EQ(parse_time(format_time(time)), std::chrono::floor<std::chrono::milliseconds>(time));
  }
}

}  // namespace
}  // namespace tagscout
