// What the encoders of records.cpp and records_meta.cpp share; nobody else includes it.
#pragma once

#include <limits>
#include <string>
#include <string_view>

#include "storage/database.h"
#include "storage/model/account.h"
#include "storage/model/bytes.h"

namespace tagscout::records {

// Throws DatabaseError unless the reader has read a whole row, and no more than it.
inline void check(const ByteReader& reader, std::string_view what) {
  if (!reader.ok() || !reader.at_end()) {
    throw DatabaseError("damaged store: a row is no " + std::string(what));
  }
}

// Throws DatabaseError unless the row starts with the expected version.
inline void check_version(uint64_t found, uint64_t expected, std::string_view what) {
  if (found != expected) {
    throw DatabaseError("damaged store: a row is no " + std::string(what) + " but starts with " +
                        std::to_string(found));
  }
}

// A number that fits `Number`; a larger one is malformed, so that damage is not read as a name.
template <class Number>
Number read_number(ByteReader& reader) {
  return static_cast<Number>(reader.number_up_to(std::numeric_limits<Number>::max()));
}

// An account key inside a record.
void write(ByteWriter& writer, const AccountKey& key);
AccountKey read_key(ByteReader& reader);

// A reading inside a larger record. One that never was takes a single byte.
void write(ByteWriter& writer, const CountsReading& reading);
CountsReading read_counts_reading(ByteReader& reader);

}  // namespace tagscout::records
