// Posts whose author is known by handle alone: kept, as they were seen, until somebody finds out
// whose handle it is. Nothing is stored under a handle as if it were an account.
#pragma once

#include <string>
#include <vector>

#include "crawlers/batch.h"
#include "daemon/pipeline/account_ingest.h"
#include "daemon/pipeline/ingest_options.h"
#include "daemon/pipeline/post_ingest.h"
#include "daemon/pipeline/workspace.h"

namespace tagscout {

class PendingPosts {
 public:
  // So many wait at once, and so many of one handle; what comes on top is dropped as "identity".
  static constexpr size_t total_max = 10'000;
  static constexpr size_t handle_max = 200;

  // All outlive it. Throws DatabaseError.
  PendingPosts(Workspace& workspace, AccountIngest& accounts, PostIngest& posts,
               const IngestOptions& options);

  // Keeps a sighting that would be recorded if its author were known.
  void keep(const PostSighting& post, const BatchOrigin& batch);

  // Records what waited for the handle, as of when it was seen; drops it if nobody bears the
  // handle.
  void apply(const HandleResolved& event);

  // Drops what waits for the handle of an account that is gone: it is that account's, if it lives
  // where the account did.
  void forget(const Purged& account);

  // The handles that something in the store waits for.
  static std::vector<std::string> handles(const Reader& reader);

 private:
  // user@domain, where the domain may be asked who that is.
  bool may_resolve(const std::string& handle) const;
  void record(Batch waiting, const AccountId& author);
  void drop();

  Workspace& workspace_;
  AccountIngest& accounts_;
  PostIngest& posts_;
  const IngestOptions& options_;
  size_t total_ = 0;
};

}  // namespace tagscout
