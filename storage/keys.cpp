#include "storage/keys.h"

#include <sodium/crypto_shorthash.h>

#include <algorithm>
#include <cassert>
#include <cstring>

namespace tagscout {
namespace {

void append_number(std::string& key, uint64_t value, size_t bytes) {
  for (size_t i = bytes; i-- > 0;) key.push_back(static_cast<char>(value >> (8 * i)));
}

uint64_t read_number(std::string_view key, size_t at, size_t bytes) {
  assert(at + bytes <= key.size());
  uint64_t value = 0;
  for (size_t i = 0; i < bytes; ++i) value = value << 8 | static_cast<uint8_t>(key[at + i]);
  return value;
}

// The sign bit is turned round, so that moments before 1970 sort before those after it.
constexpr uint64_t sign_bit = uint64_t{1} << 63;

void append_time(std::string& key, Time time) {
  append_number(key, static_cast<uint64_t>(to_us(time)) ^ sign_bit, 8);
}

Time read_time(std::string_view key, size_t at) {
  return time_from_us(static_cast<int64_t>(read_number(key, at, 8) ^ sign_bit));
}

void append_account(std::string& key, const AccountKey& account) {
  key.append(reinterpret_cast<const char*>(account.bytes.data()), account.bytes.size());
}

AccountKey read_account(std::string_view key, size_t at) {
  AccountKey account;
  assert(at + account.bytes.size() <= key.size());
  std::memcpy(account.bytes.data(), key.data() + at, account.bytes.size());
  return account;
}

std::string prefixed(std::string_view kind, std::string_view rest) {
  return std::string(kind).append(rest);
}

}  // namespace

KeyHasher::KeyHasher(std::string_view secret) {
  assert(secret.size() >= secret_.size());
  std::memcpy(secret_.data(), secret.data(), secret_.size());
}

std::array<uint8_t, 16> KeyHasher::hash(char kind, std::string_view text) const {
  // The kind keeps equal texts of different meaning apart.
  std::string input(1, kind);
  input.append(text);
  std::array<uint8_t, 16> digest{};
  static_assert(crypto_shorthash_siphashx24_BYTES == 16);
  static_assert(crypto_shorthash_siphashx24_KEYBYTES == 16);
  crypto_shorthash_siphashx24(digest.data(), reinterpret_cast<const uint8_t*>(input.data()),
                              input.size(), secret_.data());
  return digest;
}

AccountKey KeyHasher::account(const AccountId& id) const { return {hash('a', id.text())}; }

AccountKey KeyHasher::handle(std::string_view handle) const {
  std::string lower(handle);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
  });
  return {hash('h', lower)};
}

PostKey KeyHasher::post(const AccountKey& author, const PostId& id) const {
  const std::array<uint8_t, 16> digest = hash('p', id.text());
  PostKey key{author, 0};
  for (size_t i = 0; i < sizeof key.post; ++i) key.post = key.post << 8 | digest[i];
  return key;
}

PostKey KeyHasher::post(const AccountId& author, const PostId& id) const {
  return post(account(author), id);
}

