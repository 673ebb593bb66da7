#include "daemon/command/terminal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "daemon/command/views.h"
#include "daemon/utf8.h"

namespace tagscout {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string replaced = "\xef\xbf\xbd";

TEST(TerminalText, LetsNoControlThrough) {
  const std::pair<std::string, std::string> cases[] = {
      {"plain é 語", "plain é 語"},
      {"a\x1b[31mred", "a" + replaced + "[31mred"},
      {"a\x07", "a" + replaced},
      {std::string("a\0b", 3), "a" + replaced + "b"},
      {"a\x7f", "a" + replaced},
      {"a\xc2\x9b"
       "31m",
       "a" + replaced + "31m"},
      {"\xe2\x80\xae"
       "evil",
       replaced + "evil"},
      {"\xe2\x81\xa6\xe2\x81\xa9", replaced + replaced},
      {"\xd8\x9c", replaced},
      {"two\nlines\tand\rmore", "two lines and more"},
      {"\xe2\x80\xa8", replaced},
      {"bad \xff byte", "bad " + replaced + " byte"},
  };
  for (const auto& [text, shown] : cases) EXPECT_EQ(terminal_text(text), shown);
}

TEST(TerminalText, IsMeasuredInCells) {
  const std::pair<std::string, size_t> cases[] = {
      {"", 0}, {"abc", 3}, {"é", 1}, {"e\xcc\x81", 1}, {"語", 2}, {"🌱", 2}, {"한", 2}, {"–", 1}};
  for (const auto& [text, width] : cases) EXPECT_EQ(display_width(text), width) << text;
}

TEST(TerminalText, IsCutToItsWidth) {
  EXPECT_EQ(cut_to_width("abcdef", 6), "abcdef");
  EXPECT_EQ(cut_to_width("abcdef", 4), "abc…");
  EXPECT_EQ(cut_to_width("語語語", 4), "語…");
  EXPECT_EQ(cut_to_width("abc", 1), "…");
  EXPECT_EQ(cut_to_width("abc", 0), "");
}

TEST(CellText, ShowsUnknownAsADash) {
  const Terminal terminal{.is_terminal = true};
  const std::pair<const char*, const char*> cases[] = {
      {"null", "–"},
      {"0", "0"},
      {"12000", "12000"},
      {"0.0341234", "0.0341"},
      {"true", "yes"},
      {"false", "no"},
      {"[]", ""},
      {R"(["a","b"])", "a b"},
      {R"({"default":"micro","fine":null})", "default=micro fine=–"},
      {R"("\u001b[1m")", "\xef\xbf\xbd[1m"},
      {R"({"\u001b":["\u202e"]})", "\xef\xbf\xbd=\xef\xbf\xbd"},
  };
  for (const auto& [json, text] : cases) {
    EXPECT_EQ(cell_text(*parse_json(json), terminal), text) << json;
  }
  EXPECT_EQ(cell_text(*parse_json("0.0341234"), Terminal{}), "0.0341234");
}

TextTable sample_table() {
  TextTable table({{.title = "HANDLE"},
                   {.title = "FOLLOWERS", .is_number = true},
                   {.title = "NAME", .may_shrink = true}});
  table.add({"ada@garden.example", "12000", "Ada of the garden behind the old mill"});
  table.add({"bo", "7", "–"});
  return table;
}

TEST(TextTable, FitsTheTerminal) {
  for (const size_t width : {10U, 20U, 29U, 39U, 40U, 60U, 200U}) {
    const std::string text = sample_table().render({.is_terminal = true, .width = width});
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(display_width(line), width) << line;
    }
  }
}

TEST(TextTable, ShrinksTextBeforeItDropsColumns) {
  EXPECT_EQ(sample_table().render({.is_terminal = true, .width = 45}),
            "HANDLE              FOLLOWERS  NAME\n"
            "ada@garden.example      12000  Ada of the ga…\n"
            "bo                          7  –\n");
  EXPECT_EQ(sample_table().render({.is_terminal = true, .width = 30}),
            "HANDLE              FOLLOWERS\n"
            "ada@garden.example      12000\n"
            "bo                          7\n");
}

TEST(TextTable, IsPlainLinesWhereNoTerminalIs) {
  EXPECT_EQ(sample_table().render({.is_terminal = false, .has_color = false, .width = 20}),
            "ada@garden.example\t12000\tAda of the garden behind the old mill\n"
            "bo\t7\t–\n");
}

TEST(TextTable, IsColouredOnlyWhereWanted) {
  TextTable table({{.title = "STATE"}});
  table.add({"running"});
  table.add({"refused"});
  EXPECT_THAT(table.render({.is_terminal = true, .has_color = true}), HasSubstr("\x1b[32mrunning"));
  EXPECT_THAT(table.render({.is_terminal = true, .has_color = true}), HasSubstr("\x1b[31mrefused"));
  EXPECT_THAT(table.render({.is_terminal = true, .has_color = false}), Not(HasSubstr("\x1b")));
  EXPECT_EQ(colored("x", "healthy", {.is_terminal = true, .has_color = false}), "x");
}

TEST(Views, HostileNamesNeverReachTheTerminal) {
  const JsonNode items = *parse_json(
      R"([{"handle":"\u001b]0;owned\u0007@h","display_name":"\u202eevil\u0085","bands":{},)"
      R"("id":"ap:\u009b2J","kind":"rose\u001b[2J"}])");
  for (const View view : {View::sources, View::accounts, View::flags, View::posts}) {
    for (const bool is_terminal : {true, false}) {
      const std::string text = list_text(view, items, {.is_terminal = is_terminal, .width = 300});
      for_each_character(text, [](char32_t character) {
        EXPECT_TRUE(!is_control(character) || character == U'\n' || character == U'\t');
      });
    }
  }
  const std::string line = flag_line(items.array()[0], {.is_terminal = true, .has_color = true});
  EXPECT_THAT(line, Not(HasSubstr("\x1b")));
  EXPECT_THAT(fields_text(items.array()[0], {}), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace tagscout
