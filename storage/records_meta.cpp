// Flags, readings, counts, tombstones and numbers as bytes, and the sums of values that merge.
#include <bit>
#include <cassert>
#include <cstring>

#include "storage/record_codec.h"
#include "storage/records.h"

namespace tagscout::records {
namespace {

constexpr uint64_t flag_version = 1;
constexpr uint64_t niches_max = 1u << 16;

// An enumerator of `Enum`, whose values run from 1 to `last`.
template <class Enum>
Enum read_enum(ByteReader& reader, Enum last) {
  const uint64_t value = reader.number();
  if (value == 0 || value > static_cast<uint64_t>(last)) reader.refuse();
  return static_cast<Enum>(value);
}

}  // namespace

void write(ByteWriter& writer, const AccountKey& key) {
  writer.text(std::string_view(reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size()));
}

AccountKey read_key(ByteReader& reader) {
  AccountKey key;
  const std::string_view bytes = reader.text();
  if (bytes.size() != key.bytes.size()) {
    reader.refuse();
    return key;
  }
  std::memcpy(key.bytes.data(), bytes.data(), bytes.size());
  return key;
}

void write(ByteWriter& writer, const CountsReading& reading) {
  writer.number(static_cast<uint64_t>(reading.provenance));
  if (reading.provenance == Provenance::unknown) return;
  writer.count(reading.counts.followers);
  writer.count(reading.counts.following);
  writer.count(reading.counts.posts);
  writer.time(reading.at);
  writer.number(reading.stamp.value());
  writer.text(reading.source);
}

CountsReading read_counts_reading(ByteReader& reader) {
  CountsReading reading;
  reading.provenance = static_cast<Provenance>(reader.number_up_to(3));
  if (reading.provenance == Provenance::unknown) return reading;
  reading.counts.followers = reader.count();
  reading.counts.following = reader.count();
  reading.counts.posts = reader.count();
  reading.at = reader.time();
  reading.stamp = Stamp(reader.number());
  reading.source = reader.text();
  return reading;
}

std::string encode(const Flag& flag) {
  ByteWriter writer;
  writer.number(flag_version);
  writer.number(flag.id);
  writer.time(flag.at);
  writer.number(static_cast<uint64_t>(flag.kind));
  write(writer, flag.key);
  for (const std::string* text :
       {&flag.ladder, &flag.band, &flag.account.text(), &flag.handle, &flag.url, &flag.source}) {
    writer.text(*text);
  }
  writer.signed_number(flag.followers);
  writer.count(flag.followers_before);
  writer.time(flag.as_of);
  writer.number(static_cast<uint64_t>(flag.provenance));
  writer.number(flag.niches.size());
  for (const std::string& niche : flag.niches) writer.text(niche);
  writer.flag(flag.engagement_rate.has_value());
  if (flag.engagement_rate) writer.number(std::bit_cast<uint64_t>(*flag.engagement_rate));
  writer.signed_number(flag.engagement_sample);
  return writer.take();
}

Flag decode_flag(std::string_view value) {
  ByteReader reader(value);
  check_version(reader.number(), flag_version, "flag");
  Flag flag;
  flag.id = reader.number();
  flag.at = reader.time();
  flag.kind = read_enum(reader, FlagKind::found);
  flag.key = read_key(reader);
  flag.ladder = reader.text();
  flag.band = reader.text();
  flag.account = AccountId(std::string(reader.text()));
  flag.handle = reader.text();
  flag.url = reader.text();
  flag.source = reader.text();
  flag.followers = reader.signed_number();
  flag.followers_before = reader.count();
  flag.as_of = reader.time();
  flag.provenance = static_cast<Provenance>(reader.number_up_to(3));
  for (uint64_t left = reader.number_up_to(niches_max); left > 0; --left) {
    flag.niches.emplace_back(reader.text());
  }
  if (reader.flag()) flag.engagement_rate = std::bit_cast<double>(reader.number());
  flag.engagement_sample = reader.signed_number();
  check(reader, "flag");
  return flag;
}

std::string encode(const CountsReading& reading) {
  ByteWriter writer;
  write(writer, reading);
  return writer.take();
}

CountsReading decode_reading(std::string_view value) {
  ByteReader reader(value);
  CountsReading reading = read_counts_reading(reader);
  check(reader, "reading");
  return reading;
}

std::string encode(const StoreCounts& counts) {
  ByteWriter writer;
  writer.signed_number(counts.accounts);
  writer.signed_number(counts.posts);
  writer.signed_number(counts.flags);
  writer.signed_number(counts.unread);
  return writer.take();
}

StoreCounts decode_counts(std::string_view value) {
  ByteReader reader(value);
  StoreCounts counts;
  counts.accounts = reader.signed_number();
  counts.posts = reader.signed_number();
  counts.flags = reader.signed_number();
  counts.unread = reader.signed_number();
  check(reader, "row of counts");
  return counts;
}

std::string encode(const TagUse& use) {
  ByteWriter writer;
  writer.signed_number(use.posts);
  writer.time(use.last_seen_at);
  writer.number(use.days.size());
  for (const TagUse::Day& day : use.days) {
    writer.signed_number(day.day);
    writer.signed_number(day.posts);
  }
  return writer.take();
}

TagUse decode_tag_use(std::string_view value) {
  ByteReader reader(value);
  TagUse use;
  use.posts = reader.signed_number();
  use.last_seen_at = reader.time();
  use.days.resize(reader.number_up_to(TagUse::days_kept));
  for (TagUse::Day& day : use.days) {
    day.day = static_cast<int32_t>(reader.signed_number());
    day.posts = reader.signed_number();
  }
  check(reader, "row of a tag");
  return use;
}

std::string encode(const Tombstone& tombstone) {
  ByteWriter writer;
  writer.number(static_cast<uint64_t>(tombstone.reason));
  writer.time(tombstone.at);
  return writer.take();
}

Tombstone decode_tombstone(std::string_view value) {
  ByteReader reader(value);
  Tombstone tombstone;
  tombstone.reason = read_enum(reader, GoneReason::forgotten);
  tombstone.at = reader.time();
  check(reader, "tombstone");
  return tombstone;
}

std::string encode_number(uint64_t number) {
  ByteWriter writer;
  writer.number(number);
  return writer.take();
}

uint64_t decode_number(std::string_view value) {
  ByteReader reader(value);
  const uint64_t number = reader.number();
  check(reader, "number");
  return number;
}

std::string encode_signed(int64_t number) {
  ByteWriter writer;
  writer.signed_number(number);
  return writer.take();
}

int64_t decode_signed(std::string_view value) {
  ByteReader reader(value);
  const int64_t number = reader.signed_number();
  check(reader, "number");
  return number;
}

std::string add(Column column, std::string_view left, std::string_view right) {
  if (column == Column::index) return encode_signed(decode_signed(left) + decode_signed(right));
  assert(column == Column::sums);
  AccountSums sums = decode_sums(left);
  sums.add(decode_sums(right));
  return encode(sums);
}

}  // namespace tagscout::records
