#include "config/config.h"

#include "config/options.h"
#include "config/reader.h"
#include "tests/config/config_fixture.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using ConfigFile = ConfigFixture;

TEST_F(ConfigFile, WithoutAFileTheDefaultsHold) {
  const Config config = load_config({});
  EXPECT_EQ(config.daemon.state_dir, "/var/lib/tagscout");
  EXPECT_EQ(config.daemon.degraded_after, 5min);
  EXPECT_EQ(config.http.gap, 3s);
  EXPECT_TRUE(config.http.respect_robots);
  EXPECT_THAT(config.maturity.reread_after, ElementsAre(1h, 24h, 72h));
  EXPECT_THAT(config.origin.bridges, ElementsAre("brid.gy", "bsky.brid.gy", "mostr.pub"));
  EXPECT_EQ(config.origin.suspicious_below, 0.5);
  EXPECT_EQ(config.origin.suspicious_from, 1000);
  EXPECT_EQ(config.retention.flags, 0s);
  EXPECT_EQ(config.store.cache_bytes, 96 << 20);
  EXPECT_THAT(config.sources, IsEmpty());
}

TEST_F(ConfigFile, TheDefaultLadderIsBuiltIn) {
  const Config config = load("");
  ASSERT_EQ(config.bands.size(), 5u);
  EXPECT_EQ(config.bands[1].name, "micro");
  EXPECT_EQ(config.bands[1].from, 10'000);
  EXPECT_EQ(config.bands[1].to, 100'000);
  EXPECT_TRUE(config.bands[1].watch);
  EXPECT_EQ(config.bands[4].name, "mega");
  EXPECT_EQ(config.bands[4].to, std::nullopt);
  EXPECT_FALSE(config.bands[4].watch);
}

TEST_F(ConfigFile, AFileThatNamesOneBandNamesThemAll) {
  const Config config = load("[[band]]\nname = \"b\"\nfrom = 5_000\nnetworks = [\"bluesky\"]\n");
  ASSERT_EQ(config.bands.size(), 1u);
  EXPECT_EQ(config.bands[0].from, 5000);
  EXPECT_EQ(config.bands[0].to, std::nullopt);
  EXPECT_EQ(config.bands[0].ladder, "default");
  EXPECT_EQ(config.bands[0].hysteresis, 0.05);
  EXPECT_THAT(config.bands[0].networks, ElementsAre(Network::bluesky));
}

TEST_F(ConfigFile, EveryErrorIsReportedInOneRun) {
  EXPECT_THAT(
      problems(R"([daemon]
stat_dir = "x"
log_level = "inof"
  degraded_after = 5
[http]
gap = "3 s"
[origni]
[[band]]
name = "Micro"
from = -1
watch = "yes"
hysteresis = 1.0
networks = ["bluesky", "blusky"]
[store]
cache = "96MB"
)"),
      ElementsAre("t.toml:2:1: daemon.stat_dir: unknown key; did you mean daemon.state_dir?",
                  "t.toml:3:13: daemon.log_level: must be one of debug, info, warn, error; did you "
                  "mean info?",
                  "t.toml:4:20: daemon.degraded_after: must be a duration such as \"90s\", "
                  "\"1h30m\" or \"7d\"",
                  "t.toml:6:7: http.gap: must be a duration such as \"90s\", \"1h30m\" or \"7d\"",
                  "t.toml:7:2: origni: unknown key; did you mean origin?",
                  "t.toml:9:8: band.name: must be a name: a-z and 0-9, then also . _ -, at most 64 "
                  "characters",
                  "t.toml:10:8: band.from: must be at least 0",
                  "t.toml:11:9: band.watch: must be true or false",
                  "t.toml:12:14: band.hysteresis: must be below 1",
                  "t.toml:13:12: band.networks: item 2 is not a network; did you mean bluesky?",
                  "t.toml:15:9: store.cache: must be a size such as \"96MiB\""));
}

TEST_F(ConfigFile, ASyntaxErrorIsReportedAlone) {
  const auto lines = problems("[daemon]\nstat_dir = 1\nlog_level = \"info\n");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], testing::StartsWith("t.toml:3:"));
}

TEST_F(ConfigFile, AKeyGivenTwiceIsASyntaxError) {
  EXPECT_EQ(problems("[http]\ngap = \"3s\"\ngap = \"4s\"\n").size(), 1u);
}

