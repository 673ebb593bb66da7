#include "storage/name_store.h"

#include "storage/records.h"

namespace tagscout::names {
namespace {

NameId decode_id(std::string_view value) {
  const uint64_t id = records::decode_number(value);
  if (id == 0 || id > UINT32_MAX)
    throw DatabaseError("damaged store: a row is no number of a name");
  return static_cast<NameId>(id);
}

}  // namespace

std::optional<NameId> find(const Reader& reader, NameKind kind, std::string_view name) {
  const std::optional<std::string> value = reader.get(Column::name, keys::name_by_text(kind, name));
  if (!value) return std::nullopt;
  return decode_id(*value);
}

std::string text(const Reader& reader, NameKind kind, NameId id) {
  std::optional<std::string> value = reader.get(Column::name, keys::name_by_id(kind, id));
  if (!value) throw DatabaseError("damaged store: a name is missing");
  return *std::move(value);
}

NameId intern(Transaction& transaction, NameKind kind, std::string_view name) {
  if (const std::optional<NameId> known = find(transaction, kind, name)) return *known;
  const std::string counter = keys::next_name(kind);
  const std::optional<std::string> next = transaction.get(Column::meta, counter);
  const NameId id = next ? decode_id(*next) : 1;
  transaction.put(Column::meta, counter, records::encode_number(uint64_t{id} + 1));
  transaction.put(Column::name, keys::name_by_text(kind, name), records::encode_number(id));
  transaction.put(Column::name, keys::name_by_id(kind, id), std::string(name));
  return id;
}

}  // namespace tagscout::names
