// Reads of flags, over any view of the store.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "storage/database.h"
#include "storage/model/flag.h"

namespace tagscout::flags {

std::optional<Flag> flag(const Reader& reader, uint64_t id);

// Visits flags in order of id, those after `since` (exclusive), until it returns false. Flags of
// accounts that are hidden (discoverable: false) are stored; who shows flags leaves them out.
void for_each(const Reader& reader, uint64_t since,
              const std::function<bool(const Flag& flag)>& visit);

// The id that the next flag will get; 1 in a new store.
uint64_t next_id(const Reader& reader);

}  // namespace tagscout::flags
