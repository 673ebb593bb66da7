// Coroutines that belong together: started here, cancelled together, waited for together.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <exception>
#include <functional>
#include <list>

#include "crawlers/wait_list.h"

namespace tagscout {

class TaskGroup {
 public:
  // `failed` hears of a task that ended with any exception but operation_aborted.
  TaskGroup(boost::asio::any_io_executor executor, std::function<void(std::exception_ptr)> failed);
  // All tasks must have ended, or the context that runs them must never run again.
  ~TaskGroup() = default;
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Starts a task. What it refers to must outlive the group.
  void spawn(boost::asio::awaitable<void> task);

  // Asks every task to end, as soon as it waits for something.
  void cancel();

  // Tasks that have not ended.
  size_t size() const { return running_.size(); }

  // Returns once no task is left.
  boost::asio::awaitable<void> wait_until_empty();

 private:
  boost::asio::any_io_executor executor_;
  std::function<void(std::exception_ptr)> failed_;
  std::list<boost::asio::cancellation_signal> running_;
  WaitList ended_;
};

}  // namespace tagscout
