#include "storage/model/reading.h"

#include <array>

namespace tagscout {

std::string_view provenance_name(Provenance provenance) {
  constexpr std::array<std::string_view, 4> names{"unknown", "origin", "foreign", "approx"};
  return names[static_cast<size_t>(provenance)];
}

namespace {

// Invented counts may be too large for a sum. It then wraps around, and is right again as soon as
// they have been taken out.
void add_to(int64_t& sum, int64_t value) {
  sum = static_cast<int64_t>(static_cast<uint64_t>(sum) + static_cast<uint64_t>(value));
}

}  // namespace

void EngagementSums::add(const Engagement& engagement, int64_t sign) {
  add_to(likes, sign * engagement.likes.value_or(0));
  add_to(reposts, sign * engagement.reposts.value_or(0));
  add_to(replies, sign * engagement.replies.value_or(0));
  add_to(quotes, sign * engagement.quotes.value_or(0));
  add_to(views, sign * engagement.views.value_or(0));
}

void EngagementSums::add(const EngagementSums& other) {
  add_to(likes, other.likes);
  add_to(reposts, other.reposts);
  add_to(replies, other.replies);
  add_to(quotes, other.quotes);
  add_to(views, other.views);
}

std::optional<int64_t> interactions(const Engagement& engagement) {
  if (engagement.hidden) return std::nullopt;
  if (!engagement.likes && !engagement.reposts && !engagement.replies && !engagement.quotes) {
    return std::nullopt;
  }
  return engagement.likes.value_or(0) + engagement.reposts.value_or(0) +
         engagement.replies.value_or(0) + engagement.quotes.value_or(0);
}

}  // namespace tagscout
