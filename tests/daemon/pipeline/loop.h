// One thread's coroutines under a clock that the test moves.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <exception>
#include <string>
#include <vector>

#include "daemon/pipeline/task_group.h"
#include "tests/support/fake_clock.h"

namespace tagscout {

class Loop {
 public:
  Loop()
      : tasks(context.get_executor(), [this](const std::exception_ptr& error) { note(error); }) {}

  // Lets time pass; whoever is due runs at its own time.
  void advance(Duration duration) { clock.advance(context, duration); }
  // Runs whatever can run now.
  void settle() { advance(Duration{0}); }

  // Cancels every task and expects that all of them end at once, without a failure. To be called
  // while everything that they use is still there.
  void stop() {
    tasks.cancel();
    settle();
    EXPECT_EQ(tasks.size(), 0u);
    EXPECT_EQ(failures, std::vector<std::string>());
  }

  boost::asio::io_context context;
  FakeClock clock;
  std::vector<std::string> failures;  // what tasks ended with
  TaskGroup tasks;

 private:
  void note(const std::exception_ptr& error) {
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& failure) {
      failures.emplace_back(failure.what());
    }
  }
};

}  // namespace tagscout
