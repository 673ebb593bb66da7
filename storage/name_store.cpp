#include "storage/name_store.h"

#include "storage/records.h"

namespace tagscout::names {

std::optional<NameId> find(const Reader& reader, NameKind kind, std::string_view name) {
  const std::optional<std::string> value = reader.get(Column::name, keys::name_by_text(kind, name));
  if (!value) return std::nullopt;
  return static_cast<NameId>(records::decode_number(*value));
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
  const uint64_t id = next ? records::decode_number(*next) : 1;
  transaction.put(Column::meta, counter, records::encode_number(id + 1));
  transaction.put(Column::name, keys::name_by_text(kind, name), records::encode_number(id));
  transaction.put(Column::name, keys::name_by_id(kind, static_cast<NameId>(id)), std::string(name));
  return static_cast<NameId>(id);
}

}  // namespace tagscout::names
