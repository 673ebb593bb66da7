#include "daemon/pipeline/nap.h"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/multiple_exceptions.hpp>

namespace tagscout {

boost::asio::awaitable<void> nap(WaitList& news, Clock& clock, Duration patience) {
  using boost::asio::experimental::awaitable_operators::operator||;
  try {
    co_await (news.wait() || clock.sleep(patience));
  } catch (const boost::asio::multiple_exceptions& both) {
    // A cancellation ends both waits; who waits knows it by the exception of either.
    std::rethrow_exception(both.first_exception());
  }
}

}  // namespace tagscout
