#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "daemon/json_reader.h"
#include "tests/daemon/command/program.h"

namespace tagscout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

class CommandTest : public testing::Test {
 protected:
  CommandTest() : ada_(sample_account("ada")) {
    harness_.store.put(ada_);
    PostRecord post = sample_post("1");
    post.tags = {harness_.store.tag("mending")};
    harness_.store.put(ada_, post);
  }
  Ended run(std::vector<std::string> arguments) {
    return run_program(harness_, std::move(arguments));
  }

  AdminHarness harness_;
  AccountFacts ada_;
};

TEST_F(CommandTest, StatusEndsByHealth) {
  const Ended healthy = run({"status"});
  EXPECT_EQ(healthy.code, 0);
  EXPECT_THAT(healthy.out, HasSubstr("state: healthy\n"));
  EXPECT_THAT(healthy.out, HasSubstr("garden\tmastodon\trunning\t7\t1.5\t"));
  EXPECT_EQ(healthy.err, "");
  harness_.control.shown.healthy = false;
  const Ended degraded = run({"status", "--json"});
  EXPECT_EQ(degraded.code, 1);
  EXPECT_EQ(parse_json(degraded.out).value_or(JsonNode())["state"].text(), "degraded");
}

TEST_F(CommandTest, TagsAreListedAndShown) {
  const Ended list = run({"tag", "list"});
  EXPECT_EQ(list.code, 0);
  EXPECT_THAT(list.out, HasSubstr("mending\trepair\t"));
  const Ended shown = run({"tag", "show", "Mending"});
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("tag: mending\n"));
  EXPECT_EQ(run({"tag", "show", "unheard"}).code, 66);
}

TEST_F(CommandTest, StoppedDaemonIsSaidClearly) {
  harness_.stop();
  const Ended status = run({"status"});
  EXPECT_EQ(status.code, 3);
  EXPECT_EQ(status.out, "");
  EXPECT_THAT(status.err, HasSubstr("tagscoutd is not running"));
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"health"},
        {"metrics"},
        {"account", "list"},
        {"flag", "tail"},
        {"source", "list"},
        {"account", "ignore", "x"},
        {"export", "--what", "flags", "--format", "csv"}}) {
    EXPECT_EQ(run(arguments).code, 69) << arguments.front();
  }
}

TEST_F(CommandTest, HealthIsZeroOneOrNotRunning) {
  EXPECT_EQ(run({"health"}).code, 0);
  EXPECT_EQ(run({"health"}).out, "ready\n");
  harness_.control.shown.ready = false;
  harness_.control.shown.reasons = {"disk full"};
  const Ended ended = run({"health"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, HasSubstr("disk full"));
}

TEST_F(CommandTest, MetricsArePassedOn) {
  const Ended ended = run({"metrics"});
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.out, "tagscout_posts_total{source=\"garden\"} 7\n");
}

TEST_F(CommandTest, ListsAsJsonHoldItemsAndNext) {
  harness_.store.put(sample_account("bo"));
  const JsonNode all = parse_json(run({"account", "list", "--json"}).out).value_or(JsonNode());
  EXPECT_THAT(all["items"].array(), SizeIs(2));
  EXPECT_TRUE(all["next"].is_null());
  const JsonNode first =
      parse_json(run({"account", "list", "--json", "--limit", "1"}).out).value_or(JsonNode());
  ASSERT_THAT(first["items"].array(), SizeIs(1));
  const std::string next(first["next"].text().value_or(""));
  const JsonNode rest =
      parse_json(run({"account", "list", "--json", "--cursor", next}).out).value_or(JsonNode());
  ASSERT_THAT(rest["items"].array(), SizeIs(1));
  EXPECT_NE(rest["items"].array()[0]["id"].text(), first["items"].array()[0]["id"].text());
  for (const char* what : {"source", "flag", "post"}) {
    const Ended ended = run({what, "list", "--json"});
    EXPECT_EQ(ended.code, 0);
    EXPECT_TRUE(parse_json(ended.out)) << ended.out;
  }
}

TEST_F(CommandTest, ListsTakeTheirFilters) {
  EXPECT_THAT(run({"account", "list", "--tag", "mending", "--band", "micro"}).out,
              StartsWith("ada@garden.example\tactivitypub\t12000\tmicro\t–\t1\t"));
  EXPECT_EQ(run({"account", "list", "--network", "bluesky"}).out, "");
  EXPECT_THAT(run({"post", "list", "--account", "@ada@garden.example"}).out,
              HasSubstr("\t30\t12\t6\t–\tmending\t"));
  EXPECT_EQ(run({"account", "list", "--network", "nowhere"}).code, 64);
  EXPECT_EQ(run({"account", "list", "--band", "giant"}).code, 64);
}

