// Tells who waits that new flags are on disk. Carries only the highest id: readers take the flags
// from the store, so a slow one lags and loses nothing.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>

#include "crawlers/clock.h"
#include "crawlers/wait_list.h"

namespace tagscout {

class FlagBus {
 public:
  // `clock` must outlive it; `last` is the highest id in the store.
  FlagBus(Clock& clock, uint64_t last) : clock_(clock), last_(last) {}

  // Flags exist up to this id, committed.
  void publish(uint64_t last);
  uint64_t last() const { return last_; }

  // Returns the highest id as soon as it is beyond `seen`, or after `patience` whatever it is.
  boost::asio::awaitable<uint64_t> wait_beyond(uint64_t seen, Duration patience);

 private:
  Clock& clock_;
  uint64_t last_;
  WaitList published_;
};

}  // namespace tagscout
