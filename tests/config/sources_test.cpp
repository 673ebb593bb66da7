#include <sys/stat.h>

#include "tests/config/config_fixture.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string contact = "[daemon]\ncontact = \"me@agency.test\"\n";
const std::string local = "[http]\nallow_private = [\"127.0.0.1:81\", \"127.0.0.1:82\"]\n";

std::string mastodon(const std::string& rest) {
  return "[[source]]\nname = \"s\"\ntype = \"mastodon\"\n" + rest + "\n";
}

using ConfigSources = ConfigFixture;

TEST_F(ConfigSources, AreReadWithTheirDefaults) {
  const Config config = load(contact + mastodon("url = \"https://Social.example/\""));
  ASSERT_EQ(config.sources.size(), 1u);
  const SourceSection& source = config.sources[0];
  EXPECT_EQ(source.url, "https://social.example");
  EXPECT_EQ(source.poll, 2min);
  EXPECT_FALSE(source.gap_set);
  EXPECT_EQ(source.lookback, 24h);
  EXPECT_EQ(source.catch_up, 72h);
  EXPECT_EQ(source.token, "");
}

TEST_F(ConfigSources, KeysDependOnTheType) {
  const struct {
    std::string text;
    std::vector<std::string> expected;
  } cases[] = {
      {"[[source]]\nname = \"s\"\ntype = \"mastdon\"\n",
       {"t.toml:5:8: source.type: is not a type of source; did you mean mastodon?"}},
      {"[[source]]\nname = \"s\"\ntype = \"gopher\"\n",
       {"t.toml:5:8: source.type: is not a type of source; there are mastodon bluesky"}},
      {"[[source]]\nname = \"s\"\n", {"t.toml:3:1: source.type: missing"}},
      {mastodon("url = \"https://a.test\"\ngap = 3"),
       {"t.toml:7:7: source.gap: must be a duration such as \"90s\", \"1h30m\" or \"7d\""}},
      {mastodon(""), {"t.toml:3:1: source.url: missing; a source of type mastodon needs it"}},
      {mastodon("url = \"https://a.test\"\nappview = \"https://b.test\""),
       {"t.toml:7:1: source.appview: unknown key for a source of type mastodon"}},
      {mastodon("url = \"https://a.test\"\ntoken = \"secret\""),
       {"t.toml:7:1: source.token: unknown key: a token is never written here; name a file in "
        "source.token_file"}},
      {"[[source]]\nname = \"b\"\ntype = \"bluesky\"\njetstream = []\nappview = 5\n",
       {"t.toml:6:13: source.jetstream: must name one address at least",
        "t.toml:7:11: source.appview: must be a text in quotes"}},
      {mastodon("url = \"https://a.test\"") + mastodon("url = \"https://b.test\""),
       {"t.toml:8:8: source.name: there is another source named s"}},
  };
  for (const auto& row : cases) EXPECT_EQ(problems(contact + row.text), row.expected) << row.text;
}

TEST_F(ConfigSources, AddressesAreSchemeAndHost) {
  for (const std::string url : {"", "a.test", "ftp://a.test", "wss://a.test", "https://a.test/api",
                                "https://u:p@a.test", "https://a.test:0"}) {
    EXPECT_THAT(problems(contact + mastodon("url = \"" + url + "\"")),
                ElementsAre("t.toml:6:7: source.url: must be https:// and a host, without a path"))
        << url;
  }
  EXPECT_THAT(problems(contact + "[[source]]\nname = \"b\"\ntype = \"bluesky\"\n"
                                 "appview = \"https://v.test\"\n"
                                 "jetstream = [\"wss://j.test/subscribe\",\n\"https://j.test\"]\n"),
              ElementsAre("t.toml:7:13: source.jetstream: item 2 must be a wss:// address"));
}

