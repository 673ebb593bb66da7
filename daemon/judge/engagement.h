// How strongly an account's posts are answered, for its size.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "storage/model/post.h"
#include "storage/model/time.h"

namespace tagscout {

struct MaturityRules {
  Duration mature_after = std::chrono::hours(24);  // age from which a reading counts
  Duration window = std::chrono::days(30);         // posts born in it count
  int64_t sample_min = 3;                          // fewer posts: unknown
};

// True if the post's counts are an origin reading taken, by a trustworthy clock, at that age or
// later.
bool is_mature(const PostRecord& post, const MaturityRules& rules);

struct EngagementRate {
  std::optional<double> rate;  // a fraction; nothing if unknown
  int64_t sample = 0;          // mature posts that it rests on
};

// Collects an account's posts, then tells the mean of all their interactions over its followers.
class EngagementMeter {
 public:
  EngagementMeter(MaturityRules rules, Time now) : rules_(rules), now_(now) {}

  void add(const PostRecord& post);

  // `followers` by the latest origin reading. Unknown below sample_min posts, and without
  // followers or with 0.
  EngagementRate rate(std::optional<int64_t> followers) const;

 private:
  MaturityRules rules_;
  Time now_;
  int64_t interactions_ = 0;
  int64_t sample_ = 0;
};

}  // namespace tagscout
