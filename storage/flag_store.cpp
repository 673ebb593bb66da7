#include "storage/flag_store.h"

#include "storage/keys.h"
#include "storage/records.h"

namespace tagscout::flags {

std::optional<Flag> flag(const Reader& reader, uint64_t id) {
  const std::optional<std::string> value = reader.get(Column::flag, keys::flag(id));
  if (!value) return std::nullopt;
  return records::decode_flag(*value);
}

void for_each(const Reader& reader, uint64_t since,
              const std::function<bool(const Flag& flag)>& visit) {
  if (since == UINT64_MAX) return;
  reader.scan(
      Column::flag, {}, keys::flag(since + 1),
      [&](std::string_view, std::string_view value) { return visit(records::decode_flag(value)); });
}

uint64_t next_id(const Reader& reader) {
  const std::optional<std::string> value = reader.get(Column::meta, keys::next_flag);
  return value ? records::decode_number(*value) : 1;
}

}  // namespace tagscout::flags
