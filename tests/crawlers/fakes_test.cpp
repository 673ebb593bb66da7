// The fakes are what other tests stand on.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <string>

#include "tests/support/fake_clock.h"
#include "tests/support/fake_http.h"
#include "tests/support/fake_web_socket.h"
#include "tests/support/run.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

asio::awaitable<void> tick(Clock& clock, Duration step, int count, std::string& log, char name) {
  for (int i = 0; i < count; ++i) {
    co_await clock.sleep(step);
    log += name;
  }
}

TEST(FakeClock, RunsSleepersInOrderOfTheirTimes) {
  asio::io_context context;
  FakeClock clock;
  const Duration start = clock.steady();
  const Time wall = clock.now();
  std::string log;
  asio::co_spawn(context, tick(clock, 3s, 3, log, 'a'), asio::detached);
  asio::co_spawn(context, tick(clock, 4s, 2, log, 'b'), asio::detached);
  clock.advance(context, 5s);
  EXPECT_EQ(log, "ab");
  EXPECT_EQ(clock.steady() - start, 5s);
  clock.run(context);
  EXPECT_EQ(log, "ababa");
  EXPECT_EQ(clock.steady() - start, 9s);
  EXPECT_EQ(clock.now() - wall, 9s);
}

TEST(FakeClock, MayMoveAtOnce) {
  asio::io_context context;
  FakeClock clock(FakeClock::Mode::at_once);
  const Duration start = clock.steady();
  std::string log;
  asio::co_spawn(context, tick(clock, 10h, 3, log, 'a'), asio::detached);
  context.run();
  EXPECT_EQ(log, "aaa");
  EXPECT_EQ(clock.steady() - start, 30h);
}

TEST(FakeClock, StartsAndStepsWhereToldAndKeepsSteady) {
  FakeClock clock;
  EXPECT_EQ(format_time(clock.now()), "2026-11-22T12:00:00.000Z");
  const Duration start = clock.steady();
  clock.set_now(time_from_us(0));
  EXPECT_EQ(clock.now(), time_from_us(0));
  EXPECT_EQ(clock.steady(), start);
}

TEST(FakeHttp, UsesUpItsAnswersAndKeepsTheLast) {
  asio::io_context context;
  FakeHttp http;
  http.answer("https://a.test/x", FakeHttp::json("[1]"));
  http.answer("https://a.test/x", Error(ErrorKind::transient, "down"));
  http.answer("https://a.test/x", FakeHttp::status(503, "<html>"));
  EXPECT_EQ(run_to_end(context, http.get(HttpRequest("https://a.test/x", "t")))->body, "[1]");
  EXPECT_FALSE(run_to_end(context, http.get(HttpRequest("https://a.test/x"))));
  EXPECT_EQ(run_to_end(context, http.get(HttpRequest("https://a.test/x")))->status, 503);
  const auto again = run_to_end(context, http.get(HttpRequest("https://a.test/x")));
  EXPECT_EQ(again->status, 503);
  EXPECT_EQ(again->header("content-type"), "text/html");
  EXPECT_EQ(again->url, "https://a.test/x");
  EXPECT_EQ(run_to_end(context, http.get(HttpRequest("https://a.test/robots.txt")))->status, 404);
  EXPECT_EQ(http.urls().size(), 4u);
  EXPECT_EQ(http.requests().size(), 5u);
  EXPECT_EQ(http.requests()[0].token, "t");
}

TEST(FakeWebSockets, PlayTheirScripts) {
  asio::io_context context;
  FakeClock clock(FakeClock::Mode::at_once);
  FakeWebSockets sockets(clock);
  FakeStream stream;
  stream.reads = {{"one", "two"}, {"three"}};
  stream.end = Error(ErrorKind::transient, "gone");
  sockets.script("wss://a.test/s", stream);
  auto connection = run_to_end(context, sockets.connect("wss://a.test/s?cursor=5"));
  ASSERT_TRUE(connection);
  EXPECT_EQ(sockets.open(), 1);
  EXPECT_EQ(*run_to_end(context, (*connection)->read(1s)),
            (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(*run_to_end(context, (*connection)->read(1s)), (std::vector<std::string>{"three"}));
  EXPECT_EQ(run_to_end(context, (*connection)->read(1s)).error().detail, "gone");
  EXPECT_TRUE(run_to_end(context, (*connection)->send("hello")));
  EXPECT_EQ(sockets.sent(), (std::vector<std::string>{"hello"}));
  (*connection).reset();
  EXPECT_EQ(sockets.open(), 0);
  EXPECT_FALSE(run_to_end(context, sockets.connect("wss://a.test/s")));
  EXPECT_EQ(sockets.urls(),
            (std::vector<std::string>{"wss://a.test/s?cursor=5", "wss://a.test/s"}));
}

}  // namespace
}  // namespace tagscout
