#include "daemon/judge/engagement.h"

namespace tagscout {

bool is_mature(const PostRecord& post, const MaturityRules& rules) {
  return post.provenance == Provenance::origin && post.clock_right &&
         post.counts_at - post.born_at() >= rules.mature_after;
}

void EngagementMeter::add(const PostRecord& post) {
  if (post.born_at() < now_ - rules_.window || !is_mature(post, rules_)) return;
  const std::optional<int64_t> total = interactions(post.counts);
  if (!total) return;
  interactions_ += *total;
  ++sample_;
}

EngagementRate EngagementMeter::rate(std::optional<int64_t> followers) const {
  EngagementRate result{std::nullopt, sample_};
  if (sample_ < rules_.sample_min || followers.value_or(0) <= 0) return result;
  result.rate = static_cast<double>(interactions_) / static_cast<double>(sample_) /
                static_cast<double>(*followers);
  return result;
}

}  // namespace tagscout
