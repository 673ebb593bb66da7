#include "daemon/service/clock.h"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <exception>

namespace tagscout {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<void> sleep_and_note(Clock& clock, Duration duration, bool& woke) {
  co_await clock.sleep(duration);
  woke = true;
}

TEST(AsioClock, SleepsNoLessThanAsked) {
  asio::io_context context;
  AsioClock clock(context.get_executor());
  bool woke = false;
  const Duration before = clock.steady();
  asio::co_spawn(context, sleep_and_note(clock, 2ms, woke), asio::detached);
  context.run();
  EXPECT_TRUE(woke);
  EXPECT_GE(clock.steady() - before, 2ms);
}

TEST(AsioClock, DoesNotSleepWhenNothingIsLeft) {
  for (const Duration duration : {Duration(0), Duration(-1), Duration::min()}) {
    asio::io_context context;
    AsioClock clock(context.get_executor());
    bool woke = false;
    asio::co_spawn(context, sleep_and_note(clock, duration, woke), asio::detached);
    context.poll();
    EXPECT_TRUE(woke);
  }
}

TEST(AsioClock, ACancelledSleepThrowsAtOnceHoweverLongItIs) {
  for (const Duration duration : {Duration(1h), Duration::max()}) {
    asio::io_context context;
    AsioClock clock(context.get_executor());
    asio::cancellation_signal stop;
    bool woke = false;
    std::exception_ptr failure;
    asio::co_spawn(
        context, sleep_and_note(clock, duration, woke),
        asio::bind_cancellation_slot(
            stop.slot(), [&failure](const std::exception_ptr& error) { failure = error; }));
    context.poll();
    EXPECT_FALSE(woke);
    EXPECT_FALSE(failure);
    asio::post(context, [&stop] { stop.emit(asio::cancellation_type::terminal); });
    context.run();
    EXPECT_FALSE(woke);
    ASSERT_TRUE(failure);
    try {
      std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
      EXPECT_EQ(error.code(), asio::error::operation_aborted);
    }
  }
}

TEST(AsioClock, TellsWallClockTime) {
  asio::io_context context;
  AsioClock clock(context.get_executor());
  const auto before = std::chrono::system_clock::now();
  const Time now = clock.now();
  EXPECT_GE(now, std::chrono::time_point_cast<Duration>(before));
  EXPECT_LE(now, std::chrono::system_clock::now());
}

TEST(AsioClock, SteadyTimeDoesNotGoBack) {
  asio::io_context context;
  AsioClock clock(context.get_executor());
  const Duration first = clock.steady();
  EXPECT_GE(clock.steady(), first);
}

}  // namespace
}  // namespace tagscout
