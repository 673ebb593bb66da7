#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <stdexcept>

#include "daemon/pipeline/flag_bus.h"
#include "daemon/pipeline/nap.h"
#include "tests/daemon/pipeline/loop.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
using boost::asio::awaitable;

awaitable<void> sleep_then_count(Clock& clock, Duration duration, int& count) {
  co_await clock.sleep(duration);
  ++count;
}

awaitable<void> fail_after(Clock& clock, Duration duration) {
  co_await clock.sleep(duration);
  throw std::runtime_error("it broke");
}

awaitable<void> wait_for_flags(FlagBus& bus, uint64_t seen, Duration patience,
                               std::vector<uint64_t>& answers) {
  answers.push_back(co_await bus.wait_beyond(seen, patience));
}

awaitable<void> nap_then_count(WaitList& news, Clock& clock, int& count) {
  co_await nap(news, clock, 1min);
  ++count;
}

awaitable<void> wait_until_empty(TaskGroup& group, int& count) {
  co_await group.wait_until_empty();
  ++count;
}

TEST(TaskGroup, RunsTasksAndForgetsThoseThatEnded) {
  Loop loop;
  int count = 0;
  loop.tasks.spawn(sleep_then_count(loop.clock, 1s, count));
  loop.tasks.spawn(sleep_then_count(loop.clock, 2s, count));
  EXPECT_EQ(loop.tasks.size(), 2u);
  loop.advance(1s);
  EXPECT_EQ(count, 1);
  EXPECT_EQ(loop.tasks.size(), 1u);
  loop.advance(1s);
  EXPECT_EQ(loop.tasks.size(), 0u);
  loop.stop();
}

TEST(TaskGroup, TellsOfFailuresButNotOfCancellation) {
  Loop loop;
  int count = 0;
  loop.tasks.spawn(fail_after(loop.clock, 1s));
  loop.tasks.spawn(sleep_then_count(loop.clock, 2s, count));
  loop.advance(1s);
  EXPECT_EQ(loop.failures, std::vector<std::string>{"it broke"});
  loop.failures.clear();
  loop.stop();
  EXPECT_EQ(count, 0);
}

TEST(TaskGroup, LetsOthersWaitUntilNoTaskIsLeft) {
  Loop loop;
  int ended = 0;
  int count = 0;
  loop.tasks.spawn(sleep_then_count(loop.clock, 1s, count));
  boost::asio::co_spawn(loop.context, wait_until_empty(loop.tasks, ended),
                        [](const std::exception_ptr&) {});
  loop.settle();
  EXPECT_EQ(ended, 0);
  loop.advance(1s);
  EXPECT_EQ(ended, 1);
  loop.stop();
}

TEST(Nap, EndsByNewsOrByTimeOrByCancellation) {
  Loop loop;
  WaitList news;
  int count = 0;
  loop.tasks.spawn(nap_then_count(news, loop.clock, count));
  loop.advance(10s);
  EXPECT_EQ(count, 0);
  news.wake_all();
  loop.settle();
  EXPECT_EQ(count, 1);
  loop.tasks.spawn(nap_then_count(news, loop.clock, count));
  loop.advance(59s);
  EXPECT_EQ(count, 1);
  loop.advance(1s);
  EXPECT_EQ(count, 2);
  EXPECT_TRUE(news.empty()) << "whoever has left does not wait any more";
  loop.tasks.spawn(nap_then_count(news, loop.clock, count));
  loop.advance(10s);
  loop.stop();
  EXPECT_EQ(count, 2);
}

TEST(FlagBus, AnswersAtOnceWhatIsKnownAlready) {
  Loop loop;
  FlagBus bus(loop.clock, 7);
  std::vector<uint64_t> answers;
  loop.tasks.spawn(wait_for_flags(bus, 5, 15s, answers));
  loop.tasks.spawn(wait_for_flags(bus, 7, 0s, answers));
  loop.settle();
  EXPECT_EQ(answers, (std::vector<uint64_t>{7, 7}));
  loop.stop();
}

TEST(FlagBus, WakesEverybodyWhoWaitsForMore) {
  Loop loop;
  FlagBus bus(loop.clock, 7);
  std::vector<uint64_t> answers;
  for (int i = 0; i < 3; ++i) loop.tasks.spawn(wait_for_flags(bus, 7, 15s, answers));
  bus.publish(8);  // before they have had a chance to run, too
  loop.settle();
  EXPECT_EQ(answers, (std::vector<uint64_t>{8, 8, 8}));
  loop.tasks.spawn(wait_for_flags(bus, 8, 15s, answers));
  loop.advance(14s);
  bus.publish(8);  // nothing new
  bus.publish(6);
  loop.settle();
  EXPECT_EQ(answers.size(), 3u);
  EXPECT_EQ(bus.last(), 8u);
  loop.advance(1s);
  EXPECT_EQ(answers.back(), 8u) << "out of patience";
  EXPECT_EQ(answers.size(), 4u);
  loop.stop();
}

TEST(FlagBus, ACancelledWaitEndsQuietly) {
  Loop loop;
  FlagBus bus(loop.clock, 0);
  std::vector<uint64_t> answers;
  loop.tasks.spawn(wait_for_flags(bus, 0, 15s, answers));
  loop.advance(1s);
  loop.stop();
  EXPECT_TRUE(answers.empty());
}

}  // namespace
}  // namespace tagscout