TEST_F(CommandTest, ShowsOneAccountOrSaysThatThereIsNone) {
  for (const char* name :
       {"ada@garden.example", "@ada@garden.example", "ap:https://garden.example/users/ada"}) {
    const Ended ended = run({"account", "show", name, "--json"});
    EXPECT_EQ(ended.code, 0) << name;
    EXPECT_EQ(parse_json(ended.out).value_or(JsonNode())["handle"].text(), "ada@garden.example");
  }
  EXPECT_THAT(run({"account", "show", "ada@garden.example"}).out,
              HasSubstr("engagement: likes=30 reposts=12 replies=6 quotes=– views=–\n"));
  const Ended missing = run({"account", "show", "eve@garden.example"});
  EXPECT_EQ(missing.code, 66);
  EXPECT_EQ(missing.out, "");
  EXPECT_THAT(missing.err, HasSubstr("no account eve@garden.example"));
}

TEST_F(CommandTest, ShowsSourcesAndFlagsByName) {
  EXPECT_THAT(run({"source", "show", "garden"}).out, HasSubstr("state: running\n"));
  EXPECT_EQ(run({"source", "show", "attic"}).code, 66);
  harness_.publish(sample_flag(ada_));
  const Ended flag = run({"flag", "show", "1", "--json"});
  EXPECT_EQ(flag.code, 0);
  EXPECT_EQ(parse_json(flag.out).value_or(JsonNode())["id"].integer(), 1);
  EXPECT_EQ(run({"flag", "show", "2"}).code, 66);
  EXPECT_EQ(run({"flag", "show", "0"}).code, 66);
  EXPECT_EQ(run({"flag", "show", "one"}).code, 64);
}

TEST_F(CommandTest, ShowsTheBudgetsOfASource) {
  const std::string text = run({"source", "show", "garden"}).out;
  EXPECT_THAT(text, HasSubstr("\nhost: https://garden.example\nlimit: 300\nremaining: 299\n"
                              "reset_at: 2026-11-22T12:05:00.000Z\n"));
  EXPECT_THAT(text, HasSubstr("robots: read\n"));
  EXPECT_THAT(text, HasSubstr("general\t12\t300\t300"));
  EXPECT_THAT(text, HasSubstr("paging\t34\t300\t900"));
}

TEST_F(CommandTest, TestsASource) {
  const Ended works = run({"source", "test", "garden"});
  EXPECT_EQ(works.code, 0);
  EXPECT_THAT(works.out, HasSubstr("state: works\n"));
  EXPECT_THAT(works.out, HasSubstr("https://garden.example\t1.5\t20"));
  EXPECT_EQ(run({"source", "test", "attic"}).code, 66);
  harness_.control.tested.page.reset();
  harness_.control.tested.page_error = "robots.txt of garden.example disallows /api/";
  const Ended failed = run({"source", "test", "garden", "--json"});
  EXPECT_EQ(failed.code, 1);
  const JsonNode told = parse_json(failed.out).value_or(JsonNode());
  EXPECT_EQ(told["page"]["error"].text(), "robots.txt of garden.example disallows /api/");
}

TEST_F(CommandTest, ChangesGoThroughTheAdminSocket) {
  const Ended ignored = run({"account", "ignore", "@ada@garden.example"});
  EXPECT_EQ(ignored.code, 0);
  EXPECT_THAT(harness_.control.ignored, ElementsAre("ap:https://garden.example/users/ada"));
  EXPECT_EQ(run({"account", "allow", "bluesky:did:plc:gone"}).code, 0);
  EXPECT_THAT(harness_.control.allowed, ElementsAre("bluesky:did:plc:gone"));
  EXPECT_EQ(run({"account", "ignore", "eve@garden.example"}).code, 66);
  harness_.control.knows = false;
  EXPECT_EQ(run({"account", "allow", "bluesky:did:plc:gone"}).code, 66);
}

TEST_F(CommandTest, ChangesAskedOfTheReadingSocketAreNotPermitted) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"account", "ignore", "ada@garden.example"},
        {"account", "allow", "ap:x"}}) {
    std::vector<std::string> all = arguments;
    all.insert(all.end(), {"--socket", harness_.read_socket()});
    EXPECT_EQ(run(all).code, 77);
  }
  EXPECT_THAT(harness_.control.ignored, IsEmpty());
  EXPECT_EQ(run({"status", "--socket", harness_.read_socket()}).code, 0);
}

