#include "crawlers/turns.h"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "tests/support/fake_clock.h"
#include "tests/support/run.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

asio::awaitable<void> work(Turns& turns, Clock& clock, std::string& log, char name) {
  const Turn turn = co_await turns.take();
  log += name;
  co_await clock.sleep(1s);
  log += static_cast<char>(name - 'a' + 'A');
}

TEST(Turns, AreGivenInOrderOfArrival) {
  asio::io_context context;
  FakeClock clock;
  Turns turns(1);
  std::string log;
  for (const char name : std::string("abcd")) {
    asio::co_spawn(context, work(turns, clock, log, name), asio::detached);
  }
  clock.run(context);
  EXPECT_EQ(log, "aAbBcCdD");
  EXPECT_TRUE(turns.idle());
}

TEST(Turns, AreAsManyAsWereMade) {
  asio::io_context context;
  FakeClock clock;
  Turns turns(2);
  std::string log;
  for (const char name : std::string("abc")) {
    asio::co_spawn(context, work(turns, clock, log, name), asio::detached);
  }
  clock.advance(context, 500ms);
  EXPECT_EQ(log, "ab");
  EXPECT_EQ(turns.taken(), 2u);
  clock.run(context);
  EXPECT_EQ(log, "abAcBC");
}

TEST(Turns, ACancelledWaiterIsPassedOver) {
  asio::io_context context;
  FakeClock clock;
  Turns turns(1);
  std::string log;
  asio::cancellation_signal stop;
  std::exception_ptr thrown;
  asio::co_spawn(context, work(turns, clock, log, 'a'), asio::detached);
  asio::co_spawn(
      context, work(turns, clock, log, 'b'),
      asio::bind_cancellation_slot(stop.slot(), [&](const std::exception_ptr& e) { thrown = e; }));
  asio::co_spawn(context, work(turns, clock, log, 'c'), asio::detached);
  clock.advance(context, 500ms);
  stop.emit(asio::cancellation_type::terminal);
  clock.run(context);
  EXPECT_EQ(log, "aAcC");
  ASSERT_TRUE(thrown);
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& error) {
    EXPECT_EQ(error.code(), asio::error::operation_aborted);
  }
  EXPECT_TRUE(turns.idle());
}

TEST(Turns, ATurnGivenToACoroutineThatIsThenCancelledIsNotLost) {
  asio::io_context context;
  FakeClock clock;
  Turns turns(1);
  std::string log;
  asio::cancellation_signal stop;
  auto held = std::make_unique<Turn>(run_to_end(context, turns.take()));
  asio::co_spawn(context, work(turns, clock, log, 'a'),
                 asio::bind_cancellation_slot(stop.slot(), asio::detached));
  asio::co_spawn(context, work(turns, clock, log, 'b'), asio::detached);
  clock.advance(context, 0s);
  held.reset();
  stop.emit(asio::cancellation_type::terminal);
  clock.run(context);
  EXPECT_EQ(log, "abB");
  EXPECT_TRUE(turns.idle());
}

TEST(Turns, MayGoBeforeTheTurnsAndTheWaiters) {
  asio::io_context context;
  auto turns = std::make_unique<Turns>(1);
  Turn held = run_to_end(context, turns->take());
  bool aborted = false;
  asio::co_spawn(context, turns->take(),
                 [&](const std::exception_ptr& e, const Turn&) { aborted = e != nullptr; });
  context.restart();
  context.poll();
  turns.reset();
  held = Turn();
  context.restart();
  context.poll();
  EXPECT_TRUE(aborted);
}

TEST(Turns, AContextMayEndWithWaiters) {
  auto context = std::make_unique<asio::io_context>();
  FakeClock clock;
  Turns turns(1);
  std::string log;
  asio::co_spawn(*context, work(turns, clock, log, 'a'), asio::detached);
  asio::co_spawn(*context, work(turns, clock, log, 'b'), asio::detached);
  clock.advance(*context, 0s);
  context.reset();
  EXPECT_EQ(log, "a");
  EXPECT_TRUE(turns.idle());
}

TEST(WaitList, GivesUpWhenPatienceEnds) {
  asio::io_context context;
  WaitList list;
  EXPECT_FALSE(run_to_end(context, list.wait_for(1ms)));
  EXPECT_TRUE(list.empty());
  EXPECT_FALSE(list.wake_one());
}

TEST(WaitList, WakesAll) {
  asio::io_context context;
  WaitList list;
  int woken = 0;
  for (int i = 0; i < 3; ++i) {
    asio::co_spawn(context, list.wait_for(1h),
                   [&](const std::exception_ptr&, bool by_call) { woken += by_call ? 1 : 0; });
  }
  context.poll();
  list.wake_all();
  context.restart();
  context.poll();
  EXPECT_EQ(woken, 3);
  EXPECT_TRUE(list.empty());
}

}  // namespace
}  // namespace tagscout
