#include "daemon/service/clock.h"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

namespace tagscout {

Time AsioClock::now() const {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

Duration AsioClock::steady() const {
  return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch());
}

boost::asio::awaitable<void> AsioClock::sleep(Duration duration) {
  // The timer counts nanoseconds: what is "for ever" in microseconds would overflow there.
  constexpr Duration duration_max = std::chrono::hours(24 * 36'500);
  if (duration <= Duration::zero()) co_return;
  boost::asio::steady_timer timer(executor_, std::min(duration, duration_max));
  co_await timer.async_wait(boost::asio::use_awaitable);
}

}  // namespace tagscout
