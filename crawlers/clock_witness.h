// Whether our wall clock is right, by what servers say of theirs.
#pragma once

#include <optional>

#include "crawlers/clock.h"

namespace tagscout {

class ClockWitness {
 public:
  // `clock` outlives it.
  explicit ClockWitness(const Clock& clock) : clock_(clock) {}

  // A server's own idea of now. One whose clock is wrong does not outweigh the others.
  void note(Time server_time);

  // True while what a server said within the last hour agrees with our clock within 1 h.
  bool right() const;

 private:
  bool agrees(Duration server_offset) const;

  const Clock& clock_;
  // A server's time less our steady one, and when we learnt it.
  std::optional<Duration> server_offset_;
  Duration learnt_at_{};
};

}  // namespace tagscout
