#include "crawlers/sources/mastodon_access.h"

#include <gtest/gtest.h>

#include "tests/crawlers/source_bench.h"

namespace tagscout {
namespace {

std::string instance(const std::string& local, const std::string& remote) {
  return R"({"version":"4.5.2","configuration":{"timelines_access":{"hashtag_feeds":{"local":")" +
         local + R"(","remote":")" + remote + "\"}}}}";
}

TEST(MastodonAccess, SaysWhatPartOfTheFeedsCanBeRead) {
  struct Case {
    std::string local;
    std::string remote;
    bool token;
    std::string scope;
    size_t notes;
    std::string closed;
  };
  const std::string users = "its tag timelines are for users only: a token is needed";
  const std::string disabled = "its tag timelines are disabled";
  const std::vector<Case> cases = {
      {"public", "public", false, "", 0, ""},
      {"public", "authenticated", false, "&local=true", 1, ""},
      {"public", "disabled", false, "&local=true", 1, ""},
      {"authenticated", "public", false, "&remote=true", 1, ""},
      {"disabled", "public", false, "&remote=true", 1, ""},
      {"authenticated", "authenticated", false, "", 2, users},
      {"authenticated", "disabled", false, "", 2, users},
      {"disabled", "disabled", false, "", 2, disabled},
      {"something-new", "public", false, "&remote=true", 1, ""},
      {"public", "public", true, "", 0, ""},
      {"authenticated", "authenticated", true, "", 0, ""},
      {"public", "disabled", true, "", 1, ""},
      {"disabled", "disabled", true, "", 2, ""},
  };
  for (const Case& each : cases) {
    const std::string what = each.local + " " + each.remote + (each.token ? " token" : "");
    const MastodonAccess access =
        parse_access(instance(each.local, each.remote), each.token).value();
    EXPECT_EQ(access.notes.size(), each.notes) << what;
    EXPECT_EQ(access.closed, each.closed) << what;
    if (!each.closed.empty()) continue;
    EXPECT_EQ(access.scope, each.scope) << what;
  }
}

TEST(Pitfall05Access, ADisabledFeedIsToldApartFromASilentOne) {
  const auto note = [](const std::string& remote) {
    return parse_access(instance("public", remote), false).value().notes.at(0);
  };
  EXPECT_EQ(note("disabled"),
            "the tag timelines of people elsewhere are disabled: that it shows none of these posts "
            "does not mean that there are none");
  EXPECT_NE(note("authenticated").find("for users only"), std::string::npos);
}

TEST(MastodonAccess, ServersBefore45SayNothingAndAreOpen) {
  for (const std::string body : {"{}", R"({"configuration":null})", R"({"configuration":{}})"}) {
    const MastodonAccess access = parse_access(body, false).value();
    EXPECT_EQ(access.scope + access.closed + access.streaming, "") << body;
    EXPECT_TRUE(access.notes.empty());
  }
  EXPECT_FALSE(parse_access("[]", false));
  EXPECT_FALSE(parse_access("<html>", false));
}

TEST(MastodonAccess, NamesWhereItStreamsIfThatIsAWebSocket) {
  struct Case {
    std::string said;
    std::string want;
  };
  const std::vector<Case> cases = {
      {"wss://streaming.home.example", "wss://streaming.home.example"},
      {"wss://home.example/", "wss://home.example"},
      {"wss://home.example:4000", "wss://home.example:4000"},
      {"ws://home.example", "ws://home.example"},
      {"https://home.example", ""},
      {"wss://user:pass@home.example", ""},
      {"home.example", ""},
      {"", ""},
  };
  for (const Case& each : cases) {
    const std::string body = R"({"configuration":{"urls":{"streaming":")" + each.said + "\"}}}";
    EXPECT_EQ(parse_access(body, true).value().streaming, each.want) << each.said;
  }
}

TEST(MastodonAccess, SurvivesEveryTruncatedPrefix) {
  const std::string whole = read_fixture("mastodon/instance.json");
  EXPECT_TRUE(parse_access(whole, true));
  const size_t end = whole.rfind('}');
  for (size_t size = 0; size < end; ++size) EXPECT_FALSE(parse_access(whole.substr(0, size), true));
}

}  // namespace
}  // namespace tagscout
