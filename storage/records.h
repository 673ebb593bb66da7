// Values as bytes: encoding, decoding and adding up, in one place. FORMAT.md shows the bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/database.h"
#include "storage/model/account.h"
#include "storage/model/flag.h"
#include "storage/model/post.h"
#include "storage/model/tag_use.h"

namespace tagscout {

// What the store holds, exactly; kept in the same window as the rows it counts.
struct StoreCounts {
  int64_t accounts = 0;
  int64_t posts = 0;  // records, not stubs
  int64_t flags = 0;
  int64_t unread = 0;  // accounts whose origin cannot be had: origin_error is set
  bool operator==(const StoreCounts&) const = default;
};

// A row of Column::post is one or the other.
struct PostRow {
  std::optional<PostRecord> record;
  std::optional<PostStub> stub;
};

// A gone account.
struct Tombstone {
  GoneReason reason = GoneReason::deleted;
  Time at{};
  bool operator==(const Tombstone&) const = default;
};

// decode_*() throw DatabaseError for bytes that are no such record: the store is damaged.
namespace records {

std::string encode(const AccountFacts& facts);
AccountFacts decode_account(std::string_view value);
std::string encode(const AccountSums& sums);
AccountSums decode_sums(std::string_view value);
std::string encode(const PostRecord& record);
std::string encode(const PostStub& stub);
PostRow decode_post(std::string_view value);
std::string encode(const Flag& flag);
Flag decode_flag(std::string_view value);
std::string encode(const CountsReading& reading);
CountsReading decode_reading(std::string_view value);
std::string encode(const StoreCounts& counts);
StoreCounts decode_counts(std::string_view value);
std::string encode(const Tombstone& tombstone);
Tombstone decode_tombstone(std::string_view value);
std::string encode(const TagUse& use);
TagUse decode_tag_use(std::string_view value);
std::string encode_number(uint64_t number);
uint64_t decode_number(std::string_view value);
std::string encode_signed(int64_t number);  // Column::index counts
int64_t decode_signed(std::string_view value);

// The sum of two values of a column that merges: Column::sums and Column::index. Associative and
// commutative.
std::string add(Column column, std::string_view left, std::string_view right);

}  // namespace records
}  // namespace tagscout
