#include "crawlers/tag.h"

#include <gtest/gtest.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <map>
#include <random>
#include <string>
#include <vector>

namespace tagscout {
namespace {

struct KeyCase {
  std::string spelling;
  std::string exact;
  std::string loose;
};

const std::vector<KeyCase> key_cases = {
    {"slowfashion", "slowfashion", "slowfashion"},
    {"#SlowFashion", "slowfashion", "slowfashion"},
    {"＃SlowFashion", "slowfashion", "slowfashion"},
    {"##x", "x", "x"},
    {"＃#x", "x", "x"},
    {"  #x ", "x", "x"},
    {"\xC2\xA0#x\xE3\x80\x80", "x", "x"},
    {"1a", "1a", "1a"},
    {"2026", "2026", "2026"},
    {"c++", "c++", "c++"},
    {"C#", "c#", "c"},
    {"$ABC", "$abc", "$abc"},
    {"two words", "two words", "twowords"},
    {"tiny-house", "tiny-house", "tinyhouse"},
    {"tiny_house", "tiny_house", "tinyhouse"},
    {"l·l", "l·l", "ll"},
    {"done!?", "done!?", "done"},
    {"Über", "über", "uber"},
    {"Zähler", "zähler", "zahler"},
    {"ć", "ć", "c"},
    {"Qualitätskatzen", "qualitätskatzen", "qualitatskatzen"},
    {"Straße", "straße", "straße"},
    {"STRASSE", "strasse", "strasse"},
    {"Ærø", "ærø", "æro"},
    {"Þór", "þór", "þor"},
    {"ŒUVRE", "œuvre", "œuvre"},
    {"Đặng", "đặng", "dặng"},
    {"știri", "știri", "știri"},
    {"ượt", "ượt", "ượt"},
    {"Łódź", "łódź", "lodz"},
    {"ŉ", "ʼn", "ʼn"},
    {"İstanbul", "istanbul", "istanbul"},
    {"ıstanbul", "ıstanbul", "istanbul"},
    {"ISTANBUL", "istanbul", "istanbul"},
    {"ﬁtness", "fitness", "fitness"},
    {"ｆｉｔｎｅｓｓ", "fitness", "fitness"},
    {"ｶﾒﾗ", "カメラ", "カメラ"},
    {"日本語", "日本語", "日本語"},
    {"ネコ・ミミ", "ネコ・ミミ", "ネコミミ"},
    {"हिन्दी", "हिन्दी", "हिन्दी"},
    {"ΟΔΟΣ", "οδος", "οδος"},
    {"ΟΔΟς", "οδος", "οδος"},
    {"مى\xE2\x80\x8Cخواهم", "مى\xE2\x80\x8Cخواهم", "مىخواهم"},
    {"run🏃", "run🏃", "run🏃"},
    {"❤\xEF\xB8\x8F", "❤", "❤"},
    {"co\xC2\xADop", "coop", "coop"},
    {"a\xE2\x80\x8B"
     "b\xE2\x80\x8D"
     "c\xE2\x81\xA0"
     "d",
     "abcd", "abcd"},
    {"e\xCC\x81t\xC3\xA9", "été", "ete"},
    {"", "", ""},
    {"#", "", ""},
    {"＃ ", "", ""},
    {"\xE2\x80\x8B", "", ""},
};

TEST(Tag, HasAnExactAndALooseKey) {
  for (const KeyCase& each : key_cases) {
    const TagKeys keys = tag_keys(each.spelling);
    EXPECT_EQ(keys.loose, each.loose) << each.spelling;
    // Greek writes a sigma at the end of a word otherwise; that is what full lower case means.
    const bool sigma = each.spelling.starts_with("ΟΔΟ");
    EXPECT_EQ(keys.exact, sigma ? tag_key_exact("οδος") : each.exact) << each.spelling;
  }
}

TEST(Tag, KeyOfAKeyIsTheKey) {
  std::mt19937 engine(7);
  const std::vector<std::string> parts = {"a",  "I", "İ",  "i\xCC\x87", "\xCC\x81", "\xE2\x80\x8D",
                                          "＃", "#", "﹟", "¨",         " ",        "Σ",
                                          "ß",  "ẞ", "ﬁ",  "ŀ",         "🏃",        "\xEF\xB8\x8F",
                                          "Ω",  "ｶ", "ﾞ",  "\xC2\xAD",  "é",        "_"};
  for (int round = 0; round < 20'000; ++round) {
    std::string spelling;
    const size_t length = engine() % 6;
    for (size_t i = 0; i < length; ++i) spelling += parts[engine() % parts.size()];
    const std::string key = tag_key_exact(spelling);
    ASSERT_EQ(tag_key_exact(key), key) << spelling;
  }
}

TEST(Tag, RefusesWhatIsTooLongToBeOne) {
  EXPECT_EQ(tag_key_exact(std::string(tag_bytes_max, 'A')), std::string(tag_bytes_max, 'a'));
  EXPECT_EQ(tag_key_exact(std::string(tag_bytes_max + 1, 'A')), "");
}

TEST(Tag, SurvivesBytesThatAreNoText) {
  EXPECT_EQ(tag_key_exact("a\xFF"
                          "b"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(tag_keys("\xC3").exact, "\xEF\xBF\xBD");
}

// The folding by its definition: the letter without its marks, and the listed exceptions.
std::string fold_by_definition(UChar32 point) {
  static const std::map<UChar32, char> exceptions = {
      {0xD0, 'd'},  {0xF0, 'd'},  {0x110, 'd'}, {0x111, 'd'}, {0xD8, 'o'},
      {0xF8, 'o'},  {0x126, 'h'}, {0x127, 'h'}, {0x131, 'i'}, {0x138, 'k'},
      {0x13F, 'l'}, {0x140, 'l'}, {0x141, 'l'}, {0x142, 'l'}, {0x149, 'n'},
      {0x14A, 'n'}, {0x14B, 'n'}, {0x166, 't'}, {0x167, 't'}, {0x17F, 's'}};
  if (const auto found = exceptions.find(point); found != exceptions.end()) {
    return std::string(1, found->second);
  }
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString parts =
      icu::Normalizer2::getNFDInstance(status)->normalize(icu::UnicodeString(point), status);
  icu::UnicodeString kept;
  for (int32_t at = 0; at < parts.length(); ++at) {
    if ((U_GET_GC_MASK(parts[at]) & U_GC_M_MASK) == 0) kept.append(parts[at]);
  }
  std::string text;
  return kept.toUTF8String(text);
}

TEST(Tag, FoldsTheLatinLettersOfItsRangeAndNoOthers) {
  for (UChar32 point = 0x80; point < 0x250; ++point) {
    std::string letter;
    icu::UnicodeString(point).toUTF8String(letter);
    const bool in_range = point >= 0xC0 && point <= 0x17F;
    EXPECT_EQ(fold_to_ascii(letter), in_range ? fold_by_definition(point) : letter)
        << std::hex << point;
  }
  for (const std::string kept : {"æ", "Æ", "œ", "Œ", "þ", "Þ", "ß", "ĳ", "Ĳ", "ș", "ț", "ạ", "ư"}) {
    EXPECT_EQ(fold_to_ascii(kept), kept);
  }
}

// "key exact" or "key folded" for each match.
std::vector<std::string> matches(const WatchedTags& tags, const std::string& key, bool folding) {
  std::vector<std::string> out;
  for (const TagMatch& match : tags.match(key, folding)) {
    out.push_back(tags.keys()[match.index] + (match.folded ? " folded" : " exact"));
  }
  EXPECT_EQ(tags.contains(key, folding), !out.empty());
  return out;
}

using Matches = std::vector<std::string>;

TEST(WatchedTags, MatchByTheirKeyAndOnFoldingServersByTheirFoldedForm) {
  const WatchedTags tags({"#Über", "Zähler", "zahler", "SlowFashion", "slowfashion", "", "#"});
  EXPECT_EQ(tags.keys(), (Matches{"slowfashion", "zahler", "zähler", "über"}));
  EXPECT_EQ(matches(tags, "slowfashion", false), (Matches{"slowfashion exact"}));
  EXPECT_EQ(matches(tags, "über", false), (Matches{"über exact"}));
  EXPECT_EQ(matches(tags, "uber", false), Matches{});
  EXPECT_EQ(matches(tags, "uber", true), (Matches{"über folded"}));
  EXPECT_EQ(matches(tags, "über", true), (Matches{"über exact"}));
  EXPECT_EQ(matches(tags, "zahler", true), (Matches{"zahler exact", "zähler folded"}));
  EXPECT_EQ(matches(tags, "zahler", false), (Matches{"zahler exact"}));
  EXPECT_EQ(matches(tags, "other", true), Matches{});
  EXPECT_EQ(matches(tags, "", true), Matches{});
}

TEST(WatchedTags, MatchNothingWhenThereAreNone) {
  EXPECT_EQ(matches(WatchedTags(), "x", true), Matches{});
}

TEST(Tag, IsAddedToAPostOnce) {
  std::vector<std::string> keys;
  for (const char* const spelling : {"#A", "a", "", "#", "Ａ", "b"}) add_post_tag(spelling, keys);
  EXPECT_EQ(keys, (std::vector<std::string>{"a", "b"}));
  for (size_t i = 0; i < 2 * post_tags_max; ++i) add_post_tag("t" + std::to_string(i), keys);
  EXPECT_EQ(keys.size(), post_tags_max);
}

TEST(Pitfall11, FoldedNamesOfServersMatchTheTagAsItIsWritten) {
  const WatchedTags tags({"Über"});
  EXPECT_EQ(matches(tags, tag_key_exact("uber"), true), (Matches{"über folded"}));
  const WatchedTags both({"Zähler", "Zahler"});
  EXPECT_EQ(both.match("zahler", true).size(), 2u);
}

TEST(Pitfall26, DoubleHashesAreStrippedAndCashtagsKept) {
  EXPECT_EQ(tag_key_exact("#slowfashion"), "slowfashion");
  EXPECT_EQ(tag_key_exact("##slowfashion"), "slowfashion");
  EXPECT_EQ(tag_key_exact("$YARN"), "$yarn");
}

}  // namespace
}  // namespace tagscout
