// Reads of posts, over any view of the store.
#pragma once

#include <functional>
#include <optional>

#include "storage/database.h"
#include "storage/keys.h"
#include "storage/model/post.h"
#include "storage/records.h"

namespace tagscout::posts {

// The record or the stub of a post; neither if it is not known.
PostRow row(const Reader& reader, const PostKey& key);

// Visits post records (never stubs) in order of key, from `from` (inclusive), until it returns
// false: those of one account, or all.
using Visitor = std::function<bool(const PostKey& key, const PostRecord& record)>;
void for_each_of(const Reader& reader, const AccountKey& account, uint64_t from,
                 const Visitor& visit);
void for_each(const Reader& reader, const PostKey& from, const Visitor& visit);

}  // namespace tagscout::posts
