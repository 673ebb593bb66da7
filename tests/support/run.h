// Runs one coroutine to its end.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <utility>

namespace tagscout {

// What `work` returns or throws; the context runs on one event after the other until then.
template <class T>
T run_to_end(boost::asio::io_context& context, boost::asio::awaitable<T> work) {
  std::optional<T> result;
  std::exception_ptr error;
  bool done = false;
  boost::asio::co_spawn(context, std::move(work), [&](std::exception_ptr thrown, T value) {
    error = std::move(thrown);
    if (!error) result.emplace(std::move(value));
    done = true;
  });
  context.restart();
  while (!done && context.run_one() > 0) {
  }
  if (error) std::rethrow_exception(error);
  return std::move(result).value();
}

}  // namespace tagscout
