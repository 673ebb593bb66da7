#include "crawlers/json.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tagscout {
namespace {

// Reads one field "x" of an object with one reader, and says what came out of it.
std::string count_of(const std::string& json) {
  JsonParser parser;
  JsonProblem problem;
  const Result<JsonValue> root = parser.parse(json, problem);
  if (!root) return "refused";
  const std::optional<int64_t> count = root->field("x").optional_count();
  if (problem.found()) return problem.error().detail;
  return count ? std::to_string(*count) : "unknown";
}

TEST(Json, ReadsCountsInEveryFormThatServersUse) {
  struct Case {
    std::string json;
    std::string want;
  };
  const std::vector<Case> cases = {
      {R"({"x":0})", "0"},
      {R"({"x":10345})", "10345"},
      {R"({"x":"10345"})", "10345"},
      {R"({"x":10345.0})", "10345"},
      {R"({"x":1e3})", "1000"},
      {R"({"x":3000000000})", "3000000000"},
      {R"({"x":-1})", "-1"},
      {R"({"x":-900})", "-1"},
      {R"({"x":"-1"})", "-1"},
      {R"({"x":null})", "unknown"},
      {R"({})", "unknown"},
      {R"({"x":9007199254740991})", "9007199254740991"},
      {R"({"x":9007199254740992})", "$.x: is not a count"},
      {R"({"x":9223372036854775808})", "$.x: is not a count"},
      {R"({"x":-9223372036854775808})", "-1"},
      {R"({"x":1e300})", "$.x: is not a count"},
      {R"({"x":2.5})", "$.x: is not a count"},
      {R"({"x":""})", "$.x: is not a count"},
      {R"({"x":"12k"})", "$.x: is not a count"},
      {R"({"x":" 12"})", "$.x: is not a count"},
      {R"({"x":"99999999999999999999"})", "$.x: is not a count"},
      {R"({"x":true})", "$.x: is not a count"},
      {R"({"x":[1]})", "$.x: is not a count"},
      {R"({"x":99999999999999999999999})", "refused"},
      {R"({"x":012})", "refused"},
  };
  for (const Case& each : cases) EXPECT_EQ(count_of(each.json), each.want) << each.json;
}

TEST(Json, NamesThePathOfTheFirstThingThatIsWrong) {
  JsonParser parser;
  JsonProblem problem;
  const Result<JsonValue> root =
      parser.parse(R"({"posts":[{"author":{"did":"a"}},{"author":{"did":7}}],"n":"x"})", problem);
  ASSERT_TRUE(root);
  std::vector<std::string> dids;
  root->field("posts").each(
      [&](const JsonValue& post) { dids.emplace_back(post.field("author").field("did").text()); });
  EXPECT_EQ(root->field("n").integer(), 0);
  EXPECT_EQ(dids, (std::vector<std::string>{"a", ""}));
  ASSERT_TRUE(problem.found());
  EXPECT_EQ(problem.error().kind, ErrorKind::protocol);
  EXPECT_EQ(problem.error().detail, "$.posts[1].author.did: is not a text");
}

TEST(Json, TellsAbsentFromWrong) {
  struct Case {
    std::string json;
    std::string want;
  };
  const std::vector<Case> cases = {
      {R"({"a":"t","b":true})", ""},
      {R"({"a":null,"b":null})", ""},
      {R"({})", ""},
      {R"({"a":1})", "$.a: is not a text"},
      {R"({"a":{}})", "$.a: is not a text"},
      {R"({"b":"true"})", "$.b: is not true or false"},
      {R"({"b":0})", "$.b: is not true or false"},
      {R"({"c":{}})", "$.c: is not an array"},
      {R"({"c":"x"})", "$.c: is not an array"},
      {R"({"d":[]})", "$.d: is not an object"},
      {R"({"d":"x"})", "$.d: is not an object"},
      {R"([])", "$: is not an object"},
      {R"("text")", "$: is not an object"},
  };
  for (const Case& each : cases) {
    JsonParser parser;
    JsonProblem problem;
    const Result<JsonValue> root = parser.parse(each.json, problem);
    ASSERT_TRUE(root) << each.json;
    root->field("a").optional_text();
    root->field("b").optional_boolean();
    root->field("c").each([](const JsonValue&) {});
    root->field("d").field("e").optional_text();
    EXPECT_EQ(problem.found() ? problem.error().detail : "", each.want) << each.json;
  }
}

TEST(Json, NotesWhatMustBeThereAndIsNot) {
  JsonParser parser;
  JsonProblem problem;
  const Result<JsonValue> root = parser.parse(R"({"a":null})", problem);
  ASSERT_TRUE(root);
  EXPECT_EQ(root->field("a").text(), "");
  EXPECT_EQ(problem.error().detail, "$.a: is missing");
  JsonProblem second;
  EXPECT_EQ(root->reported_to(second).field("b").integer(), 0);
  EXPECT_EQ(second.error().detail, "$.b: is missing");
}

TEST(Json, RefusesWhatIsNotOneWholeDocument) {
  const std::vector<std::string> bad = {
      "",
      " ",
      "{",
      "[1,2",
      R"({"a":1)",
      R"({"a":"unterminated)",
      "[1]]",
      "{}{}",
      "nul",
      "[1,]",
      R"({"a" 1})",
      R"({a:1})",
      "\xFF",
      "[\"\xC3\"]",
      "[\"\xED\xA0\x80\"]",
      "[\"a\nb\"]",
      "[\"\\ud800\"]",
      "<html></html>",
  };
  for (const std::string& text : bad) {
    JsonParser parser;
    JsonProblem problem;
    const Result<JsonValue> root = parser.parse(text, problem);
    ASSERT_FALSE(root) << text;
    EXPECT_EQ(root.error().kind, ErrorKind::protocol) << text;
  }
}

TEST(Json, RefusesEveryTruncatedPrefix) {
  const std::string whole = R"({"a":[1,-2.5e3,"t\u00e9xt\\"],"b":{"c":null,"d":true},"é":"日本"})";
  JsonParser parser;
  for (size_t size = 0; size < whole.size(); ++size) {
    JsonProblem problem;
    EXPECT_FALSE(parser.parse(whole.substr(0, size), problem)) << size;
  }
  JsonProblem problem;
  EXPECT_TRUE(parser.parse(whole, problem));
}

TEST(Json, SurvivesDeepNesting) {
  JsonParser parser;
  JsonProblem problem;
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  EXPECT_FALSE(parser.parse(deep, problem));
}

TEST(Json, TakesTheFirstOfFieldsWithTheSameName) { EXPECT_EQ(count_of(R"({"x":5,"x":6})"), "5"); }

TEST(Json, ParsesOneDocumentAfterAnother) {
  JsonParser parser;
  for (const size_t size : {10u, 100'000u, 3u}) {
    JsonProblem problem;
    const std::string text(size, 'a');
    const Result<JsonValue> root = parser.parse("[\"" + text + "\"]", problem);
    ASSERT_TRUE(root);
    root->each([&](const JsonValue& value) { EXPECT_EQ(value.text(), text); });
  }
}

}  // namespace
}  // namespace tagscout
