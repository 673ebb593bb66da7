#include "storage/model/ids.h"

#include <algorithm>

namespace tagscout {
namespace {

struct NetworkNames {
  Network network;
  std::string_view name;
  std::string_view prefix;
};
constexpr std::array<NetworkNames, 5> networks{{
    {Network::activitypub, "activitypub", "ap"},
    {Network::bluesky, "bluesky", "bluesky"},
    {Network::youtube, "youtube", "youtube"},
    {Network::nostr, "nostr", "nostr"},
    {Network::x, "x", "x"},
}};

const NetworkNames& names_of(Network network) { return networks[static_cast<size_t>(network) - 1]; }

int hex_digit(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return -1;
}

}  // namespace

std::string_view network_name(Network network) { return names_of(network).name; }

std::string_view id_prefix(Network network) { return names_of(network).prefix; }

std::optional<Network> network_of_name(std::string_view name) {
  const auto* found = std::find_if(networks.begin(), networks.end(),
                                   [&](const NetworkNames& row) { return row.name == name; });
  if (found == networks.end()) return std::nullopt;
  return found->network;
}

std::optional<Network> network_of_id(std::string_view id) {
  const size_t colon = id.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view prefix = id.substr(0, colon);
  const auto* found = std::find_if(networks.begin(), networks.end(),
                                   [&](const NetworkNames& row) { return row.prefix == prefix; });
  if (found == networks.end()) return std::nullopt;
  return found->network;
}

std::string to_hex(const AccountKey& key) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * key.bytes.size());
  for (const uint8_t byte : key.bytes) {
    text.push_back(digits[byte >> 4]);
    text.push_back(digits[byte & 15]);
  }
  return text;
}

std::optional<AccountKey> account_key_from_hex(std::string_view text) {
  AccountKey key;
  if (text.size() != 2 * key.bytes.size()) return std::nullopt;
  for (size_t i = 0; i < key.bytes.size(); ++i) {
    const int high = hex_digit(text[2 * i]);
    const int low = hex_digit(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    key.bytes[i] = static_cast<uint8_t>(high * 16 + low);
  }
  return key;
}

}  // namespace tagscout
