// Where batches go: ingest, in commit windows that all sources share.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>

#include "crawlers/batch.h"

namespace tagscout {

class BatchSink {
 public:
  virtual ~BatchSink() = default;

  // Takes a batch into the open window; the number returned names that window. Throws DatabaseError
  // while the store cannot be written.
  virtual uint64_t accept(const Batch& batch) = 0;

  // Returns once the window of that number is on disk. Throws DatabaseError if it never will be:
  // the caller then starts again from what is stored.
  virtual boost::asio::awaitable<void> durable(uint64_t window) = 0;
};

}  // namespace tagscout
