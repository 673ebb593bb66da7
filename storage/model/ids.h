// Who and what a record is about: networks, account and post ids, and the keys that stand for them
// on disk.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace tagscout {

// One id space of people. The values are stored on disk: never renumber.
enum class Network : uint8_t { activitypub = 1, bluesky = 2, youtube = 3, nostr = 4, x = 5 };

// "activitypub", "bluesky", … as shown to operators.
std::string_view network_name(Network network);

// The network of a name as network_name() gives it; nothing if there is none.
std::optional<Network> network_of_name(std::string_view name);

// "ap", "bluesky", …: the part of an account or post id before its first colon.
std::string_view id_prefix(Network network);

// The network named by the prefix of an account or post id; nothing if there is none.
std::optional<Network> network_of_id(std::string_view id);

// A plain id with its network's prefix. `Kind` only keeps account and post ids apart.
template <class Kind>
class Id {
 public:
  Id() = default;
  explicit Id(std::string text) : text_(std::move(text)) {}
  // `native` is the actor or object URI, the DID or the at:// URI, without prefix.
  Id(Network network, std::string_view native)
      : text_(std::string(id_prefix(network)).append(":").append(native)) {}

  // The whole id: "ap:https://…", "bluesky:did:plc:…".
  const std::string& text() const { return text_; }
  // The id without its prefix.
  std::string_view native() const {
    return std::string_view(text_).substr(std::min(text_.size(), text_.find(':') + 1));
  }
  bool empty() const { return text_.empty(); }
  auto operator<=>(const Id&) const = default;

 private:
  std::string text_;
};

using AccountId = Id<struct AccountKind>;
using PostId = Id<struct PostKind>;

// The 128-bit keyed hash that stands for an account in every key on disk.
struct AccountKey {
  std::array<uint8_t, 16> bytes{};
  auto operator<=>(const AccountKey&) const = default;
};

// An account's key and the 64-bit keyed hash of the post's id.
struct PostKey {
  AccountKey account;
  uint64_t post = 0;
  auto operator<=>(const PostKey&) const = default;
};

// 32 lower-case hex digits.
std::string to_hex(const AccountKey& key);

// The key written as 32 hex digits; nothing if the text is not that.
std::optional<AccountKey> account_key_from_hex(std::string_view text);

// Order of readings, store-wide and strictly growing: the commit window's number and the place in
// it. Zero is before every reading.
class Stamp {
 public:
  Stamp() = default;
  Stamp(uint64_t window, uint16_t index) : value_(window << 16 | index) {}
  explicit Stamp(uint64_t value) : value_(value) {}
  uint64_t value() const { return value_; }
  uint64_t window() const { return value_ >> 16; }
  auto operator<=>(const Stamp&) const = default;

 private:
  uint64_t value_ = 0;
};

}  // namespace tagscout

template <>
struct std::hash<tagscout::AccountKey> {
  // The key is already a keyed hash: its first bytes are as good as any other.
  size_t operator()(const tagscout::AccountKey& key) const noexcept {
    size_t value = 0;
    for (size_t i = 0; i < sizeof value; ++i) value = value << 8 | key.bytes[i];
    return value;
  }
};
