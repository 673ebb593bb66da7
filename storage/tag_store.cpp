#include "storage/tag_store.h"

#include "storage/keys.h"
#include "storage/records.h"

namespace tagscout::tags {

std::optional<TagUse> use(const Reader& reader, NameId tag, NameId source) {
  const std::optional<std::string> value = reader.get(Column::meta, keys::tag_use(tag, source));
  if (!value) return std::nullopt;
  return records::decode_tag_use(*value);
}

void put_use(Transaction& transaction, NameId tag, NameId source, const TagUse& use) {
  transaction.put(Column::meta, keys::tag_use(tag, source), records::encode(use));
}

void for_each_use(const Reader& reader, NameId tag,
                  const std::function<void(NameId source, const TagUse& use)>& visit) {
  reader.scan(Column::meta, keys::tag_uses(tag), {},
              [&](std::string_view key, std::string_view value) {
                visit(keys::tag_use_source(key), records::decode_tag_use(value));
                return true;
              });
}

std::optional<Time> watched_since(const Reader& reader, NameId tag) {
  const std::optional<std::string> value = reader.get(Column::meta, keys::watched(tag));
  if (!value) return std::nullopt;
  return time_from_us(records::decode_signed(*value));
}

void put_watched_since(Transaction& transaction, NameId tag, Time at) {
  transaction.put(Column::meta, keys::watched(tag), records::encode_signed(to_us(at)));
}

}  // namespace tagscout::tags
