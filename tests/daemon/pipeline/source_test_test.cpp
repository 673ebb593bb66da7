#include "daemon/pipeline/source_test.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/null_sink.h>

#include <boost/asio/co_spawn.hpp>

#include "tests/daemon/pipeline/fake_source.h"
#include "tests/daemon/pipeline/loop.h"
#include "tests/daemon/pipeline/temporary_store.h"
#include "tests/support/fake_http.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> hosts(const SourceSection&) { return {"https://a.test", "wss://b.test"}; }

SourceType scripted() {
  SourceType type = SourceScript::type();
  type.hosts = hosts;
  return type;
}

class SourceTestTest : public testing::Test {
 protected:
  SourceTestTest()
      : script(loop.clock),
        fetcher(http, loop.clock, chance, FetcherOptions(), nullptr),
        software(fetcher, loop.clock),
        log("test", std::make_shared<spdlog::sinks::null_sink_st>()),
        runner(type, {section(), {"slowfashion"}, {}, 24h},
               {{fetcher, script, loop.clock, chance, software}, sink, store.database(), log}) {}

  static SourceSection section() {
    SourceSection result;
    result.name = "one.test";
    result.poll = 2min;
    return result;
  }
  // As Http would leave the timings of a request that came as far as `phase`.
  void answer(const std::string& phase, const Result<HttpResponse>& result) {
    http.otherwise([phase, result](const HttpRequest& request) {
      if (request.timings == nullptr) return result;
      *request.timings = {};
      request.timings->name = 1ms;
      request.timings->connect = 2ms;
      request.timings->tls = 3ms;
      request.timings->first_byte = 4ms;
      request.timings->phase = phase == "tls" ? "tls" : "body";
      return result;
    });
  }
  SourceTest run() {
    std::optional<SourceTest> test;
    boost::asio::co_spawn(loop.context, test_source(runner, fetcher, loop.clock),
                          [&](const std::exception_ptr& error, SourceTest value) {
                            if (!error) test.emplace(std::move(value));
                          });
    loop.advance(2min);
    return test.value();
  }

  Loop loop;
  TemporaryStore store;
  SourceScript script;
  FakeHttp http;
  Chance chance{1};
  Fetcher fetcher;
  SoftwareProbe software;
  FakeSink sink;
  spdlog::logger log;
  SourceType type = scripted();
  SourceRunner runner;
};

TEST_F(SourceTestTest, TellsThePhasesAndOnePage) {
  answer("body", FakeHttp::status(404, ""));
  script.takes = 250ms;
  const SourceTest test = run();
  EXPECT_TRUE(test.works());
  ASSERT_EQ(test.hosts.size(), 1u) << "a stream is tried by its page";
  EXPECT_EQ(test.hosts[0].host, "https://a.test");
  EXPECT_EQ(test.hosts[0].name, 1ms);
  EXPECT_EQ(test.hosts[0].connect, 2ms);
  EXPECT_EQ(test.hosts[0].tls, 3ms);
  EXPECT_EQ(test.hosts[0].first_byte, 4ms);
  EXPECT_EQ(test.hosts[0].status, 404);
  EXPECT_EQ(test.page, 250ms);
  EXPECT_EQ(script.asked.size(), 1u);
  EXPECT_EQ(script.living, 0);
  EXPECT_TRUE(sink.batches.empty()) << "what is read is thrown away";
}

TEST_F(SourceTestTest, NamesThePhaseThatFailed) {
  answer("tls", Error(ErrorKind::transient, "certificate has expired"));
  script.answer(Error(ErrorKind::transient, "certificate has expired"));
  const SourceTest test = run();
  EXPECT_FALSE(test.works());
  EXPECT_EQ(test.hosts[0].failed, "tls");
  EXPECT_EQ(test.hosts[0].error, "certificate has expired");
  EXPECT_EQ(test.hosts[0].connect, 2ms);
  EXPECT_EQ(test.hosts[0].tls, std::nullopt);
  EXPECT_EQ(test.page_error, "certificate has expired");
}

TEST_F(SourceTestTest, EndsWithinAMinuteWhateverASourceDoes) {
  answer("body", FakeHttp::status(404, ""));
  script.takes = 10min;
  const SourceTest test = run();
  EXPECT_FALSE(test.works());
  EXPECT_EQ(test.hosts[0].failed, "");
  EXPECT_EQ(test.page_error, "no end within 55 s");
  EXPECT_EQ(script.living, 0);
}

TEST_F(SourceTestTest, WaitsForTheTurnOfItsHost) {
  answer("body", FakeHttp::status(429, "", {{"Retry-After", "3600"}}));
  (void)run();
  const size_t asked = http.requests().size();
  const SourceTest test = run();
  EXPECT_EQ(test.hosts[0].failed, "turn");
  EXPECT_NE(test.hosts[0].error.find("not to be asked before"), std::string::npos);
  EXPECT_EQ(http.requests().size(), asked);
}

}  // namespace
}  // namespace tagscout
