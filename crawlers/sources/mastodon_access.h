// What an instance lets be read of its tag timelines, and where it streams. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crawlers/error.h"

namespace tagscout {

struct MastodonAccess {
  std::string scope;   // of every request: "&local=true" where only that much is public, else empty
  std::string closed;  // why nothing can be read at all; empty if something can
  std::vector<std::string> notes;  // what is not shown, a line each: its absence proves nothing
  std::string streaming;           // ws or wss address, no trailing slash; empty if there is none
};

// GET /api/v2/instance. Servers before 4.5 do not say who may read: then everybody. Fails with
// protocol if the answer is no JSON object.
Result<MastodonAccess> parse_access(std::string_view body, bool with_token);

}  // namespace tagscout
