// Where and when watched tags were met.
#pragma once

#include <functional>
#include <optional>

#include "storage/database.h"
#include "storage/model/account.h"
#include "storage/model/tag_use.h"

namespace tagscout::tags {

// How a spelling, named by its exact key, was met through a source; nothing if never.
std::optional<TagUse> use(const Reader& reader, NameId tag, NameId source);
void put_use(Transaction& transaction, NameId tag, NameId source, const TagUse& use);

// Visits the sources through which the spelling was met, by number.
void for_each_use(const Reader& reader, NameId tag,
                  const std::function<void(NameId source, const TagUse& use)>& visit);

// Since when somebody has asked for the tag; nothing if nobody has.
std::optional<Time> watched_since(const Reader& reader, NameId tag);
void put_watched_since(Transaction& transaction, NameId tag, Time at);

}  // namespace tagscout::tags
