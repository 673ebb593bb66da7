#include "daemon/admin/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/admin/parameters.h"
#include "daemon/json_reader.h"

namespace tagscout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using Query = std::map<std::string, std::string>;

TEST(Target, IsTakenApartAndDecoded) {
  const Target plain = parse_target("/v1/accounts/ap%3Ahttps%3a%2F%2Fh%2Fu?limit=5&tag=a%20b&x=&y");
  EXPECT_THAT(plain.path, ElementsAre("v1", "accounts", "ap:https://h/u"));
  EXPECT_THAT(plain.query,
              ElementsAre(Pair("limit", "5"), Pair("tag", "a b"), Pair("x", ""), Pair("y", "")));
  EXPECT_THAT(parse_target("/").path, ElementsAre(""));
  EXPECT_THAT(parse_target("/a//b/").path, ElementsAre("a", "", "b", ""));
  EXPECT_THAT(parse_target("/a?").query, IsEmpty());
  EXPECT_THAT(parse_target("/a?&&").query, IsEmpty());
  EXPECT_THAT(parse_target("/a?t=c++&u=a=b").query,
              ElementsAre(Pair("t", "c++"), Pair("u", "a=b")));
}

TEST(Target, RefusesWhatIsNone) {
  for (const char* text : {"", "*", "v1/status", "http://tagscout/v1/status", "/a b", "/a#b", "/%",
                           "/%4", "/%zz", "/a%00b", "/a%1bb", "/a?x=%7f", "/a?x=1&x=2", "/\x80"}) {
    EXPECT_THROW(parse_target(text), BadQuery) << text;
  }
}

TEST(Parameters, AreTyped) {
  const Query given = {{"limit", "7"},        {"cursor", "a0"}, {"network", "bluesky"},
                       {"band", "fine/tiny"}, {"kind", "fell"}, {"since", "12"},
                       {"niche", "a.b-c_9"}};
  const Parameters parameters(given,
                              {"limit", "cursor", "network", "band", "kind", "since", "niche"});
  EXPECT_EQ(parameters.page().limit, 7U);
  EXPECT_EQ(parameters.page().cursor, "a0");
  EXPECT_EQ(parameters.network(), Network::bluesky);
  EXPECT_EQ(parameters.band()->ladder, "fine");
  EXPECT_EQ(parameters.band()->name, "tiny");
  EXPECT_EQ(parameters.kind(), FlagKind::fell);
  EXPECT_EQ(parameters.number("since"), 12U);
  EXPECT_EQ(parameters.name("niche"), "a.b-c_9");
}

TEST(Parameters, HaveDefaultsWhereAbsentOrEmpty) {
  const Query given = {{"network", ""}, {"limit", ""}};
  const Parameters parameters(given, {"network", "limit", "band", "kind", "since"});
  EXPECT_EQ(parameters.page().limit, 100U);
  EXPECT_FALSE(parameters.network());
  EXPECT_FALSE(parameters.band());
  EXPECT_FALSE(parameters.kind());
  EXPECT_FALSE(parameters.number("since"));
}

TEST(Parameters, ClampTheLimit) {
  for (const char* limit : {"1000", "1001", "18446744073709551615"}) {
    const Query given = {{"limit", limit}};
    EXPECT_EQ(Parameters(given, {"limit"}).page().limit, 1000U) << limit;
  }
}

TEST(Parameters, RefuseWhatIsNoValue) {
  const std::pair<const char*, const char*> cases[] = {
      {"limit", "0"},    {"limit", "-1"},   {"limit", "1.5"},  {"limit", "18446744073709551616"},
      {"limit", "ten"},  {"limit", " 1"},   {"network", "ap"}, {"network", "Bluesky"},
      {"band", "Micro"}, {"band", "/a"},    {"band", "a/"},    {"band", "a/b/c"},
      {"band", "-a"},    {"kind", "risen"}, {"kind", "ROSE"},  {"since", "x"},
      {"niche", "a b"},  {"niche", "_a"},   {"band", "a/b c"},
  };
  for (const auto& [name, value] : cases) {
    const Query given = {{name, value}};
    const auto read_all = [&] {
      const Parameters parameters(given, {"limit", "network", "band", "kind", "since", "niche"});
      parameters.page();
      parameters.network();
      parameters.band();
      parameters.kind();
      parameters.number("since");
      parameters.name("niche");
    };
    EXPECT_THROW(read_all(), BadQuery) << name << "=" << value;
  }
  const Query unknown = {{"filter", "x"}};
  EXPECT_THROW(Parameters(unknown, {"limit"}), BadQuery);
  const Query too_long = {{"niche", std::string(65, 'a')}};
  EXPECT_THROW(Parameters(too_long, {"niche"}).name("niche"), BadQuery);
}

TEST(Problem, IsAnObjectOfFourFields) {
  const AdminReply reply = problem(409, "a \"quoted\" \x1b word");
  EXPECT_EQ(reply.status, 409);
  EXPECT_EQ(reply.type, "application/problem+json");
  EXPECT_EQ(reply.body, R"({"type":"about:blank","title":"Conflict","status":409,)"
                        R"("detail":"a \"quoted\" \u001b word"})");
}

}  // namespace
}  // namespace tagscout
