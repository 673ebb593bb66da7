// The machine's clock.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "crawlers/clock.h"

namespace tagscout {

class AsioClock final : public Clock {
 public:
  // Waits happen on `executor`.
  explicit AsioClock(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

  Time now() const override;
  Duration steady() const override;
  boost::asio::awaitable<void> sleep(Duration duration) override;

 private:
  boost::asio::any_io_executor executor_;
};

}  // namespace tagscout
