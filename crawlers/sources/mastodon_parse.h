// What the Mastodon API answers, as sightings. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawlers/error.h"
#include "crawlers/event.h"

namespace tagscout {

// Who answered, and how far that can be believed.
struct MastodonView {
  std::string server;  // scheme and authority of the server that was asked
  std::string domain;  // of the handles of its own accounts; empty = they are left out
  bool stale = false;  // the answer came from a cache: nothing in it is an origin's
  std::vector<std::string> bridges;  // hosts of copies from another network
  bool zero_may_hide = true;         // see MastodonDialect; of a home that was asked what it is
  bool classic_actors = false;       // see MastodonDialect
};

// One row of a timeline.
struct MastodonStatus {
  std::string id;  // at the server that was asked: for paging alone
  std::optional<Time> created_at;
  std::optional<Event> event;  // nothing if the row was dropped
  bool shown = true;           // to everybody
};

// One account of a list.
struct MastodonAccount {
  std::string id;              // at the server that was asked
  std::optional<Event> event;  // nothing if it could not be read
};

// Rows in the order of the answer. Rows without an id are only counted.
struct MastodonPage {
  std::vector<MastodonStatus> rows;
  std::map<std::string, int64_t> dropped;  // "protocol", "visibility"
};

// What an instance says of itself.
struct MastodonInstance {
  std::string domain;  // empty if it does not say
};

// GET /api/v1/timelines/tag/{tag}. `tag` is the exact key of the tag that was asked for. A boost
// stands for what it boosts. Fails with protocol if the answer is no timeline.
Result<MastodonPage> parse_timeline(std::string_view body, std::string_view tag,
                                    const MastodonView& view);

// GET /api/v1/statuses/{id}: nothing if the post is there but not public. An author suspended at
// home comes out as AccountGone in place of the post.
Result<std::optional<Event>> parse_status(std::string_view body, const MastodonView& view);

// GET /api/v1/accounts/{id} or /lookup. AccountGone if its home has suspended it.
Result<Event> parse_account(std::string_view body, const MastodonView& view);

// GET /api/v1/accounts?id[]=…: rows without an id are left out.
Result<std::vector<MastodonAccount>> parse_accounts(std::string_view body,
                                                    const MastodonView& view);

// GET /.well-known/webfinger?resource=acct:…: the id of the actor; an empty one if it names none.
Result<AccountId> parse_webfinger(std::string_view body);

// GET /api/v2/instance.
Result<MastodonInstance> parse_instance(std::string_view body);

}  // namespace tagscout
