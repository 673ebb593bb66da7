// One phase of a request, timed.
#pragma once

#include <string_view>

#include "crawlers/clock.h"
#include "crawlers/http.h"

namespace tagscout {

class Stage {
 public:
  // Begins now: the timings say so until the next one begins. All of these outlive it.
  Stage(const Clock& clock, HttpTimings& timings, std::string_view phase, Duration& took)
      : clock_(clock), took_(took), begun_(clock.steady()) {
    timings.phase = phase;
  }

  // Ends now.
  void done() { took_ = clock_.steady() - begun_; }

 private:
  const Clock& clock_;
  Duration& took_;
  Duration begun_;
};

}  // namespace tagscout
