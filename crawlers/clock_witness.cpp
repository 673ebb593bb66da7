#include "crawlers/clock_witness.h"

namespace tagscout {
namespace {

constexpr Duration tolerance = std::chrono::hours(1);
constexpr Duration kept = std::chrono::hours(1);

}  // namespace

void ClockWitness::note(Time server_time) {
  // A stream can say anything; beyond this it only makes sums overflow.
  constexpr Time end = std::chrono::sys_days(std::chrono::year(3000) / 1 / 1);
  if (server_time < Time() || server_time > end) return;
  const Duration offset = server_time.time_since_epoch() - clock_.steady();
  if (right() && !agrees(offset)) return;
  server_offset_ = offset;
  learnt_at_ = clock_.steady();
}

bool ClockWitness::right() const {
  return server_offset_ && clock_.steady() - learnt_at_ <= kept && agrees(*server_offset_);
}

bool ClockWitness::agrees(Duration server_offset) const {
  const Duration ours = clock_.now().time_since_epoch() - clock_.steady();
  return ours - server_offset <= tolerance && server_offset - ours <= tolerance;
}

}  // namespace tagscout
