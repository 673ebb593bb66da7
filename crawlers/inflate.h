// Undoes gzip, with a limit on what comes out.
#pragma once

#include <string>
#include <string_view>

#include "crawlers/error.h"

namespace tagscout {

// The content of a gzip file (one member or several). Fails with protocol if it is damaged, cut
// short, or would be longer than `bytes_max`.
Result<std::string> gunzip(std::string_view bytes, size_t bytes_max);

}  // namespace tagscout
