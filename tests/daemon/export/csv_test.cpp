#include "daemon/export/csv.h"

#include <gtest/gtest.h>

#include <array>

namespace tagscout {
namespace {

TEST(Csv, NoTextStartsAFormula) {
  const std::string nbsp = "\xc2\xa0";
  struct Case {
    std::string text;
    std::string cell;
  };
  const Case cases[] = {
      {"=1+1", "'=1+1"},
      {"+1", "'+1"},
      {"-1", "'-1"},
      {"@SUM(A1)", "'@SUM(A1)"},
      {"\tx", "'\tx"},
      {"\rx", "\"'\rx\""},
      {"\xef\xbc\x9d"
       "1",
       "'\xef\xbc\x9d"
       "1"},  // full-width =
      {"\xef\xbc\x8b"
       "1",
       "'\xef\xbc\x8b"
       "1"},  // +
      {"\xef\xbc\x8d"
       "1",
       "'\xef\xbc\x8d"
       "1"},  // -
      {"\xef\xbc\xa0"
       "1",
       "'\xef\xbc\xa0"
       "1"},  // @
      {"  =1", "'  =1"},
      {nbsp + "=1", "'" + nbsp + "=1"},
      {nbsp + " " + nbsp + "@x", "'" + nbsp + " " + nbsp + "@x"},
      {"\xe2\x80\xaf=1", "'\xe2\x80\xaf=1"},  // narrow no-break space
      {"\n=1", "\"'\n=1\""},
      {"=\"a\",b", "\"'=\"\"a\"\",b\""},
      {"ada@garden.example", "ada@garden.example"},
      {"a=b", "a=b"},
      {" a", " a"},
      {"2026-11-22", "2026-11-22"},
      {"'=1", "'=1"},
      {"", ""},
      {" ", " "},
  };
  for (const Case& each : cases) EXPECT_EQ(csv_cell(std::string_view(each.text)), each.cell);
}

TEST(Csv, QuotesWhatWouldBreakALine) {
  EXPECT_EQ(csv_cell(std::string_view("a,b")), "\"a,b\"");
  EXPECT_EQ(csv_cell(std::string_view("a\"b")), "\"a\"\"b\"");
  EXPECT_EQ(csv_cell(std::string_view("a\nb")), "\"a\nb\"");
  EXPECT_EQ(csv_cell(std::string_view("a\r\nb")), "\"a\r\nb\"");
  EXPECT_EQ(csv_cell(std::string_view("a;b c")), "a;b c");
}

TEST(Csv, WritesValuesByTheirKind) {
  struct Case {
    std::string json;
    std::string cell;
  };
  const Case cases[] = {
      {"null", ""},
      {"true", "true"},
      {"false", "false"},
      {"-5", "-5"},
      {"0", "0"},
      {"0.034", "0.034"},
      {"-0.5", "-0.5"},
      {R"("-5")", "'-5"},
      {R"(["a","b"])", "a b"},
      {"[]", ""},
      {"{}", ""},
      {R"(["=x"])", "'=x"},
      {R"({"default":"micro","fine":null})", "default=micro fine="},
      {R"({"a b":1,"c=d":2,"e%f":3})", "a%20b=1 c%3Dd=2 e%25f=3"},
      {R"({"+x":1})", "'+x=1"},
      {R"({"=x":1})", "%3Dx=1"},
      {R"(["a,b"])", "\"a,b\""},
  };
  for (const Case& each : cases) {
    const auto value = parse_json(each.json);
    ASSERT_TRUE(value) << each.json;
    EXPECT_EQ(csv_cell(*value), each.cell) << each.json;
  }
}

TEST(Csv, RowsFollowTheColumnsWhateverTheObjectHas) {
  constexpr std::array<CsvColumn, 3> columns = {{{.name = "b", .field = "b", .part = {}},
                                                 {.name = "a_x", .field = "a", .part = "x"},
                                                 {.name = "c", .field = "c", .part = {}}}};
  EXPECT_EQ(csv_header(columns), "b,a_x,c\r\n");
  EXPECT_EQ(csv_row(columns, *parse_json(R"({"a":{"x":1,"y":2},"b":"z","extra":3})")), "z,1,\r\n");
  EXPECT_EQ(csv_row(columns, JsonNode()), ",,\r\n");
}

}  // namespace
}  // namespace tagscout
