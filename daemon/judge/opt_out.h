// What a wish not to be watched means: the one place where that is decided, for all networks.
#pragma once

#include <optional>

#include "storage/model/opt_out.h"

namespace tagscout {

// The reason for which an account with these wishes is purged; nothing if it may stay. Wishes for
// which it may stay: not_discoverable (hidden) and locked (no consequence).
std::optional<GoneReason> purge_reason(OptOuts wishes);

// True if the account's records stay, but it is left out of flags, lists and exports.
bool hides(OptOuts wishes);

// True if the stream saying "active", or its home showing a post of it, brings such an account
// back.
bool returns_when_active(GoneReason reason);

// True if it was the person's wish or the operator's, and so covers the account they moved to.
bool covers_successor(GoneReason reason);

// True if an operator's `account allow` brings such an account back.
bool returns_when_allowed(GoneReason reason);

}  // namespace tagscout
