// Waiting for news, but not for ever.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "crawlers/clock.h"
#include "crawlers/wait_list.h"

namespace tagscout {

// Returns once `news` is woken or `patience` has passed. Throws operation_aborted when cancelled.
// Both arguments by reference outlive the wait.
boost::asio::awaitable<void> nap(WaitList& news, Clock& clock, Duration patience);

}  // namespace tagscout