TEST_F(ConfigFile, AFileThatCannotBeReadIsAnError) {
  request_.file = folder_ + "/none.toml";
  try {
    load_config(request_);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(without_folder(error.problems()),
                ElementsAre("cannot read none.toml: No such file or directory"));
  }
}

TEST_F(ConfigFile, WrongShapesAreErrors) {
  const struct {
    std::string text, expected;
  } cases[] = {
      {"daemon = 1", "t.toml:1:10: daemon: must be a table: [daemon]"},
      {"[[http]]\ngap = \"3s\"", "t.toml:1:1: http: must be a table: [http]"},
      {"[source]\nname = \"x\"", "t.toml:1:1: source: must be a table: [[source]]"},
      {"niche = [1]", "t.toml:1:10: niche: must be a table: [[niche]]"},
      {"export = 1", "t.toml:1:10: export: must be a table: [export.NAME]"},
      {"[export]\ndaily = 1", "t.toml:2:1: export.daily: must be a table: [export.NAME]"},
      {"[daemon]\ncontact = 1979-05-27", "t.toml:2:11: daemon.contact: must be a text in quotes"},
      {"[origin]\nsuspicious_below = nan",
       "t.toml:2:20: origin.suspicious_below: must be a number"},
      {"[origin]\nsuspicious_from = 1.5",
       "t.toml:2:19: origin.suspicious_from: must be a whole number"},
      {"[origin]\nbridges = \"brid.gy\"", "t.toml:2:11: origin.bridges: must be a list: [...]"},
      {"[origin]\nbridges = [\"\"]", "t.toml:2:11: origin.bridges: item 1 must not be empty"},
      {"[daemon]\ncontact = \"a\\nb\"",
       "t.toml:2:11: daemon.contact: must not hold control characters"},
      {"[daemon]\ncontact = \"(x)\"",
       "t.toml:2:11: daemon.contact: must be ASCII without parentheses, since it goes into the "
       "User-Agent"},
      {"[[brief]]\nname = \"x\"", "t.toml:1:3: brief: unknown key"},
      {"[prices]\nx = 1", "t.toml:1:2: prices: unknown key"},
      {"[http]\ncontact = \"x\"",
       "t.toml:2:1: http.contact: unknown key; did you mean daemon.contact?"},
      {"[http]\nallow_private = [\"localhost\"]",
       "t.toml:2:17: http.allow_private: item 1 must be host:port"},
      {"[http]\nca_file = \"no.pem\"",
       "t.toml:2:11: http.ca_file: cannot read no.pem: No such file or directory"},
  };
  for (const auto& row : cases) EXPECT_THAT(problems(row.text), ElementsAre(row.expected));
}

std::string band(const std::string& name, const std::string& rest) {
  return "[[band]]\nname = \"" + name + "\"\n" + rest + "\n";
}

TEST_F(ConfigFile, BandsOfOneLadderDoNotOverlap) {
  const std::string low = band("low", "from = 10\nto = 20");
  const struct {
    std::string text;
    std::vector<std::string> expected;
  } cases[] = {
      {low + band("high", "from = 20"), {}},
      {low + band("high", "from = 30\nto = 40"), {}},
      {low + band("high", "from = 19"),
       {"t.toml:7:8: band.from: overlaps with band low of ladder "
        "default"}},
      {band("high", "from = 15") + low,
       {"t.toml:6:8: band.from: overlaps with band high of ladder "
        "default"}},
      {low + band("high", "from = 15\nladder = \"other\""), {}},
      {band("a", "from = 1\nnetworks = [\"bluesky\"]") +
           band("b", "from = 1\nnetworks = [\"activitypub\"]"),
       {}},
      {band("a", "from = 1\nnetworks = [\"bluesky\"]") + band("b", "from = 1"),
       {"t.toml:7:8: band.from: overlaps with band a of ladder default"}},
      {low + band("low", "from = 30"),
       {"t.toml:6:8: band.name: ladder default has a band low already"}},
      {band("flat", "from = 5\nto = 5"), {"t.toml:4:6: band.to: must lie above from"}},
  };
  for (const auto& row : cases) EXPECT_EQ(problems(row.text), row.expected) << row.text;
}

