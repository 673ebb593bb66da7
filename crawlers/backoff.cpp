#include "crawlers/backoff.h"

#include <algorithm>
#include <cmath>

namespace tagscout {
namespace {

constexpr Duration base_min = std::chrono::seconds(1);
constexpr int early_failures = 5;
constexpr Duration early_max = std::chrono::seconds(60);
constexpr Duration late_max = std::chrono::minutes(15);
constexpr double spread = 0.2;
constexpr int doublings_max = 20;  // beyond every cap

}  // namespace

Duration backoff(Duration base, int failures, double draw) {
  const double cap =
      static_cast<double>((failures <= early_failures ? early_max : late_max).count());
  const int doublings = std::clamp(failures - 1, 0, doublings_max);
  const double wanted =
      std::ldexp(static_cast<double>(std::max(base, base_min).count()), doublings);
  const double middle = std::min(wanted, cap);
  // The cap holds after the draw, too, and still leaves room to differ from everybody else.
  const double drawn = std::lerp(middle * (1 - spread), std::min(middle * (1 + spread), cap), draw);
  return Duration(static_cast<Duration::rep>(drawn));
}

Duration backoff(Duration base, int failures, Chance& chance) {
  return backoff(base, failures, chance.between(0, 1));
}

}  // namespace tagscout
