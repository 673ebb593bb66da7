// Reads of the store that the admin API and the exports share: accounts, posts and flags as JSON,
// alone or page by page in order of key.
#pragma once

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/query_objects.h"
#include "storage/keys.h"
#include "storage/model/flag.h"

namespace tagscout {

// A value that the caller gave is not one. what() says why.
class BadQuery : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct BandName {
  std::string ladder = "default";
  std::string name;
};

// The keys of a tag as somebody typed it. `folded` holds on ActivityPub alone, where servers fold.
struct TagFilter {
  std::string exact;
  std::string folded;
};

struct AccountFilter {
  std::optional<Network> network = {};
  std::optional<BandName> band = {};
  std::string niche = {};  // empty = any
  std::optional<TagFilter> tag = {};
};

struct PostFilter {
  std::optional<TagFilter> tag = {};
  std::string account = {};  // id or handle; empty = any
};

struct FlagFilter {
  uint64_t since = 0;  // exclusive
  std::optional<BandName> band = {};
  std::optional<FlagKind> kind = {};
};

struct PageRequest {
  size_t limit = 100;
  std::string cursor;  // of the page before; empty = the first
};

// Flags as lines of JSON, and the last id that was looked at.
struct FlagLines {
  std::string text;
  uint64_t seen = 0;
};

// All functions throw BadQuery for a cursor or band that is none, DatabaseError if the disk fails.
class Query {
 public:
  // All must outlive it. `now` is the moment that ages are counted to.
  Query(const Reader& reader, const KeyHasher& hasher, const QueryOptions& options, Time now)
      : reader_(reader), hasher_(hasher), options_(options), objects_(reader, options, now) {}

  // {"items":[…],"next":…}. Unverified accounts and those that are not discoverable are left out,
  // with their posts and flags. A page may be short, even empty, before the last one.
  std::string accounts(const AccountFilter& filter, const PageRequest& page) const;
  std::string posts(const PostFilter& filter, const PageRequest& page) const;
  std::string flags(const FlagFilter& filter, const PageRequest& page) const;

  // At most `limit` flags after `since`, one line each.
  FlagLines flag_lines(uint64_t since, size_t limit) const;

  // One account with its newest "readings" and "recent_posts"; nothing if it is not known.
  std::optional<std::string> account(std::string_view id_or_handle) const;

  // The plain id of an account; nothing if it is not known. Accounts that lists leave out are
  // found by id only. A leading @ of a handle is accepted.
  std::optional<AccountId> find_account(std::string_view id_or_handle) const;

 private:
  // Which accounts to look at: all, one, or those of some lists of the index.
  struct Selection {
    bool all = true;
    std::optional<AccountKey> only;
    std::vector<std::pair<IndexKind, NameId>> names;
    std::vector<BandState> bands;
  };
  Selection select(const AccountFilter& filter) const;
  Selection select(const TagFilter& tag) const;
  std::vector<BandState> states(const BandName& band) const;
  // The first `count` accounts of the selection from `from` on, ascending.
  std::vector<AccountKey> candidates(const Selection& selection, const AccountKey& from,
                                     size_t count) const;
  // Visits the selected accounts that lists may show, until it returns false.
  using AccountVisitor = std::function<bool(const AccountKey& key, const AccountFacts* facts)>;
  void walk(const Selection& selection, AccountKey from, const AccountVisitor& visit) const;

  bool matches(const AccountFilter& filter, const AccountKey& key, const AccountFacts& facts) const;
  bool in_band(const BandName& band, const AccountFacts& facts) const;
  bool matches(const FlagFilter& filter, const Flag& flag) const;
  bool is_shown(const Flag& flag) const;
  // The numbers of the tag's keys that hold on the network of `id`.
  std::vector<NameId> numbers(const TagFilter& tag, std::string_view id) const;
  std::optional<AccountKey> key_of(std::string_view id_or_handle) const;

  const Reader& reader_;
  const KeyHasher& hasher_;
  const QueryOptions& options_;
  QueryObjects objects_;
};

}  // namespace tagscout
