#include "tests/support/testnet/faults.h"

#include <functional>

#include "tests/support/testnet/dice.h"

namespace tagscout::testnet {

Fault Faults::strike(const std::string& host, Time now) {
  if (!enabled_) return Fault::none;
  Plan& plan = plans_[host];
  Dice dice(seed_, std::hash<std::string>()(host), plan.struck);
  const Duration calm(dice.between(2'500'000, 7'000'000));
  if (plan.next == Time{}) plan.next = now + calm;
  if (now < plan.next) return Fault::none;
  ++plan.struck;
  plan.next = now + calm;
  const uint64_t kind = dice.below(3);
  return kind == 0 ? Fault::rate_limited : kind == 1 ? Fault::unavailable : Fault::cut_off;
}

Duration Faults::stream_life() {
  if (!enabled_) return std::chrono::hours(24);
  return Duration(Dice(seed_, 7, streams_++).between(4'000'000, 12'000'000));
}

}  // namespace tagscout::testnet
