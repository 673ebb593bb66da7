#include <gtest/gtest.h>

#include <limits>

#include "daemon/json_reader.h"
#include "daemon/json_writer.h"
#include "daemon/utf8.h"

namespace tagscout {
namespace {

std::string json_text(std::string_view value) {
  JsonWriter json;
  json.text(value);
  return json.take();
}

TEST(JsonWriter, EscapesWhatTerminalsMustNotSee) {
  struct Case {
    std::string text;
    std::string json;
  };
  const Case cases[] = {
      {"plain é 語 🌱", "\"plain é 語 🌱\""},
      {"a\"b\\c", R"("a\"b\\c")"},
      {"\n\t\r", R"("\n\t\r")"},
      {std::string("\0\x1b[31m", 6), R"("\u0000\u001b[31m")"},
      {"\x7f", R"("\u007f")"},
      {"\xc2\x9b", R"("\u009b")"},                        // CSI of C1
      {"\xe2\x80\xae\xe2\x81\xa6", R"("\u202e\u2066")"},  // bidirectional overrides
      {"\xe2\x80\x8f\xd8\x9c", R"("\u200f\u061c")"},
      {"\xe2\x80\xa8", R"("\u2028")"},
      {"\xe2\x80\x8c", "\"\xe2\x80\x8c\""},  // the non-joiner of Persian is no control
  };
  for (const Case& each : cases) EXPECT_EQ(json_text(each.text), each.json);
}

TEST(JsonWriter, ReplacesEveryInvalidByte) {
  const std::string bad = "\xef\xbf\xbd";
  struct Case {
    std::string text;
    std::string shown;
  };
  const Case cases[] = {
      {"\xff", bad},
      {"a\x80z", "a" + bad + "z"},
      {"\xc0\xaf", bad + bad},                      // overlong /
      {"\xe0\x80\x80", bad + bad + bad},            // overlong NUL
      {"\xed\xa0\x80", bad + bad + bad},            // surrogate
      {"\xf4\x90\x80\x80", bad + bad + bad + bad},  // beyond U+10FFFF
      {"\xe2\x82", bad + bad},                      // cut off
      {"\xf0\x9f\x8c", bad + bad + bad},
  };
  for (const Case& each : cases) EXPECT_EQ(json_text(each.text), "\"" + each.shown + "\"");
}

TEST(JsonWriter, WritesAbsentAndInfiniteNumbersAsNull) {
  JsonWriter json;
  json.begin_object();
  json.key("a").integer(std::nullopt);
  json.key("b").real(std::numeric_limits<double>::infinity());
  json.key("c").real(std::numeric_limits<double>::quiet_NaN());
  json.key("d").boolean(std::nullopt);
  json.key("e").text_or_null("");
  json.key("f").integer(INT64_MIN);
  json.key("g").real(0.034);
  json.end_object();
  EXPECT_EQ(json.take(),
            R"({"a":null,"b":null,"c":null,"d":null,"e":null,"f":-9223372036854775808,"g":0.034})");
}

TEST(JsonReader, KeepsOrderAndTypes) {
  const std::string text =
      R"({"z":1,"a":[true,null,-2.5,"x\u0000y"],"m":{},"e":[],"big":9007199254740993})";
  const auto value = parse_json(text);
  ASSERT_TRUE(value);
  EXPECT_EQ(to_json(*value), text);
  EXPECT_EQ((*value)["z"].integer(), 1);
  EXPECT_EQ((*value)["z"].real(), 1.0);
  EXPECT_EQ((*value)["a"].array()[2].real(), -2.5);
  EXPECT_FALSE((*value)["a"].array()[2].integer());
  EXPECT_EQ((*value)["big"].integer(), 9007199254740993);
  EXPECT_TRUE((*value)["missing"]["deeper"].is_null());
  EXPECT_TRUE((*value)["z"].array().empty());
}

TEST(JsonReader, RefusesWhatIsNoDocument) {
  for (const char* text :
       {"", " ", "{", "[1,]", "{\"a\":}", "nul", "1 2", "\"\xff\"", "{\"a\":1"}) {
    EXPECT_FALSE(parse_json(text)) << text;
  }
  EXPECT_FALSE(parse_json(std::string(5000, '[')));
}

TEST(Utf8, DecodesWhatItAppends) {
  for (const char32_t character : {U'a', U'é', U'語', U'🌱', U'\x7ff', U'\x800', U'\U0010ffff'}) {
    std::string bytes;
    append_utf8(bytes, character);
    const DecodedCharacter decoded = decode_utf8(bytes);
    EXPECT_EQ(decoded.character, character);
    EXPECT_EQ(decoded.bytes, bytes.size());
  }
}

}  // namespace
}  // namespace tagscout
