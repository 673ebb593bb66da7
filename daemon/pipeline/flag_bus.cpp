#include "daemon/pipeline/flag_bus.h"

#include "daemon/pipeline/nap.h"

namespace tagscout {

void FlagBus::publish(uint64_t last) {
  if (last <= last_) return;
  last_ = last;
  published_.wake_all();
}

boost::asio::awaitable<uint64_t> FlagBus::wait_beyond(uint64_t seen, Duration patience) {
  if (last_ <= seen && patience > Duration{0}) co_await nap(published_, clock_, patience);
  co_return last_;
}

}  // namespace tagscout
