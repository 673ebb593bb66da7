// The rows that there is one of: cursors, counts, pauses, tombstones.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/database.h"
#include "storage/keys.h"
#include "storage/records.h"

namespace tagscout::meta {

// Number of the last commit window; 0 in a new store.
uint64_t window(const Reader& reader);
StoreCounts counts(const Reader& reader);

// A feed's cursor as stored: its value and the time it stands for.
struct Cursor {
  std::string feed;
  std::string value;
  Time position{};
  bool operator==(const Cursor&) const = default;
};
std::vector<Cursor> cursors(const Reader& reader, std::string_view source);
void put_cursor(Transaction& transaction, std::string_view source, const Cursor& cursor);

// Whether an operator has paused the source.
bool paused(const Reader& reader, std::string_view source);

// When, by the stream's account of it, an account last came back from an absence.
std::optional<Time> returned(const Reader& reader, const AccountKey& key);
void put_returned(Transaction& transaction, const AccountKey& key, Time at);

// The account whose home names this one as its successor.
std::optional<AccountKey> predecessor(const Reader& reader, const AccountKey& heir);
void put_predecessor(Transaction& transaction, const AccountKey& heir, const AccountKey& of);

std::optional<Tombstone> tombstone(const Reader& reader, const AccountKey& key);
// Every tombstone there is.
std::vector<std::pair<AccountKey, Tombstone>> tombstones(const Reader& reader);

}  // namespace tagscout::meta
