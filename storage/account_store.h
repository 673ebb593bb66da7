// Reads and writes of accounts, over any view of the store.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "storage/database.h"
#include "storage/keys.h"
#include "storage/model/account.h"
#include "storage/records.h"

namespace tagscout {

namespace accounts {

std::optional<AccountFacts> facts(const Reader& reader, const AccountKey& key);
// All zero for an account without posts.
AccountSums sums(const Reader& reader, const AccountKey& key);

// The account that bears the handle; where several do, the one confirmed last.
std::optional<AccountKey> by_handle(const Reader& reader, const KeyHasher& hasher,
                                    std::string_view handle);

// Visits accounts in order of key, from `from` (inclusive; zero = the first), until it returns
// false.
using Visitor = std::function<bool(const AccountKey& key, const AccountFacts& facts)>;
void for_each(const Reader& reader, const AccountKey& from, const Visitor& visit);

// The same over one list: accounts with posts of a tag or of a niche, or accounts in a band.
using KeyVisitor = std::function<bool(const AccountKey& key)>;
void for_each_of_name(const Reader& reader, IndexKind kind, NameId name, const AccountKey& from,
                      const KeyVisitor& visit);
void for_each_in_band(const Reader& reader, const BandState& band, const AccountKey& from,
                      const KeyVisitor& visit);

// The newest kept origin readings, newest first, at most `limit`.
std::vector<CountsReading> readings(const Reader& reader, const AccountKey& key, size_t limit);

}  // namespace accounts
}  // namespace tagscout
