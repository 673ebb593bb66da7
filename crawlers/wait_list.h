// Coroutines of one thread that wait for one another.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <list>
#include <optional>

#include "storage/model/time.h"

namespace tagscout {

// Destroying it ends every wait with operation_aborted; nobody who waits may touch its owner then.
class WaitList {
 public:
  WaitList() = default;
  WaitList(const WaitList&) = delete;
  WaitList& operator=(const WaitList&) = delete;
  ~WaitList();

  // Waits until woken. Throws operation_aborted when cancelled.
  boost::asio::awaitable<void> wait();
  // The same, for `patience` of real time at most. True if woken.
  boost::asio::awaitable<bool> wait_for(Duration patience);

  // Wakes whoever has waited longest; false if nobody waits.
  bool wake_one();
  void wake_all();

  bool empty() const { return waiters_.empty(); }

 private:
  struct Waiter;
  std::list<Waiter*> waiters_;
};

}  // namespace tagscout
