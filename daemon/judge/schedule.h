// When posts and accounts are to be read again.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "daemon/judge/band_ladder.h"
#include "storage/model/time.h"

namespace tagscout {

// When a post that is first seen at `now` is read again: at its first age in `ages` (ascending), or
// at once if one has passed already. Nothing without ages.
std::optional<Time> first_reread(const std::vector<Duration>& ages, Time born, Time now);

// The first age that lies behind `now`; nothing after the last.
std::optional<Time> next_reread(const std::vector<Duration>& ages, Time born, Time now);

// How many ages of a post were passed after a reading became due, until `now`: what a late reading
// stands for beside its own.
int64_t rereads_passed(const std::vector<Duration>& ages, Time born, Time due, Time now);

// How urgent an account's next origin reading is; smaller goes first. Stored: never renumber.
enum class Urgency : uint8_t { at_once = 0, near_edge = 1, in_band = 2, other = 3 };

struct RefreshRules {
  Duration near_edge = std::chrono::hours(6);  // within a tenth of an edge
  Duration in_band = std::chrono::hours(24);   // in a watched band
  Duration other = std::chrono::days(7);
};

struct RefreshTurn {
  Urgency urgency = Urgency::other;
  Duration after{};
};

// How long after an origin reading the next one is due.
RefreshTurn refresh_turn(const std::vector<BandLadder>& ladders, std::optional<int64_t> followers,
                         const RefreshRules& rules);

}  // namespace tagscout
