#include "crawlers/wait_list.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace tagscout {

namespace asio = boost::asio;

// Lives in the frame of the coroutine that waits, the timer too: so it outlives the list if need
// be.
struct WaitList::Waiter {
  Waiter(WaitList& list_in, const asio::any_io_executor& executor,
         asio::steady_timer::time_point until)
      : list(&list_in), timer(executor, until) {
    place = list->waiters_.insert(list->waiters_.end(), this);
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() { leave(); }

  void leave() {
    if (list != nullptr) list->waiters_.erase(place);
    list = nullptr;
  }

  WaitList* list;  // null once woken, or once the list is gone
  asio::steady_timer timer;
  std::list<Waiter*>::iterator place;
  bool woken = false;
};

WaitList::~WaitList() {
  for (Waiter* const waiter : waiters_) {
    waiter->list = nullptr;
    waiter->timer.cancel();
  }
}

asio::awaitable<void> WaitList::wait() {
  Waiter waiter(*this, co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
  boost::system::error_code ec;
  co_await waiter.timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  if (!waiter.woken) throw boost::system::system_error(asio::error::operation_aborted);
}

asio::awaitable<bool> WaitList::wait_for(Duration patience) {
  Waiter waiter(*this, co_await asio::this_coro::executor,
                asio::steady_timer::clock_type::now() + patience);
  boost::system::error_code ec;
  co_await waiter.timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  const bool out_of_patience = !ec && waiter.list != nullptr;
  if (!waiter.woken && !out_of_patience) {
    throw boost::system::system_error(asio::error::operation_aborted);
  }
  co_return waiter.woken;
}

bool WaitList::wake_one() {
  if (waiters_.empty()) return false;
  Waiter* const waiter = waiters_.front();
  waiter->leave();
  waiter->woken = true;
  waiter->timer.cancel();
  return true;
}

void WaitList::wake_all() {
  while (wake_one()) {
  }
}

}  // namespace tagscout
