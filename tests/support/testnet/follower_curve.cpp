#include "tests/support/testnet/follower_curve.h"

#include <algorithm>

namespace tagscout::testnet {
namespace {

// Answers nearer to each other than this may be lost together when the reader is killed.
constexpr Duration answer_distance = std::chrono::milliseconds(1500);
constexpr int answers_min = 3;
constexpr int swings_min = 6;
constexpr int64_t ramp_steps = 24;

}  // namespace

FollowerCurve::FollowerCurve(int64_t start, std::vector<Leg> legs, Duration leg_min)
    : legs_(std::move(legs)), leg_min_(leg_min) {
  legs_.insert(legs_.begin(), Leg{.to = start});
  legs_.shrink_to_fit();
}

int64_t FollowerCurve::value(Time now) const {
  if (started_ == never) return legs_.front().to;
  const Leg& leg = legs_[leg_];
  if (leg.swing_to != 0) {
    const bool rests = frozen_at_ != never || answers_ % 2 == 0;
    return rests ? leg.to : leg.swing_to;
  }
  return value_in(leg_, std::min(now, frozen_at_) - started_);
}

int64_t FollowerCurve::value_in(size_t leg, Duration since) const {
  const Leg& to = legs_[leg];
  if (leg == 0 || since >= to.ramp) return to.to;
  const int64_t from = legs_[leg - 1].to;
  // In steps, so that a trace can tell every value that was ever shown.
  const int64_t step = std::max<int64_t>(0, since.count() * ramp_steps / to.ramp.count());
  return from + (to.to - from) * step / ramp_steps;
}

void FollowerCurve::shown(Time now) {
  if (started_ == never) started_ = now;
  if (answers_ > 0 && now - counted_at_ < answer_distance) return;
  counted_at_ = now;
  if (frozen_at_ == never) ++answers_;
}

bool FollowerCurve::advance(Time now) {
  if (started_ == never || frozen_at_ != never || leg_ + 1 >= legs_.size()) return false;
  const int enough = legs_[leg_].swing_to != 0 ? swings_min : answers_min;
  if (answers_ < enough || now - started_ < leg_min_ + legs_[leg_].ramp) return false;
  ++leg_;
  started_ = now;
  answers_ = 0;
  return true;
}

void FollowerCurve::freeze(Time now) { frozen_at_ = std::min(frozen_at_, now); }

std::vector<int64_t> FollowerCurve::trace(Time now) const {
  std::vector<int64_t> values{legs_.front().to};
  for (size_t leg = 1; leg <= leg_; ++leg) {
    const Leg& to = legs_[leg];
    const Duration since = leg < leg_ ? to.ramp : std::min(now, frozen_at_) - started_;
    for (int64_t step = 1; step <= ramp_steps && to.ramp.count() > 0; ++step) {
      const Duration at = (to.ramp * step + Duration(ramp_steps - 1)) / ramp_steps;
      if (at <= since) values.push_back(value_in(leg, at));
    }
    if (since >= to.ramp) values.push_back(to.to);
    if (to.swing_to == 0) continue;
    values.push_back(to.swing_to);
    values.push_back(to.to);
  }
  return values;
}

}  // namespace tagscout::testnet
