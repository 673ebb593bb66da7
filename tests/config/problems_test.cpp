#include "config/problems.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tagscout {
namespace {

using testing::ElementsAre;

TEST(Problems, AreToldInTheOrderOfTheFileAndOverridesLast) {
  Problems problems("f.toml");
  problems.add({.overridden = true}, "a.x", "four");
  problems.add({.line = 10, .column = 2}, "a.y", "three");
  problems.add({.line = 9, .column = 8}, "", "two");
  problems.add({}, "a.z", "one");
  EXPECT_THAT(problems.lines(), ElementsAre("a.z: one", "f.toml:9:8: two",
                                            "f.toml:10:2: a.y: three", "--set: a.x: four"));
}

TEST(Problems, NearestIsTheWordThatWasMeant) {
  const std::vector<std::string_view> known = {"state_dir", "runtime_dir", "contact",
                                               "log_level", "poll",        "gap"};
  const struct {
    std::string_view word, expected;
  } cases[] = {{"stat_dir", "state_dir"},
               {"state-dir", "state_dir"},
               {"contcat", "contact"},
               {"loglevel", "log_level"},
               {"pol", "poll"},
               {"polls", "poll"},
               {"gpa", "gap"},
               {"runtime", "runtime_dir"}};
  for (const auto& row : cases) EXPECT_EQ(nearest(row.word, known), row.expected) << row.word;
}

TEST(Problems, NothingIsNearToAWordLikeNone) {
  const std::vector<std::string_view> known = {"state_dir", "contact", "gap"};
  for (const std::string_view word : {"", "x", "url", "hysteresis"})
    EXPECT_EQ(nearest(word, known), std::nullopt) << word;
  EXPECT_EQ(nearest(std::string(100'000, 'a'), known), std::nullopt);
  EXPECT_EQ(nearest("gap", {}), std::nullopt);
}

TEST(Problems, SuggestionNamesTheWholeKey) {
  EXPECT_EQ(suggestion("gpa", {"gap"}, "http."), "; did you mean http.gap?");
  EXPECT_EQ(suggestion("other", {"gap"}, "http."), "");
}

}  // namespace
}  // namespace tagscout