TEST_F(ConfigSources, PlainTextIsOnlyForAllowPrivate) {
  const std::string bluesky =
      "[[source]]\nname = \"b\"\ntype = \"bluesky\"\nappview = \"http://127.0.0.1:82\"\n"
      "jetstream = [\"ws://127.0.0.1:81/subscribe\",\n  \"ws://127.0.0.1:83\"]\n";
  EXPECT_THAT(problems(contact + local + mastodon("url = \"http://127.0.0.1:81\"")), IsEmpty());
  EXPECT_THAT(problems(contact + local + mastodon("url = \"http://127.0.0.1:80\"")),
              ElementsAre("t.toml:8:7: source.url: http:// is accepted only for hosts in "
                          "http.allow_private; use https://"));
  EXPECT_THAT(problems(contact + local + bluesky),
              ElementsAre("t.toml:10:3: source.jetstream: ws:// is accepted only for hosts in "
                          "http.allow_private; use wss://"));
}

TEST_F(ConfigSources, StrangersAreNotHurried) {
  const std::string quick = "\npoll = \"59s\"\ngap = \"2s\"";
  EXPECT_THAT(problems(contact + mastodon("url = \"https://a.test\"" + quick)),
              ElementsAre("t.toml:7:8: source.poll: must be at least 1m unless all hosts of the "
                          "source are in http.allow_private",
                          "t.toml:8:7: source.gap: must be at least 3s unless all hosts of the "
                          "source are in http.allow_private"));
  EXPECT_THAT(problems(local + mastodon("url = \"http://127.0.0.1:81\"" + quick)), IsEmpty());
  const std::string bluesky =
      contact +
      "[[source]]\nname = \"b\"\ntype = \"bluesky\"\nappview = \"https://v.test\"\n"
      "jetstream = [\"wss://j.test/subscribe\"]\n";
  EXPECT_THAT(problems(bluesky + "gap = \"100ms\"\n"), IsEmpty());
  EXPECT_THAT(problems(bluesky + "gap = \"99ms\"\n"),
              ElementsAre(HasSubstr("source.gap: must be at least 100ms")));
}

TEST_F(ConfigSources, ASourceIsPrivateOnlyIfAllItsHostsAre) {
  EXPECT_THAT(problems(contact + local +
                       "[[source]]\nname = \"b\"\ntype = \"bluesky\"\n"
                       "appview = \"https://v.test\"\npoll = \"1s\"\n"
                       "jetstream = [\"ws://127.0.0.1:81/subscribe\"]\n"),
              ElementsAre(HasSubstr("source.poll: must be at least 1m")));
}

TEST_F(ConfigSources, NoGapIsForPrivateSourcesAlone) {
  const std::string none = "[http]\ngap = \"0s\"\nallow_private = [\"127.0.0.1:81\"]\n";
  EXPECT_THAT(problems(none + mastodon("url = \"http://127.0.0.1:81\"")), IsEmpty());
  EXPECT_THAT(problems(contact + none + mastodon("url = \"https://a.test\"")),
              ElementsAre("t.toml:4:7: http.gap: must be at least 3s unless all sources are in "
                          "http.allow_private"));
}

TEST_F(ConfigSources, APlaceholderContactIsRefusedForPublicSources) {
  const std::string source = mastodon("url = \"https://a.test\"");
  for (const std::string text :
       {"", " ", "ops@example.org", "ops@Example.COM", "ops@mail.example.net", "x@y.invalid",
        "https://example.org/about", "https://www.example.com:8443", "example.org"}) {
    EXPECT_THAT(problems("[daemon]\ncontact = \"" + text + "\"\n" + source),
                ElementsAre(testing::AllOf(
                    testing::StartsWith("t.toml:2:11: daemon.contact: is a placeholder"),
                    HasSubstr("contact = "), HasSubstr("--set daemon.contact="))))
        << text;
  }
  for (const std::string text :
       {"me@agency.test", "https://agency.test/bot", "me@example.org.test", "me@notexample.org"}) {
    EXPECT_THAT(problems("[daemon]\ncontact = \"" + text + "\"\n" + source), IsEmpty()) << text;
  }
  EXPECT_THAT(problems(source),
              ElementsAre(HasSubstr("t.toml:1:1: daemon.contact: is a placeholder")));
  EXPECT_THAT(problems(local + mastodon("url = \"http://127.0.0.1:81\"")), IsEmpty());
}

