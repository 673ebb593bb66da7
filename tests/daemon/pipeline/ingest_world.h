// A store with an ingest on top, and short words for what goes in and what is found afterwards.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/pipeline/ingest.h"
#include "tests/daemon/pipeline/sightings.h"
#include "tests/daemon/pipeline/temporary_store.h"

namespace tagscout {

// The default ladder, of which micro is watched, and two niches.
IngestOptions usual_options();

class IngestWorld {
 public:
  explicit IngestWorld(IngestOptions options_in = usual_options());

  // Adds events to the open window, as one batch of that source at the present moment.
  void see(std::vector<Event> events, const std::string& source = "one.test");
  // Writes the open window.
  WindowEffects commit();
  // Both.
  WindowEffects step(std::vector<Event> events, const std::string& source = "one.test");
  // Lets time pass first.
  WindowEffects later(Duration duration, std::vector<Event> events);
  // Loses the open window and begins anew from the store; with other options if given.
  void restart(std::optional<IngestOptions> options_in = std::nullopt);

  const Database& database() { return store.database(); }
  AccountKey key(const std::string& name) const;
  std::optional<AccountFacts> account(const std::string& name);
  // The facts of an account that is expected to be there; empty ones if it is not.
  AccountFacts facts(const std::string& name) { return account(name).value_or(AccountFacts{}); }
  AccountSums sums(const std::string& name);
  // Posts of an account by tag or niche, from its sums.
  std::map<std::string, int64_t> tags(const std::string& name);
  std::map<std::string, int64_t> niches(const std::string& name);
  std::optional<PostRecord> record(const std::string& author, int number);
  std::optional<PostStub> stub(const std::string& author, int number);
  std::vector<std::string> tags_of(const std::string& author, int number);
  std::vector<Flag> flags();
  // "kind band followers" of every flag, in order of id.
  std::vector<std::string> flag_lines();
  StoreCounts counts();
  // Accounts and posts as counted by walking over the store, with unread accounts and flags.
  StoreCounts counted();
  // When the account is to be asked about again, from now.
  Duration account_due(const std::string& name);
  Duration post_due(const std::string& author, int number);
  // Rows of the queue that stand for the account or one of its posts.
  size_t queue_entries(const std::string& name);
  // Rows, of any column, that hold the text in key or value.
  size_t rows_with(const std::string& text);

  IngestOptions options;
  TemporaryStore store;
  KeyHasher hasher;
  std::unique_ptr<Ingest> ingest;
  Time now = noon;
  bool clock_right = true;
};

}  // namespace tagscout
