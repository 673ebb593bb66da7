// THE table of on-disk keys: how each is built and taken apart. FORMAT.md shows the bytes. All are
// of fixed width and big-endian, so that rows sort; the account part is a keyed hash, so that no
// key names anybody.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "storage/model/account.h"
#include "storage/model/ids.h"
#include "storage/model/post.h"
#include "storage/model/time.h"

namespace tagscout {

// Hashes ids under the store's secret (SipHash-2-4, 128 bit; Aumasson and Bernstein 2012).
class KeyHasher {
 public:
  // `secret` holds at least 16 bytes.
  explicit KeyHasher(std::string_view secret);
  AccountKey account(const AccountId& id) const;
  // `handle` is compared in lower case.
  AccountKey handle(std::string_view handle) const;
  PostKey post(const AccountKey& author, const PostId& id) const;
  PostKey post(const AccountId& author, const PostId& id) const;

 private:
  std::array<uint8_t, 16> hash(char kind, std::string_view text) const;
  std::array<uint8_t, 16> secret_{};
};

// Dictionaries of names; the values are stored on disk.
enum class NameKind : char { tag = 't', niche = 'n', host = 'h', ladder = 'l', source = 's' };

// Lists of accounts; the values are stored on disk.
enum class IndexKind : char { tag = 't', niche = 'n', band = 'b' };

namespace keys {

// Column::account and Column::sums: the account's 16 bytes.
std::string account(const AccountKey& key);
AccountKey account_of(std::string_view key);

// Column::post: account, then the post's 8 bytes.
std::string post(const PostKey& key);
PostKey post_of(std::string_view key);

// Column::index: kind, number of the name, account. For bands the number is the ladder's and is
// followed by the band's lower edge (8 bytes).
std::string index(IndexKind kind, NameId name);
std::string index(IndexKind kind, NameId name, const AccountKey& account);
std::string band(const BandState& state);
std::string band(const BandState& state, const AccountKey& account);
// The account at the end of an index key.
AccountKey index_account(std::string_view key);

// Column::handle: hash of the handle, account. The value is the stamp of its confirmation.
std::string handle(const AccountKey& handle_hash);
std::string handle(const AccountKey& handle_hash, const AccountKey& account);

// Column::due: what, host, urgency, due time, account or post key. Posts have urgency 0.
enum class DueKind : char { account = 'a', post = 'p' };
std::string due_host(DueKind kind, NameId host);
std::string due_urgency(DueKind kind, NameId host, uint8_t urgency);
std::string due(const RefreshPlan& plan, const AccountKey& key);
std::string due(const RereadPlan& plan, const PostKey& key);
struct Due {
  DueKind kind = DueKind::account;
  NameId host = 0;
  uint8_t urgency = 0;
  Time at{};
  PostKey key;  // of an account, only its account part
};
Due due_of(std::string_view key);

// Column::flag: the flag's id, 8 bytes.
std::string flag(uint64_t id);
uint64_t flag_of(std::string_view key);

// Column::reading: account, stamp.
std::string reading(const AccountKey& account, Stamp stamp);

// Column::name: 'i' kind number → name, and 'n' kind name → number.
std::string name_by_id(NameKind kind, NameId id);
std::string name_by_text(NameKind kind, std::string_view text);

// Column::meta.
inline constexpr std::string_view format = "format";        // version of the layout
inline constexpr std::string_view secret = "secret";        // 32 bytes
inline constexpr std::string_view window = "window";        // number of the last commit window
inline constexpr std::string_view next_flag = "next_flag";  // id of the next flag
inline constexpr std::string_view counts = "counts";        // StoreCounts
std::string cursor(std::string_view source, std::string_view feed);
std::string cursors_of(std::string_view source);  // prefix of them
std::string tombstone(const AccountKey& account);
std::string tombstones();          // prefix of all
std::string tag_uses(NameId tag);  // prefix of all of one spelling
std::string tag_use(NameId tag, NameId source);
NameId tag_use_source(std::string_view key);
std::string watched(NameId tag);
std::string returned(const AccountKey& account);  // value: the event that said so
std::string heir(const AccountKey& account);      // value: who moved to it
std::string unused(std::string_view source, std::string_view feed);
// Posts whose author is known by handle alone: the handle's hash, then the post's.
std::string pending();  // prefix of all
std::string pending(const AccountKey& handle_hash);
std::string pending(const AccountKey& handle_hash, uint64_t post);
std::string pause(std::string_view source);
std::string ladder(std::string_view name);  // fingerprint its states were computed with
std::string next_name(NameKind kind);       // next free number

}  // namespace keys
}  // namespace tagscout
