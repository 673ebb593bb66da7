#include "daemon/pipeline/task_group.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/system/system_error.hpp>

namespace tagscout {
namespace {

bool is_cancellation(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const boost::system::system_error& failure) {
    return failure.code() == boost::asio::error::operation_aborted;
  } catch (const boost::asio::multiple_exceptions& failures) {
    // What `a || b` throws when both were cancelled.
    return is_cancellation(failures.first_exception());
  } catch (...) {
    return false;
  }
}

}  // namespace

TaskGroup::TaskGroup(boost::asio::any_io_executor executor,
                     std::function<void(std::exception_ptr)> failed)
    : executor_(std::move(executor)), failed_(std::move(failed)) {}

void TaskGroup::spawn(boost::asio::awaitable<void> task) {
  const auto place = running_.emplace(running_.end());
  const auto ended = [this, place](const std::exception_ptr& error) {
    running_.erase(place);
    ended_.wake_all();
    if (error && !is_cancellation(error)) failed_(error);
  };
  boost::asio::co_spawn(executor_, std::move(task),
                        boost::asio::bind_cancellation_slot(place->slot(), ended));
}

void TaskGroup::cancel() {
  // A task that ends at once leaves the list while it is walked: the next one is taken first.
  for (auto next = running_.begin(); next != running_.end();) {
    auto& signal = *next++;
    signal.emit(boost::asio::cancellation_type::terminal);
  }
}

boost::asio::awaitable<void> TaskGroup::wait_until_empty() {
  while (!running_.empty()) co_await ended_.wait();
}

}  // namespace tagscout
