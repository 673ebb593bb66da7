// Turns batches into records: the only writer of the store. Deterministic: what it writes is a
// function of the stored state, the batches in order and the options.
#pragma once

#include <optional>
#include <string>

#include "crawlers/batch.h"
#include "daemon/pipeline/account_ingest.h"
#include "daemon/pipeline/ingest_options.h"
#include "daemon/pipeline/pending_posts.h"
#include "daemon/pipeline/post_ingest.h"
#include "daemon/pipeline/workspace.h"

namespace tagscout {

class Ingest {
 public:
  // Makes its caches from the store; where a ladder is not the one that the stored states were made
  // with, recomputes them, silently. Both arguments outlive it. Throws DatabaseError.
  Ingest(Database& database, const IngestOptions& options);
  Ingest(const Ingest&) = delete;
  Ingest& operator=(const Ingest&) = delete;

  // Adds a batch to the open window. Throws DatabaseError.
  void apply(const Batch& batch);

  // Purges an account for the operator. False if it is not known.
  bool ignore(const AccountId& id, Time now);
  // Lifts an operator's ignore or a wish that waits for one. False if there is none.
  bool allow(const AccountId& id);
  // Remembers whether a source is paused.
  void set_paused(const std::string& source, bool paused);

  // How much the open window holds: keys to be written and stamps given.
  size_t window_size() const { return workspace_.size(); }

  // Writes the open window, synced. After a DatabaseError this object is to be thrown away and made
  // anew: whether the window is on disk only the store can tell.
  WindowEffects commit() {
    posts_.flush();
    return workspace_.commit();
  }

 private:
  void recompute_bands();
  // What waits for the handles of accounts that have just gone goes with them.
  void forget_purged();
  // Marks the cursors of feeds that the batch's source no longer reads, and drops those that have
  // long been marked.
  void retire_cursors(const Batch& batch);

  const IngestOptions& options_;
  Workspace workspace_;
  AccountIngest accounts_;
  PostIngest posts_;
  PendingPosts pending_;
};

}  // namespace tagscout
