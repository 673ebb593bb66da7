// Dictionaries: names of tags, niches, hosts and ladders, and the numbers that stand for them in
// records and keys.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/database.h"
#include "storage/keys.h"

namespace tagscout::names {

// The number of a name; nothing if the store has never met it.
std::optional<NameId> find(const Reader& reader, NameKind kind, std::string_view name);

// The name of a number. Throws DatabaseError if there is no such number.
std::string text(const Reader& reader, NameKind kind, NameId id);

// The number of a name, which is given one if it has none.
NameId intern(Transaction& transaction, NameKind kind, std::string_view name);

}  // namespace tagscout::names