TEST_F(ConfigSources, NichesMustExist) {
  EXPECT_THAT(problems(contact + "[[niche]]\nname = \"fashion\"\ntags = [\"a\"]\n" +
                       mastodon("url = \"https://a.test\"\nniches = [\"fashoin\", \"fashion\"]")),
              ElementsAre("t.toml:10:10: source.niches: there is no niche fashoin; did you mean "
                          "fashion?"));
}

TEST_F(ConfigSources, CatchUpIsNotBelowLookback) {
  EXPECT_THAT(problems(contact +
                       mastodon("url = \"https://a.test\"\nlookback = \"2h\"\ncatch_up = \"1h\"")),
              ElementsAre("t.toml:8:12: source.catch_up: must be at least lookback: 2h"));
}

TEST_F(ConfigSources, AStreamMayBeSilentForAMinuteOrAsLongAsItLikes) {
  const std::string sky =
      contact +
      "[[source]]\nname = \"b\"\ntype = \"bluesky\"\n"
      "jetstream = [\"wss://a.test/subscribe\"]\nappview = \"https://b.test\"\n";
  EXPECT_EQ(load(sky).sources[0].silence, 60s);
  EXPECT_EQ(load(sky + "silence = \"0s\"").sources[0].silence, 0s);
  EXPECT_THAT(problems(sky + "silence = \"2d\""), ElementsAre(HasSubstr("source.silence: ")));
}

TEST_F(ConfigSources, TokensComeFromFilesAndAreNeverPrinted) {
  const std::string path = write("token", " \n s3cret-token \n");
  ::chmod(path.c_str(), 0640);
  const std::string text = contact + mastodon("url = \"https://a.test\"\ntoken_file = \"token\"");
  const Config config = load(text);
  EXPECT_EQ(config.sources[0].token, "s3cret-token");
  EXPECT_EQ(config.sources[0].token_file, path);
  EXPECT_THAT(print_config(config), Not(HasSubstr("s3cret")));
  EXPECT_EQ(load(contact + mastodon("url = \"https://a.test\"\ntoken_file = \"" + path + "\""))
                .sources[0]
                .token,
            "s3cret-token");
}

TEST_F(ConfigSources, ATokenThatOthersMayReadIsRefused) {
  const std::string path = write("token", "s3cret");
  const std::string text = contact + mastodon("url = \"https://a.test\"\ntoken_file = \"token\"");
  for (const mode_t mode : {0644u, 0604u, 0620u, 0602u, 0601u, 0660u}) {
    ::chmod(path.c_str(), mode);
    EXPECT_THAT(problems(text), ElementsAre("t.toml:7:14: source.token_file: token may be read or "
                                            "changed by others: chmod 640 it"))
        << mode;
  }
  for (const mode_t mode : {0600u, 0640u, 0400u, 0440u}) {
    ::chmod(path.c_str(), mode);
    EXPECT_THAT(problems(text), IsEmpty()) << mode;
  }
}

TEST_F(ConfigSources, ATokenFileMustHoldOneToken) {
  const std::string text = contact + mastodon("url = \"https://a.test\"\ntoken_file = \"token\"");
  EXPECT_THAT(problems(text), ElementsAre(HasSubstr("cannot read token: No such file")));
  for (const std::string content : {"", " \n", "two words", "line\r\nHeader:x", "caf\xc3\xa9"}) {
    ::chmod(write("token", content).c_str(), 0600);
    const auto lines = problems(text);
    ASSERT_EQ(lines.size(), 1u) << content;
    EXPECT_THAT(lines[0], testing::MatchesRegex(".*token (holds no token|must hold one token.*)"));
  }
}

TEST_F(ConfigSources, ACredentialOfTheSourcesNameIsItsToken) {
  write("s", "credential\n");
  request_.credentials_dir = folder_;
  EXPECT_EQ(load(contact + mastodon("url = \"https://a.test\"")).sources[0].token, "credential");
  ::chmod(write("token", "file\n").c_str(), 0600);
  EXPECT_EQ(
      load(contact + mastodon("url = \"https://a.test\"\ntoken_file = \"token\"")).sources[0].token,
      "file");
  request_.credentials_dir = folder_ + "/none";
  EXPECT_EQ(load(contact + mastodon("url = \"https://a.test\"")).sources[0].token, "");
}

}  // namespace
}  // namespace tagscout
