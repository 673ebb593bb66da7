// One line per event, key=value, to stderr (with a time of its own only where no journal adds one).
#pragma once

#include <spdlog/logger.h>

#include <memory>
#include <string>

namespace tagscout {

// A logger of the given level ("debug", "info", "warn", "error") to standard error. Passed by
// reference to whoever logs; nobody asks spdlog for one.
std::shared_ptr<spdlog::logger> make_log(const std::string& level);

// The text with control and bidirectional characters escaped, cut at 200 bytes: for logging what
// came from a network.
std::string for_log(std::string_view text);

}  // namespace tagscout
