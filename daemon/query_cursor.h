// Cursors of lists: where the next page starts, as an opaque word.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/model/ids.h"

namespace tagscout::query_cursor {

// The first row of the next page.
std::string of_account(const AccountKey& key);
std::string of_post(const PostKey& key);
std::string of_flag(uint64_t id);

// What a cursor stands for; nothing if it is none of that list.
std::optional<AccountKey> account(std::string_view cursor);
std::optional<PostKey> post(std::string_view cursor);
std::optional<uint64_t> flag(std::string_view cursor);

}  // namespace tagscout::query_cursor
