#include "tests/support/testnet/band_truth.h"

#include <limits>

namespace tagscout::testnet {
namespace {

constexpr int64_t no_edge = std::numeric_limits<int64_t>::max();

struct Stretch {
  int64_t from = 0;
  int64_t to = 0;
  const TruthBand* band = nullptr;  // null: without a name
};

std::vector<Stretch> stretches(const TruthLadder& ladder) {
  std::vector<Stretch> all;
  int64_t covered = 0;
  for (const TruthBand& band : ladder.bands) {
    if (band.from > covered) all.push_back({covered, band.from, nullptr});
    covered = band.to.value_or(no_edge);
    all.push_back({band.from, covered, &band});
  }
  if (covered != no_edge) all.push_back({covered, no_edge, nullptr});
  return all;
}

size_t containing(const std::vector<Stretch>& all, int64_t followers) {
  size_t i = 0;
  while (followers >= all[i].to) ++i;
  return i;
}

// An edge is left downwards only below 95 % of it, rounded up.
bool left_downwards(const Stretch& state, int64_t followers) {
  return followers * 100 < state.from * 95;
}

void follow(const TruthLadder& ladder, const std::vector<int64_t>& followers,
            std::vector<ExpectedFlag>& flags) {
  const std::vector<Stretch> all = stretches(ladder);
  std::optional<size_t> state;
  for (const int64_t count : followers) {
    if (state && count < all[*state].to && !left_downwards(all[*state], count)) continue;
    const size_t now = containing(all, count);
    const bool entered = all[now].band != nullptr && all[now].band->watch && now != state;
    if (entered) {
      flags.push_back({ladder.name, all[now].band->name,
                       !state         ? "found"
                       : *state < now ? "rose"
                                      : "fell"});
    }
    state = now;
  }
}

}  // namespace

const std::vector<TruthLadder>& truth_ladders() {
  static const std::vector<TruthLadder> ladders = {
      {"default",
       {{"nano", 1'000, 10'000, false},
        {"micro", 10'000, 100'000, true},
        {"mid", 100'000, 500'000, false},
        {"macro", 500'000, 1'000'000, false},
        {"mega", 1'000'000, {}, false}}},
      {"tight", {{"sweet", 20'000, 50'000, true}}},
  };
  return ladders;
}

std::vector<ExpectedFlag> expected_flags(const std::vector<int64_t>& followers) {
  std::vector<ExpectedFlag> flags;
  for (const TruthLadder& ladder : truth_ladders()) follow(ladder, followers, flags);
  return flags;
}

}  // namespace tagscout::testnet
