// Durations and sizes as the operator writes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/model/time.h"

namespace tagscout {

// Reads "0", or numbers with ms, s, m, h or d, the larger unit first: "90s", "1h30m", "7d". Nothing
// for anything else, and beyond a hundred years.
std::optional<Duration> parse_duration(std::string_view text);

// The same the other way, shortest: "1h30m", "7d", "0s". Parts of a millisecond are cut off.
std::string format_duration(Duration duration);

// Reads bytes: a whole number, alone or with B, KiB, MiB, GiB or TiB. Nothing for anything else.
std::optional<int64_t> parse_size(std::string_view text);

// The same the other way, in the largest unit that needs no fraction: "96MiB".
std::string format_size(int64_t bytes);

}  // namespace tagscout
