#include "daemon/command/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace tagscout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

Arguments parse(const std::string& line) {
  std::istringstream words("tagscout " + line);
  std::vector<std::string> arguments;
  for (std::string word; words >> word;) arguments.push_back(word);
  std::vector<const char*> argv;
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  return parse_arguments(static_cast<int>(argv.size()), argv.data());
}

std::string complaint(const std::string& line) {
  try {
    parse(line);
  } catch (const CommandError& error) {
    EXPECT_EQ(error.exit(), Exit::usage) << line;
    return error.what();
  }
  return {};
}

TEST(Arguments, KnowEveryCommand) {
  const std::pair<const char*, Command> cases[] = {
      {"status", Command::status},
      {"health", Command::health},
      {"metrics", Command::metrics},
      {"source list", Command::source_list},
      {"source show a", Command::source_show},
      {"source test a", Command::source_test},
      {"account list", Command::account_list},
      {"account show a", Command::account_show},
      {"account ignore a", Command::account_ignore},
      {"account allow a", Command::account_allow},
      {"flag list", Command::flag_list},
      {"flag tail", Command::flag_tail},
      {"flag show 3", Command::flag_show},
      {"post list", Command::post_list},
      {"export --what flags --format csv", Command::export_rows},
      {"config check a.toml", Command::config_check},
  };
  for (const auto& [line, command] : cases) EXPECT_EQ(parse(line).command, command) << line;
}

TEST(Arguments, GlobalOptionsStandAnywhere) {
  for (const char* line :
       {"--json --quiet --no-color --socket /s --timeout 2s flag list --since 4",
        "flag --json list --quiet --since 4 --timeout 2 --no-color --socket /s",
        "flag list --since=4 --json --quiet --no-color --socket=/s --timeout=2s"}) {
    const Arguments arguments = parse(line);
    EXPECT_TRUE(arguments.json);
    EXPECT_TRUE(arguments.quiet);
    EXPECT_TRUE(arguments.no_color);
    EXPECT_EQ(arguments.socket, "/s");
    EXPECT_EQ(arguments.timeout, std::chrono::seconds(2));
    EXPECT_THAT(arguments.options, ElementsAre(Pair("since", "4")));
  }
  EXPECT_EQ(parse("status").timeout, std::chrono::seconds(10));
  EXPECT_EQ(parse("source test a").timeout, std::chrono::seconds(65));
  EXPECT_EQ(parse("source test a --timeout 3").timeout, std::chrono::seconds(3));
  EXPECT_EQ(parse("status --timeout 250ms").timeout, std::chrono::milliseconds(250));
}

TEST(Arguments, NameTheNearestCommand) {
  EXPECT_THAT(complaint("stauts"), HasSubstr("did you mean status?"));
  EXPECT_THAT(complaint("acount list"), HasSubstr("did you mean account?"));
  EXPECT_THAT(complaint("flag tial"), HasSubstr("did you mean tail?"));
  EXPECT_THAT(complaint("account shwo ada"), HasSubstr("did you mean show?"));
  EXPECT_THAT(complaint("zzzzzzzz"), HasSubstr("unknown command zzzzzzzz"));
}

TEST(Arguments, RefuseWhatIsNotThere) {
  for (const char* line : {"",
                           "flag",
                           "account",
                           "top",
                           "reload",
                           "forget x",
                           "tag pause",
                           "source pause x",
                           "account why x",
                           "account list followers>1000",
                           "post list x",
                           "flag list x",
                           "status x",
                           "account show",
                           "account show a b",
                           "config show",
                           "config check",
                           "export",
                           "export --what flags",
                           "export --job daily",
                           "export --what flags --format csv --dry-run",
                           "flag list --limit 0",
                           "flag list --limit x",
                           "flag list --limit -1",
                           "flag tail --since x",
                           "flag tail --limit 3",
                           "status --verbose",
                           "--timeout 0 status",
                           "--timeout soon status",
                           "--timeout status",
                           "account list --kind rose"}) {
    EXPECT_NE(complaint(line), "") << line;
  }
}

TEST(Arguments, HelpAndVersionAreNoErrors) {
  const auto wanted = [](const std::string& line) -> std::string {
    try {
      parse(line);
    } catch (const HelpWanted& help) {
      return help.what();
    }
    return {};
  };
  EXPECT_THAT(wanted("--help"), HasSubstr("account"));
  EXPECT_THAT(wanted("flag list --help"), HasSubstr("--since"));
  EXPECT_EQ(wanted("--version"), "tagscout " TAGSCOUT_VERSION "\n");
}

}  // namespace
}  // namespace tagscout
