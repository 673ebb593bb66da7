#include "crawlers/sources/mastodon_dialect.h"

#include <gtest/gtest.h>

#include "tests/crawlers/source_bench.h"
#include "tests/crawlers/sources/mastodon_samples.h"

namespace tagscout {
namespace {

MastodonDialect dialect(const char* name, const char* version) {
  return dialect_of(ServerSoftware{name, version});
}

TEST(MastodonDialect, IsARowForEachSoftwareAndVersion) {
  struct Case {
    const char* name;
    const char* version;
    size_t statuses;
    size_t accounts;
    bool classic;
    bool lookup;
    size_t tags;
  };
  const std::vector<Case> cases = {
      {"mastodon", "3.3.0", 1, 1, true, false, 1},
      {"mastodon", "3.4.1", 1, 1, true, true, 4},
      {"mastodon", "4.1.25", 1, 1, true, true, 4},
      {"mastodon", "4.2.0-rc1", 1, 1, false, true, 4},
      {"mastodon", "4.3.0", 20, 40, false, true, 4},
      {"mastodon", "v4.10.2+glitch.main", 20, 40, false, true, 4},
      {"mastodon", "5.0", 20, 40, false, true, 4},
      {"mastodon", "nonsense", 1, 1, true, false, 1},
      {"hometown", "4.2.10+hometown-1.1.1", 1, 1, false, true, 4},
      {"hometown", "4.0.2+hometown-1.1.1", 1, 1, true, true, 4},
      {"pleroma", "2.6.0", 100, 1, false, false, 4},
      {"akkoma", "3.13.2", 100, 1, false, false, 4},
      {"gotosocial", "0.19.2", 1, 1, false, true, 1},
      {"pixelfed", "0.12.4", 1, 1, false, true, 1},
      {"friendica", "2024.09", 1, 1, false, false, 1},
      {"frobnicator", "4.5.0", 1, 1, false, false, 1},
      {"", "", 1, 1, false, false, 1},
  };
  for (const Case& each : cases) {
    const MastodonDialect row = dialect(each.name, each.version);
    const std::string what = std::string(each.name) + " " + each.version;
    EXPECT_TRUE(row.speaks) << what;
    EXPECT_EQ(row.statuses_max, each.statuses) << what;
    EXPECT_EQ(row.accounts_max, each.accounts) << what;
    EXPECT_EQ(row.classic_actors, each.classic) << what;
    EXPECT_EQ(row.knows_lookup, each.lookup) << what;
    EXPECT_EQ(row.tags_max, each.tags) << what;
    EXPECT_EQ(row.statuses_max > 1, !row.batch_parameter.empty()) << what;
  }
  for (const char* const other : {"misskey", "peertube", "lemmy", "writefreely"}) {
    EXPECT_FALSE(dialect(other, "1.0").speaks) << other;
  }
}

TEST(Pitfall17Dialect, PleromaNamesTheParameterOfABatchOtherwise) {
  EXPECT_EQ(dialect("mastodon", "4.3.0").batch_parameter, "id[]");
  EXPECT_EQ(dialect("pleroma", "2.6.0").batch_parameter, "ids[]");
  EXPECT_EQ(dialect("akkoma", "3.13.2").batch_parameter, "ids[]");
}

TEST(Pitfall19Dialect, PixelfedIsAskedForPostsOfEveryKindAndForgetsOldIds) {
  EXPECT_EQ(dialect("pixelfed", "0.12.4").timeline_parameters, "&only_media=false");
  EXPECT_EQ(dialect("mastodon", "4.3.0").timeline_parameters, "");
}

TEST(MastodonDialect, TellsTheIdOfAPostWhereItsUriDoes) {
  struct Case {
    const char* software;
    const char* uri;
    const char* want;  // "" if it does not tell
  };
  const std::vector<Case> cases = {
      {"mastodon", "https://home.example/users/ada/statuses/77", "77"},
      {"mastodon", "https://home.example/ap/users/5/statuses/77", "77"},
      {"mastodon", "https://home.example/users/ada/statuses/", ""},
      {"mastodon", "https://home.example/users/ada/statuses/77/activity", ""},
      {"mastodon", "https://home.example/statuses/77?x=2", ""},
      {"mastodon", "https://home.example/notes/77", ""},
      {"gotosocial", "https://home.example/users/ada/statuses/01JD5X", "01JD5X"},
      {"pixelfed", "https://home.example/p/ada/77", "77"},
      {"pixelfed", "https://home.example/p/77", ""},
      {"pixelfed", "https://home.example/p//77", ""},
      {"pixelfed", "https://home.example/p/ada/77/8", ""},
      {"pleroma", "https://home.example/objects/0f4a-11", ""},
      {"friendica", "https://home.example/objects/0f4a-11", ""},
      {"", "https://home.example/users/ada/statuses/77", ""},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(status_id_of(each.uri, "", dialect(each.software, "4.3")).value_or(""), each.want)
        << each.software << " " << each.uri;
  }
}

TEST(Pitfall17Dialect, OnPleromaThePageTellsTheIdAndElsewhereItDoesNot) {
  const std::string uri = "https://home.example/objects/0f4a-11";
  const auto id_of = [&](const char* software, const std::string& page) {
    return status_id_of(uri, page, dialect(software, "4.3")).value_or("");
  };
  for (const char* const software : {"pleroma", "akkoma"}) {
    EXPECT_EQ(id_of(software, "https://home.example/notice/AbKx9Qe5mR0"), "AbKx9Qe5mR0");
    EXPECT_EQ(id_of(software, "https://home.example/notice/"), "");
    EXPECT_EQ(id_of(software, "https://home.example/notice/7/8"), "");
    EXPECT_EQ(id_of(software, "https://home.example/notice/7?ids[]=8"), "");
    EXPECT_EQ(id_of(software, uri), "");
  }
  EXPECT_EQ(id_of("friendica", "https://home.example/display/0f4a-11"), "")
      << "its ids are numbers that stand in no address";
  EXPECT_EQ(id_of("mastodon", "https://home.example/@ada/77"), "");
}

TEST(MastodonDialect, AnInstancesVersionTellsTheSoftware) {
  struct Case {
    const char* version;
    const char* name;
    const char* own;
  };
  const std::vector<Case> cases = {
      {"4.5.2", "mastodon", "4.5.2"},
      {"4.3.1+glitch", "mastodon", "4.3.1+glitch"},
      {"2.7.2 (compatible; Pleroma 2.6.50)", "pleroma", "2.6.50"},
      {"2.7.2 (compatible; Akkoma 3.13.2-0-gabc)", "akkoma", "3.13.2-0-gabc"},
      {"4.2.1 (compatible; Pixelfed 0.12.4)", "pixelfed", "0.12.4"},
      {"2.8.0 (compatible; Friendica 2024.09)", "friendica", "2024.09"},
      {"2.7.2 (compatible; Pleroma", "pleroma", ""},
      {"2.7.2 (compatible; ", "", ""},
      {"soon", "", ""},
      {"", "", ""},
  };
  for (const Case& each : cases) {
    const ServerSoftware software = software_of_version(each.version);
    EXPECT_EQ(software.name, each.name) << each.version;
    EXPECT_EQ(software.version, each.own) << each.version;
  }
  EXPECT_EQ(version_number("999999999999.5"), 5);
  EXPECT_EQ(version_number("-4.2"), 2);
}

TEST(MastodonDialect, TagsArePackedOnlyWhereAnyIsKnown) {
  struct Case {
    std::string version;
    bool want;
  };
  const std::vector<Case> cases = {
      {"4.5.2", true},  {"4.3.0+glitch", true},
      {"3.5.19", true}, {"4.6.0-nightly.2026-11-20", true},
      {"2.7.2", false}, {"2.7.2 (compatible; Pleroma 2.6.0)", true},
      {"", false},      {"4.2.1 (compatible; Pixelfed 0.12.3)", false},
      {"0.19", false},  {"2.8.0 (compatible; Friendica 2024.08)", false},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(dialect_of(software_of_version(each.version)).tags_max > 1, each.want)
        << each.version;
  }
}

}  // namespace
}  // namespace tagscout
