#include "tests/config/config_fixture.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

using ConfigOverrides = ConfigFixture;

TEST_F(ConfigOverrides, TakeThePlaceOfTheFile) {
  request_.overrides = {"daemon.state_dir=./var",
                        "http.gap=1h",
                        "http.respect_robots=false",
                        "http.allow_private=[127.0.0.1:80, \"127.0.0.1:81\",]",
                        "maturity.reread_after=[1s,2s]",
                        "origin.suspicious_below=0.25",
                        "origin.suspicious_from=10_000",
                        "origin.bridges=[]",
                        "store.cache=8MiB",
                        "daemon.contact=\"a = b\"",
                        "export.x.what=posts",
                        "export.x.format=csv",
                        "export.x.directory=out"};
  const Config config = load("[daemon]\nstate_dir = \"/a\"\n[http]\ngap = 17\n");
  EXPECT_EQ(config.daemon.state_dir, "./var");
  EXPECT_EQ(config.daemon.contact, "a = b");
  EXPECT_EQ(config.http.gap, 1h);
  EXPECT_FALSE(config.http.respect_robots);
  EXPECT_THAT(config.http.allow_private, ElementsAre("127.0.0.1:80", "127.0.0.1:81"));
  EXPECT_THAT(config.maturity.reread_after, ElementsAre(1s, 2s));
  EXPECT_EQ(config.origin.suspicious_below, 0.25);
  EXPECT_EQ(config.origin.suspicious_from, 10'000);
  EXPECT_THAT(config.origin.bridges, IsEmpty());
  EXPECT_EQ(config.store.cache_bytes, 8 << 20);
  ASSERT_EQ(config.exports.size(), 1u);
  EXPECT_EQ(config.exports[0].what, "posts");
}

TEST_F(ConfigOverrides, ReachASourceByItsName) {
  request_.overrides = {"source.mastodon.social.poll=5m", "source.mastodon.social.gap=4s"};
  const Config config = load(
      "[daemon]\ncontact = \"me@agency.test\"\n"
      "[[source]]\nname = \"mastodon.social\"\ntype = \"mastodon\"\nurl = \"https://a.test\"\n");
  EXPECT_EQ(config.sources[0].poll, 5min);
  EXPECT_EQ(config.sources[0].gap, 4s);
  EXPECT_TRUE(config.sources[0].gap_set);
}

TEST_F(ConfigOverrides, TheLastOneHolds) {
  request_.overrides = {"http.gap=4s", "http.gap=5s"};
  EXPECT_EQ(load("").http.gap, 5s);
}

TEST_F(ConfigOverrides, ErrorsAreNamedAfterTheOption) {
  const struct {
    std::string override, expected;
  } cases[] = {
      {"nonsense", "--set: nonsense: must be KEY=VALUE"},
      {"daemon.stat_dir=x", "--set: daemon.stat_dir: unknown key; did you mean daemon.state_dir?"},
      {"deamon.state_dir=x",
       "--set: deamon.state_dir: unknown key; did you mean daemon.state_dir?"},
      {"daemon=x", "--set: daemon: must be SECTION.KEY"},
      {"daemon.a.b=x", "--set: daemon.a.b: must be SECTION.KEY"},
      {"=x", "--set: unknown key"},
      {"source.poll=2m", "--set: source.poll: must be source.NAME.KEY"},
      {"source.n.poll=2m", "--set: source.n.poll: there is no source named n in the file"},
      {"http.gap=3", "--set: http.gap: must be a duration such as \"90s\", \"1h30m\" or \"7d\""},
      {"http.gap=2h", "--set: http.gap: must be at most 1h"},
      {"http.respect_robots=yes", "--set: http.respect_robots: must be true or false"},
      {"origin.bridges=brid.gy", "--set: origin.bridges: must be a list: [...]"},
      {"origin.extra_per_hour=4x", "--set: origin.extra_per_hour: must be a whole number"},
      {"origin.extra_per_hour=", "--set: origin.extra_per_hour: must be a whole number"},
      {"origin.suspicious_below=inf", "--set: origin.suspicious_below: must be a number"},
      {"daemon.log_level=warning",
       "--set: daemon.log_level: must be one of debug, info, warn, error; did you mean warn?"},
      {"store.cache=1", "--set: store.cache: must be at least 1MiB"},
  };
  for (const auto& row : cases) {
    request_.overrides = {row.override};
    EXPECT_THAT(problems(""), ElementsAre(row.expected)) << row.override;
  }
}

TEST_F(ConfigOverrides, AMistakeInTheFileThatIsOverriddenIsNone) {
  request_.overrides = {"http.gap=3s"};
  EXPECT_THAT(problems("[http]\ngap = true\n"), IsEmpty());
}

TEST_F(ConfigOverrides, WorkWithoutAFile) {
  request_.overrides = {"daemon.state_dir=./var"};
  EXPECT_EQ(load_config(request_).daemon.state_dir, "./var");
}

}  // namespace
}  // namespace tagscout
