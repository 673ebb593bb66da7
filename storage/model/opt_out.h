// Wishes not to be watched, as bits. The values are stored on disk: never renumber.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tagscout {

enum class OptOut : uint16_t {
  noindex = 1 << 0,
  not_discoverable = 1 << 1,
  no_unauth = 1 << 2,
  locked = 1 << 3,
  nobot_tag = 1 << 4,
  label_hide = 1 << 5,
  vanish = 1 << 6,
  deleted = 1 << 7,
  suspended = 1 << 8,
  operator_list = 1 << 9,
};

// A set of OptOut bits.
class OptOuts {
 public:
  OptOuts() = default;
  explicit OptOuts(uint16_t bits) : bits_(bits) {}
  uint16_t bits() const { return bits_; }
  bool has(OptOut bit) const { return (bits_ & static_cast<uint16_t>(bit)) != 0; }
  void set(OptOut bit, bool on = true) {
    const auto mask = static_cast<uint16_t>(bit);
    bits_ = static_cast<uint16_t>(on ? bits_ | mask : bits_ & ~mask);
  }
  bool operator==(const OptOuts&) const = default;

 private:
  uint16_t bits_ = 0;
};

// The lower-case name of one bit: "noindex", "no_unauth", …
std::string_view opt_out_name(OptOut bit);

// The names of all bits that are set, in the order of the enumeration.
std::vector<std::string_view> opt_out_names(OptOuts opt_outs);

// Why an account is gone. The values are stored on disk: never renumber.
enum class GoneReason : uint8_t {
  deleted = 1,        // for ever
  deactivated = 2,    // until the stream says active, or its home shows a post of it
  suspended = 3,      // likewise
  noindex = 4,        // until the operator lifts it
  label = 5,          // likewise: !no-unauthenticated, !hide, !takedown
  bio_marker = 6,     // likewise
  operator_list = 7,  // until the operator lifts it
  vanish = 8,         // for ever
  forgotten = 9,      // for ever
};

std::string_view gone_reason_name(GoneReason reason);

}  // namespace tagscout
