// What an instance says about itself and its people to everybody: what it runs, what it shows to
// whom, what crawlers are to leave alone, and where the people live.
#pragma once

#include "tests/support/testnet/query.h"
#include "tests/support/testnet/site.h"
#include "tests/support/testnet/world.h"

namespace tagscout::testnet {

// The answer to a path outside of what has a budget; 404 if there is nothing.
SiteReply describe(World& world, size_t place, const Query& query, Time now);

// An error as all of this family tell it.
SiteReply error_reply(int status, std::string_view text);

}  // namespace tagscout::testnet
