// A limit on how long a coroutine may take, in real time.
#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <optional>

#include "storage/model/time.h"

namespace tagscout {

// What `operation` returns; nothing if it was cancelled because `limit` passed first. It has ended
// in either case, so it may hold references into the caller's frame. T has a default constructor.
// Throws operation_aborted when cancelled, whatever the operation makes of it.
template <class T>
boost::asio::awaitable<std::optional<T>> within(Duration limit,
                                                boost::asio::awaitable<T> operation) {
  const auto executor = co_await boost::asio::this_coro::executor;
  boost::asio::steady_timer timer(executor, limit);
  auto both = boost::asio::experimental::make_parallel_group(
      boost::asio::co_spawn(executor, std::move(operation), boost::asio::deferred),
      timer.async_wait(boost::asio::deferred));
  auto [order, error, result, timer_error] = co_await both.async_wait(
      boost::asio::experimental::wait_for_one(), boost::asio::use_awaitable);
  // What a cancelled operation says of itself is no failure of the other side.
  const boost::asio::cancellation_state state = co_await boost::asio::this_coro::cancellation_state;
  if (state.cancelled() != boost::asio::cancellation_type::none) {
    throw boost::system::system_error(boost::asio::error::operation_aborted);
  }
  if (order[0] == 1 && !timer_error) co_return std::nullopt;
  if (error) std::rethrow_exception(error);
  co_return std::optional<T>(std::move(result));
}

}  // namespace tagscout
