// Dates as HTTP writes them.
#pragma once

#include <optional>
#include <string_view>

#include "storage/model/time.h"

namespace tagscout {

// Reads the three forms of RFC 9110, 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT",
// "Sunday, 06-Nov-94 08:49:37 GMT" and "Sun Nov  6 08:49:37 1994". Nothing for anything else. A
// year of two digits is taken to be the one of that ending nearest before 2070.
std::optional<Time> parse_http_date(std::string_view text);

}  // namespace tagscout
