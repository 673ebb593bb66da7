// A clock whose time passes only when the test says so, or as soon as somebody sleeps.
//
//   asio::io_context context;
//   FakeClock clock;                                   // by_hand
//   asio::co_spawn(context, work(clock), asio::detached);
//   clock.run(context);          // runs everything, jumping from one due sleeper to the next
//   clock.advance(context, 5s);  // runs whatever is due within the next 5 s and stops there
//
// With FakeClock(at_once) each sleep moves the time on by its length and returns at once.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <map>
#include <utility>

#include "crawlers/clock.h"

namespace tagscout {

class FakeClock final : public Clock {
 public:
  enum class Mode { by_hand, at_once };

  explicit FakeClock(Mode mode = Mode::by_hand) : mode_(mode) {}
  FakeClock(const FakeClock&) = delete;
  FakeClock& operator=(const FakeClock&) = delete;
  ~FakeClock() override {
    for (auto& [due, sleeper] : sleepers_) sleeper->clock = nullptr;
  }

  // Starts at 2026-11-22T12:00:00Z and moves with the steady time.
  Time now() const override { return wall_ + steady_; }
  Duration steady() const override { return steady_; }

  boost::asio::awaitable<void> sleep(Duration duration) override {
    ++sleeps_;
    if (mode_ == Mode::at_once && duration.count() > 0) steady_ += duration;
    if (mode_ == Mode::at_once || duration.count() <= 0) co_return;
    Sleeper sleeper(*this, steady_ + duration, co_await boost::asio::this_coro::executor);
    boost::system::error_code ec;
    co_await sleeper.timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ec));
    if (!sleeper.due) throw boost::system::system_error(boost::asio::error::operation_aborted);
  }

  // Lets `duration` pass: whoever is due within it runs, in order, each at its own time.
  void advance(boost::asio::io_context& context, Duration duration) {
    const Duration end = steady_ + duration;
    poll(context);
    while (!sleepers_.empty() && sleepers_.begin()->first <= end) {
      wake_first();
      poll(context);
    }
    steady_ = end;
    poll(context);
  }

  // Lets time pass until nobody sleeps any more, at most `limit`.
  void run(boost::asio::io_context& context, Duration limit = std::chrono::hours(24 * 365)) {
    const Duration end = steady_ + limit;
    poll(context);
    while (!sleepers_.empty() && sleepers_.begin()->first <= end) {
      wake_first();
      poll(context);
    }
  }

  // Lets time pass without running anything: for what only reads the clock.
  void pass(Duration duration) { steady_ += duration; }

  // How many waits have begun.
  size_t sleeps() const { return sleeps_; }

  // Steps the wall clock alone.
  void set_now(Time now) { wall_ = now - steady_; }

 private:
  struct Sleeper {
    Sleeper(FakeClock& clock_in, Duration until, const boost::asio::any_io_executor& executor)
        : clock(&clock_in), timer(executor, boost::asio::steady_timer::time_point::max()) {
      place = clock->sleepers_.emplace(until, this);
    }
    Sleeper(const Sleeper&) = delete;
    Sleeper& operator=(const Sleeper&) = delete;
    ~Sleeper() {
      if (clock != nullptr && !due) clock->sleepers_.erase(place);
    }
    FakeClock* clock;
    boost::asio::steady_timer timer;
    std::multimap<Duration, Sleeper*>::iterator place;
    bool due = false;
  };

  void wake_first() {
    const auto first = sleepers_.begin();
    if (first->first > steady_) steady_ = first->first;
    Sleeper& sleeper = *first->second;
    sleepers_.erase(first);
    sleeper.due = true;
    sleeper.timer.cancel();
  }

  static void poll(boost::asio::io_context& context) {
    context.restart();
    context.poll();
  }

  Mode mode_;
  size_t sleeps_ = 0;
  Duration steady_ = std::chrono::hours(1);
  Time wall_{std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + std::chrono::hours(11)};
  std::multimap<Duration, Sleeper*> sleepers_;
};

}  // namespace tagscout
