#include "daemon/query.h"

#include <algorithm>
#include <set>

#include "daemon/query_cursor.h"
#include "storage/account_store.h"
#include "storage/flag_store.h"
#include "storage/name_store.h"
#include "storage/post_store.h"

namespace tagscout {
namespace {

// Accounts fetched from the index at a time.
constexpr size_t chunk_size = 256;
// Rows looked at for one page: a filter that matches little gives short pages, not long waits.
constexpr size_t examined_max = 20'000;

// {"items":[…],"next":…} under construction.
class List {
 public:
  explicit List(size_t limit) : limit_(limit) { json_.begin_object().key("items").begin_array(); }

  // Whether another row may be looked at.
  bool may_examine() { return ++examined_ <= examined_max; }
  bool is_full() const { return shown_ == limit_; }

  // For writing one more item.
  JsonWriter& item() {
    ++shown_;
    return json_;
  }

  // Where the next page starts, once this one can take no more.
  void stop(std::string cursor) { next_ = std::move(cursor); }

  std::string take() {
    json_.end_array().key("next").text_or_null(next_).end_object();
    return json_.take();
  }

 private:
  size_t limit_;
  size_t shown_ = 0;
  size_t examined_ = 0;
  std::string next_;
  JsonWriter json_;
};

template <class Key>
Key start(std::string_view cursor, std::optional<Key> (*decode)(std::string_view)) {
  if (cursor.empty()) return Key{};
  const std::optional<Key> key = decode(cursor);
  if (!key) throw BadQuery("cursor: this is none of this list");
  return *key;
}

// The next key in order; nothing after the last.
std::optional<AccountKey> successor(AccountKey key) {
  for (size_t i = key.bytes.size(); i-- > 0;) {
    if (++key.bytes[i] != 0) return key;
  }
  return {};
}

bool counts_any(const std::map<NameId, int64_t>& counts, const std::vector<NameId>& names) {
  return std::any_of(names.begin(), names.end(), [&](NameId name) {
    const auto found = counts.find(name);
    return found != counts.end() && found->second > 0;
  });
}

}  // namespace

std::string Query::accounts(const AccountFilter& filter, const PageRequest& page) const {
  List list(page.limit);
  const AccountKey from = start(page.cursor, query_cursor::account);
  walk(select(filter), from, [&](const AccountKey& key, const AccountFacts* facts) {
    const bool shown = facts && matches(filter, key, *facts);
    if (!list.may_examine() || (shown && list.is_full())) {
      list.stop(query_cursor::of_account(key));
      return false;
    }
    if (shown) objects_.account(list.item(), key, *facts);
    return true;
  });
  return list.take();
}

std::string Query::posts(const PostFilter& filter, const PageRequest& page) const {
  List list(page.limit);
  PostKey from = start(page.cursor, query_cursor::post);
  Selection selection;
  if (filter.tag) selection = select(*filter.tag);
  if (!filter.account.empty()) {
    selection.all = false;
    selection.names.clear();
    selection.only = key_of(filter.account);
  }
  walk(selection, from.account, [&](const AccountKey& key, const AccountFacts* facts) {
    if (!list.may_examine()) {
      list.stop(query_cursor::of_post({.account = key, .post = 0}));
      return false;
    }
    if (!facts) return true;
    bool going_on = true;
    const std::vector<NameId> tags =
        filter.tag ? numbers(*filter.tag, facts->id.text()) : std::vector<NameId>{};
    const uint64_t first = key == from.account ? from.post : 0;
    posts::for_each_of(reader_, key, first, [&](const PostKey& post, const PostRecord& record) {
      const bool shown =
          !filter.tag || std::find_first_of(record.tags.begin(), record.tags.end(), tags.begin(),
                                            tags.end()) != record.tags.end();
      going_on = list.may_examine() && !(shown && list.is_full());
      if (!going_on) list.stop(query_cursor::of_post(post));
      if (going_on && shown) objects_.post(list.item(), facts->id, record);
      return going_on;
    });
    return going_on;
  });
  return list.take();
}

std::string Query::flags(const FlagFilter& filter, const PageRequest& page) const {
  List list(page.limit);
  const uint64_t from = start(page.cursor, query_cursor::flag);
  const uint64_t since = from == 0 ? filter.since : std::max(filter.since, from - 1);
  flags::for_each(reader_, since, [&](const Flag& flag) {
    const bool shown = matches(filter, flag) && is_shown(flag);
    if (!list.may_examine() || (shown && list.is_full())) {
      list.stop(query_cursor::of_flag(flag.id));
      return false;
    }
    if (shown) QueryObjects::flag(list.item(), flag);
    return true;
  });
  return list.take();
}

FlagLines Query::flag_lines(uint64_t since, size_t limit) const {
  FlagLines lines{.text = {}, .seen = since};
  size_t examined = 0;
  flags::for_each(reader_, since, [&](const Flag& flag) {
    lines.seen = flag.id;
    if (is_shown(flag)) {
      JsonWriter json;
      QueryObjects::flag(json, flag);
      lines.text += json.take() + "\n";
    }
    return ++examined < limit;
  });
  return lines;
}

std::optional<std::string> Query::account(std::string_view id_or_handle) const {
  const auto key = key_of(id_or_handle);
  if (!key) return {};
  const auto facts = accounts::facts(reader_, *key);
  if (!facts) return {};
  JsonWriter json;
  objects_.account_in_full(json, *key, *facts);
  return json.take();
}

std::optional<AccountId> Query::find_account(std::string_view id_or_handle) const {
  const auto key = key_of(id_or_handle);
  const auto facts = key ? accounts::facts(reader_, *key) : std::nullopt;
  return facts ? std::optional(facts->id) : std::nullopt;
}

Query::Selection Query::select(const AccountFilter& filter) const {
  // One list is walked, the most telling one; what else was asked for is checked on each account.
  std::vector<BandState> bands;
  if (filter.band) bands = states(*filter.band);  // refuses an unknown band in any case
  if (filter.tag) return select(*filter.tag);
  Selection selection;
  selection.all = filter.niche.empty() && !filter.band;
  if (filter.niche.empty()) {
    selection.bands = std::move(bands);
  } else if (const auto niche = names::find(reader_, NameKind::niche, filter.niche)) {
    selection.names.emplace_back(IndexKind::niche, *niche);
  }
  return selection;
}

Query::Selection Query::select(const TagFilter& tag) const {
  Selection selection;
  selection.all = false;
  for (const std::string& key : std::set<std::string>{tag.exact, tag.folded}) {
    const auto number = names::find(reader_, NameKind::tag, key);
    if (number) selection.names.emplace_back(IndexKind::tag, *number);
  }
  return selection;
}

std::vector<BandState> Query::states(const BandName& wanted) const {
  std::vector<BandState> found;
  const auto ladder = names::find(reader_, NameKind::ladder, wanted.ladder);
  bool is_configured = false;
  for (const Band& band : options_.bands) {
    if (band.ladder != wanted.ladder || band.name != wanted.name) continue;
    is_configured = true;
    if (ladder) found.push_back({.ladder = *ladder, .from = band.from});
  }
  if (!is_configured) throw BadQuery("band: no band " + wanted.ladder + "/" + wanted.name);
  return found;
}

std::vector<AccountKey> Query::candidates(const Selection& selection, const AccountKey& from,
                                          size_t count) const {
  // The first `count` of each list hold the first `count` of their union.
  std::set<AccountKey> found;
  const auto collector = [&]() -> accounts::KeyVisitor {
    return [&found, taken = size_t{0}, count](const AccountKey& key) mutable {
      found.insert(key);
      return ++taken < count;
    };
  };
  if (selection.only && *selection.only >= from) found.insert(*selection.only);
  if (selection.all) {
    accounts::for_each(reader_, from, [visit = collector()](const AccountKey& key, const auto&) {
      return visit(key);
    });
  }
  for (const auto& [kind, name] : selection.names) {
    accounts::for_each_of_name(reader_, kind, name, from, collector());
  }
  for (const BandState& band : selection.bands) {
    accounts::for_each_in_band(reader_, band, from, collector());
  }
  std::vector<AccountKey> keys(found.begin(), found.end());
  if (keys.size() > count) keys.resize(count);
  return keys;
}

void Query::walk(const Selection& selection, AccountKey from, const AccountVisitor& visit) const {
  for (;;) {
    const std::vector<AccountKey> keys = candidates(selection, from, chunk_size);
    for (const AccountKey& key : keys) {
      const auto facts = accounts::facts(reader_, key);
      if (!visit(key, facts && is_listed(*facts) ? &*facts : nullptr)) return;
    }
    if (keys.size() < chunk_size) return;
    const auto next = successor(keys.back());
    if (!next) return;
    from = *next;
  }
}

bool Query::matches(const AccountFilter& filter, const AccountKey& key,
                    const AccountFacts& facts) const {
  if (filter.network && network_of_id(facts.id.text()) != filter.network) return false;
  if (filter.band && !in_band(*filter.band, facts)) return false;
  if (filter.niche.empty() && !filter.tag) return true;
  const AccountSums sums = accounts::sums(reader_, key);
  if (filter.tag && !counts_any(sums.tags, numbers(*filter.tag, facts.id.text()))) return false;
  if (filter.niche.empty()) return true;
  const auto niche = names::find(reader_, NameKind::niche, filter.niche);
  return niche && counts_any(sums.niches, {*niche});
}

bool Query::in_band(const BandName& wanted, const AccountFacts& facts) const {
  const auto ladder = names::find(reader_, NameKind::ladder, wanted.ladder);
  return std::any_of(facts.bands.begin(), facts.bands.end(), [&](const BandState& state) {
    if (!ladder || state.ladder != *ladder) return false;
    const Band* band = find_band(options_.bands, wanted.ladder, state.from, facts.id.text());
    return band && band->name == wanted.name;
  });
}

bool Query::matches(const FlagFilter& filter, const Flag& flag) const {
  if (filter.kind && flag.kind != *filter.kind) return false;
  return !filter.band || (flag.ladder == filter.band->ladder && flag.band == filter.band->name);
}

bool Query::is_shown(const Flag& flag) const {
  const auto facts = accounts::facts(reader_, flag.key);
  return facts && is_listed(*facts);
}

std::vector<NameId> Query::numbers(const TagFilter& tag, std::string_view id) const {
  std::vector<NameId> found;
  const bool folds = network_of_id(id) == Network::activitypub;
  const auto exact = names::find(reader_, NameKind::tag, tag.exact);
  if (exact) found.push_back(*exact);
  const auto folded = folds ? names::find(reader_, NameKind::tag, tag.folded) : std::nullopt;
  if (folded) found.push_back(*folded);
  return found;
}

std::optional<AccountKey> Query::key_of(std::string_view id_or_handle) const {
  if (network_of_id(id_or_handle)) return hasher_.account(AccountId(std::string(id_or_handle)));
  if (id_or_handle.starts_with('@')) id_or_handle.remove_prefix(1);
  const auto key = accounts::by_handle(reader_, hasher_, id_or_handle);
  const auto facts = key ? accounts::facts(reader_, *key) : std::nullopt;
  return facts && is_listed(*facts) ? key : std::nullopt;
}

}  // namespace tagscout
