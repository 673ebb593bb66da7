#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "crawlers/source.h"

namespace tagscout {
namespace {

TEST(HomeHost, IsTheOriginOfTheUriOrTheNetwork) {
  struct Case {
    std::string id;
    std::string want;
  };
  const std::vector<Case> cases = {
      {"ap:https://home.example/users/ada", "https://home.example"},
      {"ap:https://HOME.example:443/users/ada", "https://home.example"},
      {"ap:https://home.example:8443/users/ada/statuses/1", "https://home.example:8443"},
      {"ap:http://127.0.0.1:3001/users/ada", "http://127.0.0.1:3001"},
      {"bluesky:did:plc:aaaaaaaaaaaaaaaaaaaaaaaa", "bluesky"},
      {"bluesky:at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3m", "bluesky"},
      {"youtube:UCxyz", "youtube"},
      {"ap:", ""},
      {"ap:acct:ada@home.example", ""},
      {"ap:https://ada@home.example/", ""},
      {"ap:ftp://home.example/", ""},
      {"ap:wss://home.example/", ""},
      {"", ""},
      {"nonsense", ""},
      {"other:https://home.example/", ""},
  };
  for (const Case& each : cases) EXPECT_EQ(home_host(each.id), each.want) << each.id;
}

TEST(Registry, FindsEveryTypeByItsName) {
  std::vector<std::string> names;
  for (const SourceType* type : source_types()) {
    names.emplace_back(type->schema.type);
    EXPECT_EQ(find_source_type(type->schema.type), type);
  }
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_EQ(names, (std::vector<std::string>{"bluesky", "mastodon", "peertube"}));
  EXPECT_EQ(find_source_type("myspace"), nullptr);
  EXPECT_EQ(find_source_type(""), nullptr);
}

}  // namespace
}  // namespace tagscout
