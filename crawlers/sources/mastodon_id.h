// Ids of posts at one server: how they are ordered, and the times that some of them carry. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crawlers/sources/mastodon_parse.h"
#include "storage/model/time.h"

namespace tagscout {

// Order of post ids: decimal numbers by value, all others by their bytes. Beyond that ids are
// opaque.
bool status_id_less(std::string_view a, std::string_view b);

// The id that a snowflake server gives to a post that arrives at `time`.
std::string snowflake_id(Time time);

// The time in a snowflake id; nothing if it cannot be one.
std::optional<Time> snowflake_time(std::string_view id);

// True if the ids of a page carry times, and these agree with what the posts say of themselves.
bool has_snowflake_ids(const MastodonPage& page);

}  // namespace tagscout
