// The only way to know the time and to wait.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "storage/model/time.h"

namespace tagscout {

class Clock {
 public:
  virtual ~Clock() = default;

  // Wall-clock time: for ages and for what people read. May step in either direction.
  virtual Time now() const = 0;

  // Time that never steps, from an arbitrary zero: for gaps, deadlines and backoff.
  virtual Duration steady() const = 0;

  // Returns once `duration` has passed on the steady time; at once if it is not positive. Throws
  // boost::system::system_error(operation_aborted) when the coroutine is cancelled.
  virtual boost::asio::awaitable<void> sleep(Duration duration) = 0;
};

}  // namespace tagscout
