#include "storage/account_store.h"

namespace tagscout::accounts {

std::optional<AccountFacts> facts(const Reader& reader, const AccountKey& key) {
  const std::optional<std::string> row = reader.get(Column::account, keys::account(key));
  if (!row) return std::nullopt;
  return records::decode_account(*row);
}

AccountSums sums(const Reader& reader, const AccountKey& key) {
  const std::optional<std::string> row = reader.get(Column::sums, keys::account(key));
  return row ? records::decode_sums(*row) : AccountSums{};
}

std::optional<AccountKey> by_handle(const Reader& reader, const KeyHasher& hasher,
                                    std::string_view handle) {
  std::optional<AccountKey> found;
  uint64_t newest = 0;
  const std::string prefix = keys::handle(hasher.handle(handle));
  reader.scan(Column::handle, prefix, {}, [&](std::string_view key, std::string_view value) {
    const uint64_t confirmed = records::decode_number(value);
    if (!found || confirmed > newest) {
      found = keys::index_account(key);
      newest = confirmed;
    }
    return true;
  });
  return found;
}

void for_each(const Reader& reader, const AccountKey& from, const Visitor& visit) {
  reader.scan(Column::account, {}, keys::account(from),
              [&](std::string_view key, std::string_view value) {
                return visit(keys::account_of(key), records::decode_account(value));
              });
}

void for_each_of_name(const Reader& reader, IndexKind kind, NameId name, const AccountKey& from,
                      const KeyVisitor& visit) {
  reader.scan(Column::index, keys::index(kind, name), keys::index(kind, name, from),
              [&](std::string_view key, std::string_view value) {
                if (records::decode_signed(value) <= 0) return true;  // its posts were deleted
                return visit(keys::index_account(key));
              });
}

void for_each_in_band(const Reader& reader, const BandState& band, const AccountKey& from,
                      const KeyVisitor& visit) {
  reader.scan(
      Column::index, keys::band(band), keys::band(band, from),
      [&](std::string_view key, std::string_view) { return visit(keys::index_account(key)); });
}

std::vector<CountsReading> readings(const Reader& reader, const AccountKey& key, size_t limit) {
  std::vector<CountsReading> all;
  reader.scan(Column::reading, keys::account(key), {},
              [&](std::string_view, std::string_view value) {
                all.push_back(records::decode_reading(value));
                return true;
              });
  if (all.size() > limit) all.erase(all.begin(), all.end() - static_cast<ptrdiff_t>(limit));
  return {all.rbegin(), all.rend()};
}

}  // namespace tagscout::accounts
