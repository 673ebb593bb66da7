// What sightings of posts change: records, contributions, and when to read again.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crawlers/batch.h"
#include "crawlers/tag.h"
#include "daemon/pipeline/account_ingest.h"
#include "daemon/pipeline/ingest_options.h"
#include "daemon/pipeline/tag_ledger.h"
#include "daemon/pipeline/workspace.h"

namespace tagscout {

class PostIngest {
 public:
  // All outlive it.
  PostIngest(Workspace& workspace, AccountIngest& accounts, const IngestOptions& options);

  // What comes before the events of a batch, and before the commit of the window.
  void begin(const BatchOrigin& batch) { ledger_.begin(batch.now, batch.clock_right); }
  void flush() { ledger_.flush(); }

  void apply(const PostSighting& event, const BatchOrigin& batch);
  void apply(const PostDeleted& event);
  void apply(const PostMissing& event, const BatchOrigin& batch);
  void apply(const PostUnreadable& event, const BatchOrigin& batch);

  // Whether the post carries a watched tag.
  bool watches(const PostSighting& post) const { return !niches_of(post).empty(); }

 private:
  // A post that is known, with its account.
  struct Known {
    AccountEntry* account;
    PostKey key;
    PostRecord record;
  };
  std::optional<Known> find(const AccountId& author, const PostId& id);

  // The niches of a post, of those its tags match; empty if no watched tag does.
  std::vector<std::string> niches_of(const PostSighting& post) const;
  void record_new(const PostSighting& post, const std::vector<std::string>& niches,
                  const BatchOrigin& batch);
  void put_new(AccountEntry& account, const PostSighting& post,
               const std::vector<std::string>& niches, const BatchOrigin& batch);
  void see_again(Known known, const PostSighting& post, const BatchOrigin& batch);
  void take_tags(AccountEntry& account, PostRecord& record, const PostSighting& post);
  void take_niches(PostRecord& record, const std::vector<std::string>& niches);
  void take_counts(PostRecord& record, const PostSighting& post, const BatchOrigin& batch);
  bool precedes_return(const PostSighting& event, const AccountKey& account) const;
  bool flooded(AccountFacts& facts, Time now);
  void count_passed(const PostRecord& record, const BatchOrigin& batch);
  void plan_after(PostRecord& record, const BatchOrigin& batch) const;
  void write(const Known& known, const PostRecord& record);
  void drop(const std::string& reason, int64_t count = 1);

  Workspace& workspace_;
  AccountIngest& accounts_;
  const IngestOptions& options_;
  std::vector<std::pair<std::string, WatchedTags>> niches_;
  TagLedger ledger_;
};

}  // namespace tagscout
