#include "storage/meta_store.h"

#include "storage/model/bytes.h"

namespace tagscout::meta {
namespace {

Cursor decode_cursor(std::string_view feed, std::string_view value) {
  ByteReader reader(value);
  Cursor cursor{std::string(feed), std::string(reader.text()), reader.time()};
  if (!reader.ok() || !reader.at_end()) throw DatabaseError("damaged store: a row is no cursor");
  return cursor;
}

}  // namespace

uint64_t window(const Reader& reader) {
  const std::optional<std::string> value = reader.get(Column::meta, keys::window);
  return value ? records::decode_number(*value) : 0;
}

StoreCounts counts(const Reader& reader) {
  const std::optional<std::string> value = reader.get(Column::meta, keys::counts);
  return value ? records::decode_counts(*value) : StoreCounts{};
}

std::vector<Cursor> cursors(const Reader& reader, std::string_view source) {
  std::vector<Cursor> found;
  const std::string prefix = keys::cursors_of(source);
  reader.scan(Column::meta, prefix, {}, [&](std::string_view key, std::string_view value) {
    found.push_back(decode_cursor(key.substr(prefix.size()), value));
    return true;
  });
  return found;
}

void put_cursor(Transaction& transaction, std::string_view source, const Cursor& cursor) {
  ByteWriter writer;
  writer.text(cursor.value);
  writer.time(cursor.position);
  transaction.put(Column::meta, keys::cursor(source, cursor.feed), writer.take());
}

bool paused(const Reader& reader, std::string_view source) {
  return reader.get(Column::meta, keys::pause(source)).has_value();
}

std::optional<Time> returned(const Reader& reader, const AccountKey& key) {
  const std::optional<std::string> value = reader.get(Column::meta, keys::returned(key));
  if (!value) return std::nullopt;
  return time_from_us(records::decode_signed(*value));
}

void put_returned(Transaction& transaction, const AccountKey& key, Time at) {
  transaction.put(Column::meta, keys::returned(key), records::encode_signed(to_us(at)));
}

std::optional<AccountKey> predecessor(const Reader& reader, const AccountKey& heir) {
  const std::optional<std::string> value = reader.get(Column::meta, keys::heir(heir));
  if (!value) return std::nullopt;
  if (value->size() != heir.bytes.size()) throw DatabaseError("damaged store: a row is no heir");
  return keys::account_of(*value);
}

void put_predecessor(Transaction& transaction, const AccountKey& heir, const AccountKey& of) {
  transaction.put(Column::meta, keys::heir(heir), keys::account(of));
}

std::optional<Tombstone> tombstone(const Reader& reader, const AccountKey& key) {
  const std::optional<std::string> value = reader.get(Column::meta, keys::tombstone(key));
  if (!value) return std::nullopt;
  return records::decode_tombstone(*value);
}

std::vector<std::pair<AccountKey, Tombstone>> tombstones(const Reader& reader) {
  std::vector<std::pair<AccountKey, Tombstone>> found;
  reader.scan(Column::meta, keys::tombstones(), {},
              [&](std::string_view key, std::string_view value) {
                found.emplace_back(keys::index_account(key), records::decode_tombstone(value));
                return true;
              });
  return found;
}

}  // namespace tagscout::meta
