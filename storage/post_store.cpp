#include "storage/post_store.h"

namespace tagscout::posts {
namespace {

void scan(const Reader& reader, const std::string& prefix, const std::string& from,
          const Visitor& visit) {
  reader.scan(Column::post, prefix, from, [&](std::string_view key, std::string_view value) {
    const PostRow row = records::decode_post(value);
    return !row.record || visit(keys::post_of(key), *row.record);
  });
}

}  // namespace

PostRow row(const Reader& reader, const PostKey& key) {
  const std::optional<std::string> value = reader.get(Column::post, keys::post(key));
  return value ? records::decode_post(*value) : PostRow{};
}

void for_each_of(const Reader& reader, const AccountKey& account, uint64_t from,
                 const Visitor& visit) {
  scan(reader, keys::account(account), keys::post({account, from}), visit);
}

void for_each(const Reader& reader, const PostKey& from, const Visitor& visit) {
  scan(reader, {}, keys::post(from), visit);
}

}  // namespace tagscout::posts