TEST_F(CommandTest, ReadingSocketServesWhereTheOtherIsMissing) {
  std::filesystem::remove(harness_.admin_socket());
  EXPECT_EQ(run({"status"}).code, 0);
  EXPECT_EQ(run({"account", "ignore", "ada@garden.example"}).code, 77);
}

TEST_F(CommandTest, TailPrintsFlagsAsTheyComeAndNoHeartbeats) {
  harness_.publish(sample_flag(ada_));
  Program program(harness_, {"flag", "tail", "--since", "0", "--json"});
  EXPECT_THAT(program.wait_for("\"id\":1,"), HasSubstr("\"id\":1,"));
  harness_.advance(std::chrono::seconds(40));
  harness_.publish(sample_flag(ada_));
  program.wait_for("\"id\":2,");
  program.interrupt();
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 130);
  EXPECT_THAT(ended.out, Not(HasSubstr("heartbeat")));
  EXPECT_EQ(std::count(ended.out.begin(), ended.out.end(), '\n'), 2);
  EXPECT_EQ(ended.err, "");
}

TEST_F(CommandTest, TailForPeopleHasALineAFlag) {
  harness_.publish(sample_flag(ada_));
  Program program(harness_, {"flag", "tail", "--since", "0"});
  EXPECT_EQ(program.wait_for("\n"),
            "1  2026-11-22T11:55:00.000Z  rose  default/micro  ada@garden.example  10020 (before "
            "9870)  https://garden.example/@ada\n");
  harness_.stop();
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 69);
  EXPECT_THAT(ended.err, HasSubstr("closed the connection"));
}

TEST_F(CommandTest, TailBeyondTheNextIdIsBadData) {
  EXPECT_EQ(run({"flag", "tail", "--since", "7"}).code, 65);
}

TEST_F(CommandTest, UsageErrorsAre64AndNameTheNearestCommand) {
  const Ended ended = run({"stauts"});
  EXPECT_EQ(ended.code, 64);
  EXPECT_EQ(ended.err, "tagscout: unknown command stauts; did you mean status?\n");
  EXPECT_EQ(run({"account", "list", "followers > 1000"}).code, 64);
  EXPECT_EQ(run({}).code, 64);
  EXPECT_EQ(run({"status", "--socket", "/" + std::string(120, 'x')}).code, 64);
  EXPECT_EQ(run({"--help"}).code, 0);
  EXPECT_EQ(run({"--version"}).out, "tagscout " TAGSCOUT_VERSION "\n");
}

TEST_F(CommandTest, SilentDaemonIsBusyAfterTheTimeout) {
  const std::string path = harness_.store.directory() + "/silent.sock";
  const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  ASSERT_EQ(bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(listen(listener, 4), 0);
  const Ended ended = run({"metrics", "--socket", path, "--timeout", "50ms"});
  EXPECT_EQ(ended.code, 75);
  EXPECT_EQ(run({"health", "--socket", path, "--timeout", "50ms"}).code, 1);
  close(listener);
}

TEST_F(CommandTest, FullStandardOutputIsAnInputOutputError) {
  Program program(harness_, {"metrics"}, "/dev/full");
  EXPECT_EQ(program.wait().code, 74);
}

TEST_F(CommandTest, ConfigCheckTellsEveryErrorOrOk) {
  const std::string good = harness_.store.directory() + "/good.toml";
  std::ofstream(good) << "[daemon]\ncontact = \"ops@tagscout.social\"\n";
  const Ended fine = run({"config", "check", good});
  EXPECT_EQ(fine.code, 0) << fine.err;
  EXPECT_EQ(fine.out, good + ": ok\n");
  const std::string bad = harness_.store.directory() + "/bad.toml";
  std::ofstream(bad) << "[daemon]\ncontcat = \"x\"\n[http]\ngap = \"soon\"\n";
  const Ended ended = run({"config", "check", bad});
  EXPECT_EQ(ended.code, 78);
  EXPECT_EQ(ended.out, "");
  EXPECT_THAT(ended.err, HasSubstr(bad + ":2:1: "));
  EXPECT_THAT(ended.err, HasSubstr(bad + ":4:"));
}

}  // namespace
}  // namespace tagscout
