#include "tests/daemon/pipeline/ingest_world.h"

#include <algorithm>

#include "storage/account_store.h"
#include "storage/flag_store.h"
#include "storage/meta_store.h"
#include "storage/name_store.h"
#include "storage/post_store.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;

Band band(std::string name, int64_t from, std::optional<int64_t> to, bool watch = false) {
  Band result;
  result.name = std::move(name);
  result.from = from;
  result.to = to;
  result.watch = watch;
  return result;
}

std::map<std::string, int64_t> named(const Database& database, NameKind kind,
                                     const std::map<NameId, int64_t>& counts) {
  std::map<std::string, int64_t> result;
  for (const auto& [id, count] : counts) result[names::text(database, kind, id)] = count;
  return result;
}

}  // namespace

IngestOptions usual_options() {
  IngestOptions options;
  options.bands = {band("nano", 1'000, 10'000), band("micro", 10'000, 100'000, true),
                   band("mid", 100'000, 500'000), band("macro", 500'000, std::nullopt)};
  options.niches = {{"slow-fashion", {"slowfashion", "mendedclothes"}}, {"garden", {"gardening"}}};
  options.reread_after = {1h, 24h, 72h};
  return options;
}

IngestWorld::IngestWorld(IngestOptions options_in)
    : options(std::move(options_in)),
      hasher(store.database().secret()),
      ingest(std::make_unique<Ingest>(store.database(), options)) {}

void IngestWorld::see(std::vector<Event> events, const std::string& source) {
  Batch batch;
  batch.source = source;
  batch.now = now;
  batch.clock_right = clock_right;
  batch.events = std::move(events);
  ingest->apply(batch);
}

WindowEffects IngestWorld::commit() { return ingest->commit(); }

WindowEffects IngestWorld::step(std::vector<Event> events, const std::string& source) {
  see(std::move(events), source);
  return commit();
}

WindowEffects IngestWorld::later(Duration duration, std::vector<Event> events) {
  now += duration;
  return step(std::move(events));
}

void IngestWorld::restart(std::optional<IngestOptions> options_in) {
  ingest.reset();
  if (options_in) options = *std::move(options_in);
  store.reopen();
  ingest = std::make_unique<Ingest>(store.database(), options);
}

AccountKey IngestWorld::key(const std::string& name) const { return hasher.account(person(name)); }

std::optional<AccountFacts> IngestWorld::account(const std::string& name) {
  return accounts::facts(database(), key(name));
}

AccountSums IngestWorld::sums(const std::string& name) {
  return accounts::sums(database(), key(name));
}

std::map<std::string, int64_t> IngestWorld::tags(const std::string& name) {
  return named(database(), NameKind::tag, sums(name).tags);
}

std::map<std::string, int64_t> IngestWorld::niches(const std::string& name) {
  return named(database(), NameKind::niche, sums(name).niches);
}

std::optional<PostRecord> IngestWorld::record(const std::string& author, int number) {
  return posts::row(database(), hasher.post(person(author), post_id(author, number))).record;
}

std::optional<PostStub> IngestWorld::stub(const std::string& author, int number) {
  return posts::row(database(), hasher.post(person(author), post_id(author, number))).stub;
}

std::vector<std::string> IngestWorld::tags_of(const std::string& author, int number) {
  std::vector<std::string> result;
  const std::optional<PostRecord> found = record(author, number);
  if (!found) return result;
  for (const NameId tag : found->tags) {
    result.push_back(names::text(database(), NameKind::tag, tag));
  }
  std::sort(result.begin(), result.end());
  return result;
}

std::vector<Flag> IngestWorld::flags() {
  std::vector<Flag> result;
  flags::for_each(database(), 0, [&](const Flag& flag) {
    result.push_back(flag);
    return true;
  });
  return result;
}

std::vector<std::string> IngestWorld::flag_lines() {
  std::vector<std::string> result;
  for (const Flag& flag : flags()) {
    result.push_back(std::string(flag_kind_name(flag.kind)) + " " + flag.band + " " +
                     std::to_string(flag.followers));
  }
  return result;
}

StoreCounts IngestWorld::counts() { return meta::counts(database()); }

StoreCounts IngestWorld::counted() {
  StoreCounts result;
  accounts::for_each(database(), {}, [&](const AccountKey&, const AccountFacts& facts) {
    ++result.accounts;
    if (!facts.origin_error.empty()) ++result.unread;
    return true;
  });
  posts::for_each(database(), {}, [&](const PostKey&, const PostRecord&) {
    ++result.posts;
    return true;
  });
  result.flags = static_cast<int64_t>(flags().size());
  return result;
}

Duration IngestWorld::account_due(const std::string& name) {
  return facts(name).refresh.due_at - now;
}

Duration IngestWorld::post_due(const std::string& author, int number) {
  const std::optional<PostRecord> found = record(author, number);
  if (!found || found->reread.host == 0) return Duration::max();
  return found->reread.due_at - now;
}

size_t IngestWorld::queue_entries(const std::string& name) {
  size_t found = 0;
  database().scan(Column::due, {}, {}, [&](std::string_view row, std::string_view) {
    if (keys::due_of(row).key.account == key(name)) ++found;
    return true;
  });
  return found;
}

size_t IngestWorld::rows_with(const std::string& text) {
  size_t found = 0;
  for (size_t column = 0; column < column_count; ++column) {
    database().scan(static_cast<Column>(column), {}, {},
                    [&](std::string_view row, std::string_view value) {
                      const bool holds = row.find(text) != std::string_view::npos ||
                                         value.find(text) != std::string_view::npos;
                      if (holds) ++found;
                      return true;
                    });
  }
  return found;
}

}  // namespace tagscout