namespace keys {

std::string account(const AccountKey& key) {
  std::string bytes;
  append_account(bytes, key);
  return bytes;
}

AccountKey account_of(std::string_view key) { return read_account(key, 0); }

std::string post(const PostKey& key) {
  std::string bytes = account(key.account);
  append_number(bytes, key.post, 8);
  return bytes;
}

PostKey post_of(std::string_view key) { return {read_account(key, 0), read_number(key, 16, 8)}; }

std::string index(IndexKind kind, NameId name) {
  std::string bytes(1, static_cast<char>(kind));
  append_number(bytes, name, 4);
  return bytes;
}

std::string index(IndexKind kind, NameId name, const AccountKey& account) {
  std::string bytes = index(kind, name);
  append_account(bytes, account);
  return bytes;
}

std::string band(const BandState& state) {
  std::string bytes = index(IndexKind::band, state.ladder);
  append_number(bytes, static_cast<uint64_t>(state.from), 8);
  return bytes;
}

std::string band(const BandState& state, const AccountKey& account) {
  std::string bytes = band(state);
  append_account(bytes, account);
  return bytes;
}

AccountKey index_account(std::string_view key) {
  assert(key.size() >= 16);
  return read_account(key, key.size() - 16);
}

std::string handle(const AccountKey& handle_hash) { return account(handle_hash); }

std::string handle(const AccountKey& handle_hash, const AccountKey& account) {
  std::string bytes = handle(handle_hash);
  append_account(bytes, account);
  return bytes;
}

std::string due_host(DueKind kind, NameId host) {
  std::string bytes(1, static_cast<char>(kind));
  append_number(bytes, host, 4);
  return bytes;
}

std::string due_urgency(DueKind kind, NameId host, uint8_t urgency) {
  std::string bytes = due_host(kind, host);
  bytes.push_back(static_cast<char>(urgency));
  return bytes;
}

std::string due(const RefreshPlan& plan, const AccountKey& key) {
  std::string bytes = due_urgency(DueKind::account, plan.host, plan.urgency);
  append_time(bytes, plan.due_at);
  append_account(bytes, key);
  return bytes;
}

std::string due(const RereadPlan& plan, const PostKey& key) {
  std::string bytes = due_urgency(DueKind::post, plan.host, 0);
  append_time(bytes, plan.due_at);
  bytes.append(post(key));
  return bytes;
}

Due due_of(std::string_view key) {
  Due due;
  due.kind = static_cast<DueKind>(key[0]);
  due.host = static_cast<NameId>(read_number(key, 1, 4));
  due.urgency = static_cast<uint8_t>(key[5]);
  due.at = read_time(key, 6);
  due.key.account = read_account(key, 14);
  if (due.kind == DueKind::post) due.key.post = read_number(key, 30, 8);
  return due;
}

std::string flag(uint64_t id) {
  std::string bytes;
  append_number(bytes, id, 8);
  return bytes;
}

uint64_t flag_of(std::string_view key) { return read_number(key, 0, 8); }

std::string reading(const AccountKey& account, Stamp stamp) {
  std::string bytes = keys::account(account);
  append_number(bytes, stamp.value(), 8);
  return bytes;
}

std::string name_by_id(NameKind kind, NameId id) {
  std::string bytes{'i', static_cast<char>(kind)};
  append_number(bytes, id, 4);
  return bytes;
}

std::string name_by_text(NameKind kind, std::string_view text) {
  return std::string{'n', static_cast<char>(kind)}.append(text);
}

// A name in a key is ended by NUL, which names of sources and feeds cannot contain.
std::string cursors_of(std::string_view source) {
  return prefixed("cursor/", source).append(1, '\0');
}

std::string cursor(std::string_view source, std::string_view feed) {
  return cursors_of(source).append(feed);
}

std::string tombstones() { return "gone/"; }

std::string tombstone(const AccountKey& account) {
  std::string bytes = tombstones();
  append_account(bytes, account);
  return bytes;
}

std::string tag_uses(NameId tag) {
  std::string bytes = "tag/";
  append_number(bytes, tag, 4);
  return bytes;
}

std::string tag_use(NameId tag, NameId source) {
  std::string bytes = tag_uses(tag);
  append_number(bytes, source, 4);
  return bytes;
}

NameId tag_use_source(std::string_view key) {
  return static_cast<NameId>(read_number(key, key.size() - 4, 4));
}

std::string watched(NameId tag) {
  std::string bytes = "watched/";
  append_number(bytes, tag, 4);
  return bytes;
}

std::string returned(const AccountKey& account) {
  std::string bytes = "back/";
  append_account(bytes, account);
  return bytes;
}

std::string heir(const AccountKey& account) {
  std::string bytes = "heir/";
  append_account(bytes, account);
  return bytes;
}

std::string unused(std::string_view source, std::string_view feed) {
  return prefixed("unused/", source).append(1, '\0').append(feed);
}

std::string pending() { return "pending/"; }

std::string pending(const AccountKey& handle_hash) {
  std::string bytes = pending();
  append_account(bytes, handle_hash);
  return bytes;
}

std::string pending(const AccountKey& handle_hash, uint64_t post) {
  std::string bytes = pending(handle_hash);
  append_number(bytes, post, 8);
  return bytes;
}

std::string pause(std::string_view source) { return prefixed("pause/", source); }

std::string ladder(std::string_view name) { return prefixed("ladder/", name); }

std::string next_name(NameKind kind) {
  return prefixed("next_name/", std::string_view(reinterpret_cast<const char*>(&kind), 1));
}

}  // namespace keys
}  // namespace tagscout