TEST_F(ConfigFile, RereadAgesAscend) {
  EXPECT_THAT(problems("[maturity]\nreread_after = [\"1h\", \"1h\"]\n"),
              ElementsAre("t.toml:2:16: maturity.reread_after: ages must ascend"));
  EXPECT_THAT(problems("[maturity]\nreread_after = []\n"),
              ElementsAre("t.toml:2:16: maturity.reread_after: must name one age at least"));
}

TEST_F(ConfigFile, ATooLongSocketPathIsAnErrorThatSaysSo) {
  // "/admin.sock" takes 11 bytes of the 107.
  const auto text = [](size_t bytes) {
    return "[daemon]\nruntime_dir = \"/" + std::string(bytes - 1, 'r') + "\"\n";
  };
  EXPECT_THAT(problems(text(96)), IsEmpty());
  EXPECT_THAT(problems(text(97)), ElementsAre(HasSubstr("has 108 bytes; at most 107")));
}

TEST_F(ConfigFile, NichesNeedTagsAndNamesOfTheirOwn) {
  EXPECT_THAT(problems("[[niche]]\nname = \"a\"\ntags = []\n"
                       "[[niche]]\nname = \"a\"\ntags = [\"#ok\", \"#\", \"two words\"]\n"
                       "[[niche]]\nname = \"b\"\n"),
              ElementsAre("t.toml:3:8: niche.tags: must name one tag at least",
                          "t.toml:5:8: niche.name: there is another niche named a",
                          "t.toml:6:8: niche.tags: item 2 is not a hashtag",
                          "t.toml:6:8: niche.tags: item 3 is not a hashtag",
                          "t.toml:7:1: niche.tags: missing"));
}

TEST_F(ConfigFile, ExportsAreNamedJobs) {
  const Config config =
      load("[export.daily]\nwhat = \"flags\"\nformat = \"ndjson.zst\"\ndirectory = \"out\"\n");
  ASSERT_EQ(config.exports.size(), 1u);
  EXPECT_EQ(config.exports[0].name, "daily");
  EXPECT_EQ(config.exports[0].format, "ndjson.zst");
  EXPECT_THAT(
      problems("[export.Daily]\nwhat = \"flag\"\nformat = \"csv\"\ndirectory = \"o\"\n"
               "filter = \"x\"\n"),
      ElementsAre("t.toml:1:9: export.Daily: is not a name",
                  "t.toml:2:8: export.Daily.what: must be one of flags, accounts, posts; did you "
                  "mean flags?",
                  "t.toml:5:10: export.Daily.filter: there is no filter language yet; leave it "
                  "empty"));
}

TEST_F(ConfigFile, ThePrintedConfigurationIsTheSameConfiguration) {
  const std::string printed = print_config(load(R"([daemon]
contact = "a \"b\" \\ c@x.y"
[http]
allow_private = ["127.0.0.1:80"]
[[band]]
name = "b"
from = 5
networks = ["x", "nostr"]
[[niche]]
name = "n"
tags = ["a", "b"]
[[source]]
name = "s"
type = "mastodon"
url = "http://127.0.0.1:80"
gap = "0s"
[origin]
suspicious_below = 0.25
[export.daily]
what = "posts"
format = "csv"
directory = "d"
)"));
  EXPECT_THAT(printed, HasSubstr("suspicious_below = 0.25\n"));
  EXPECT_THAT(printed, HasSubstr("min_interval = \"10m\"\n"));
  EXPECT_THAT(printed, HasSubstr("contact = \"a \\\"b\\\" \\\\ c@x.y\"\n"));
  EXPECT_EQ(print_config(load(printed)), printed);
}

TEST(Name, IsLowerCaseAndShort) {
  for (const std::string_view name : {"a", "0", "mastodon.social", "a-b_c.d"})
    EXPECT_TRUE(is_name(name)) << name;
  EXPECT_TRUE(is_name(std::string(64, 'a')));
  for (const std::string_view name : {"", "A", "-a", ".a", "_a", "a b", "a/b", "\xc3\xa4"})
    EXPECT_FALSE(is_name(name)) << name;
  EXPECT_FALSE(is_name(std::string(65, 'a')));
}

}  // namespace
}  // namespace tagscout
