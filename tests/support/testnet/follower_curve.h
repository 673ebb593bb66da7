// How many followers an account has, as a function of time: legs, each of which lasts until its
// value has been shown often enough that whoever looks now and then cannot have missed it.
#pragma once

#include <cstdint>
#include <vector>

#include "storage/model/time.h"
#include "tests/support/testnet/options.h"

namespace tagscout::testnet {

struct Leg {
  int64_t to = 0;        // the value that it reaches and keeps
  Duration ramp{};       // how long reaching it takes; 0 = between two answers, unseen
  int64_t swing_to = 0;  // if not 0: after each answer it swings between `to` and this
};

class FollowerCurve {
 public:
  FollowerCurve() = default;
  // The first leg keeps `start` from the beginning. Each leg lasts at least `leg_min`, the first
  // one counted from the first answer that shows it.
  FollowerCurve(int64_t start, std::vector<Leg> legs, Duration leg_min);

  int64_t value(Time now) const;

  // An answer of the account's own server has shown value(now). `counts`: as a reading that makes
  // the leg seen, rather than one in which the value is hidden.
  void shown(Time now);

  // Begins the next leg if it is due. True if one has begun.
  bool advance(Time now);

  // From now on nothing changes any more.
  void freeze(Time now);

  // Every value taken up to `now`, in order, ramps as steps.
  std::vector<int64_t> trace(Time now) const;

  int64_t start() const { return legs_.front().to; }
  bool rising() const { return leg_ > 0 && legs_[leg_].to > legs_[leg_ - 1].to; }

 private:
  int64_t value_in(size_t leg, Duration since) const;

  std::vector<Leg> legs_;
  Duration leg_min_{};
  size_t leg_ = 0;
  Time started_ = never;  // of the leg; never while the first one was not shown
  Time counted_at_{};     // of the last answer that counted
  Time frozen_at_ = never;
  int answers_ = 0;  // that counted, in this leg
};

}  // namespace tagscout::testnet
