// Values as bytes: variable-length numbers (LEB128, signed ones zigzag), texts with their length,
// and presence bits. Used by every stored record and by the batch codec.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/model/time.h"

namespace tagscout {

class ByteWriter {
 public:
  void number(uint64_t value) {
    while (value >= 0x80) {
      bytes_.push_back(static_cast<char>(value | 0x80));
      value >>= 7;
    }
    bytes_.push_back(static_cast<char>(value));
  }
  void signed_number(int64_t value) {
    number(static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63));
  }
  void text(std::string_view value) {
    number(value.size());
    bytes_.append(value);
  }
  void time(Time value) { signed_number(to_us(value)); }
  void flag(bool value) { bytes_.push_back(value ? 1 : 0); }
  // Absent is 0, a value v >= 0 is v + 1: counts are never negative.
  void count(const std::optional<int64_t>& value) {
    number(value ? static_cast<uint64_t>(*value) + 1 : 0);
  }

  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Reads what ByteWriter wrote. After a read beyond the end, or of a malformed number, ok() is false
// and every further value is empty; nothing throws.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  uint64_t number() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (at_ >= bytes_.size()) break;
      const auto byte = static_cast<uint8_t>(bytes_[at_++]);
      if (shift == 63 && byte > 1) break;
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    return fail();
  }
  int64_t signed_number() {
    const uint64_t value = number();
    return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
  }
  std::string_view text() {
    const uint64_t size = number();
    if (size > bytes_.size() - at_) {
      fail();
      return {};
    }
    at_ += size;
    return bytes_.substr(at_ - size, size);
  }
  Time time() { return time_from_us(signed_number()); }
  bool flag() {
    const uint64_t value = number();
    if (value > 1) fail();
    return value == 1;
  }
  std::optional<int64_t> count() {
    const uint64_t value = number();
    if (value == 0) return std::nullopt;
    if (value - 1 > static_cast<uint64_t>(INT64_MAX)) {
      fail();
      return std::nullopt;
    }
    return static_cast<int64_t>(value - 1);
  }
  // A number that is at most `limit`; anything larger is malformed.
  uint64_t number_up_to(uint64_t limit) {
    const uint64_t value = number();
    return value <= limit ? value : fail();
  }

  // Marks the bytes as malformed, for who finds a value that cannot be.
  void refuse() { fail(); }

  bool ok() const { return ok_; }
  bool at_end() const { return at_ == bytes_.size(); }

 private:
  uint64_t fail() {
    ok_ = false;
    at_ = bytes_.size();
    return 0;
  }

  std::string_view bytes_;
  size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace tagscout
