// A network as the rest of the program sees it: source, origin, and the constant that names both.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/source_section.h"
#include "crawlers/batch.h"
#include "crawlers/chance.h"
#include "crawlers/clock.h"
#include "crawlers/error.h"
#include "crawlers/fetcher.h"
#include "crawlers/server_software.h"
#include "crawlers/web_socket.h"

namespace tagscout {

// What a source or an origin works with; everything outlives it.
struct SourceTools {
  Fetcher& fetcher;
  WebSockets& web_sockets;
  Clock& clock;
  Chance& chance;
  SoftwareProbe& software;
  // What SourceSetup::bridges is to a source, to an origin.
  std::vector<std::string> bridges = {"brid.gy", "bsky.brid.gy", "mostr.pub"};
};

struct SourceSetup {
  SourceSection section;
  std::vector<std::string> tags;              // key_exact of every tag it is read for, ascending
  std::map<std::string, FeedCursor> cursors;  // as last committed, by feed
  std::vector<std::string> bridges;  // hosts, with their subdomains, of copies from other networks
};

// Discovers. Any error destroys it, and a new one is made from the stored cursors.
class Source {
 public:
  virtual ~Source() = default;

  // The next page or stretch of stream, oldest first, with the cursors that cover it. `caught_up`
  // in it says that nothing more is to be had now. Throws only operation_aborted.
  virtual boost::asio::awaitable<Result<Batch>> next() = 0;

  // After a batch that had caught up: how long to ask nothing. Absent: the section's poll.
  virtual std::optional<Duration> rest() const { return std::nullopt; }
  // The address of the stream that is open now, for the operator; empty if none is.
  virtual std::string connected_to() const { return {}; }
};

struct AccountTarget {
  AccountTarget(AccountId id_, std::string handle_, std::string home_id_)
      : id(std::move(id_)), handle(std::move(handle_)), home_id(std::move(home_id_)) {}
  AccountId id;
  std::string handle;
  std::string home_id;
};

struct PostTarget {
  PostTarget(PostId id_, AccountId author_) : id(std::move(id_)), author(std::move(author_)) {}
  PostId id;
  AccountId author;
  std::string url;       // of its page, as its own home said; empty if it has not
  bool missing = false;  // the last answer left it out: to be asked for singly
};

// Reads again, at their home, what is known already.
class Origin {
 public:
  virtual ~Origin() = default;

  // How many of the first targets of a list, which is not empty, one call may carry: at least one.
  virtual size_t accounts_max(const std::string& host,
                              const std::vector<AccountTarget>& targets) const = 0;
  virtual size_t posts_max(const std::string& host,
                           const std::vector<PostTarget>& targets) const = 0;

  // One request (or the few that a first reading takes) to `host`, as home_host() names it. The
  // batch holds one event at least per target: a sighting, or what became of it; a target without
  // one is asked for again soon. An error stands for all of them. Throws only operation_aborted.
  virtual boost::asio::awaitable<Result<Batch>> read_accounts(
      std::string host, std::vector<AccountTarget> targets) = 0;
  virtual boost::asio::awaitable<Result<Batch>> read_posts(std::string host,
                                                           std::vector<PostTarget> targets) = 0;

  // Whom user@domain stands for, where servers may leave that open; an empty id if nobody does. An
  // error means that it may be known later. Throws only operation_aborted.
  virtual boost::asio::awaitable<Result<AccountId>> resolve(std::string handle);
};

// One type of source.
struct SourceType {
  SourceSchema schema;
  Network network;
  // Whose homes its origin reads, as nodeinfo names them; empty: all that no other type names.
  std::vector<std::string_view> software;
  std::unique_ptr<Source> (*make_source)(SourceSetup setup, SourceTools tools);
  // Of all configured sources of this type, for their tokens and addresses.
  std::unique_ptr<Origin> (*make_origin)(const std::vector<SourceSection>&, SourceTools tools);
  // Hosts that a source's own requests go to, as Url::origin().
  std::vector<std::string> (*hosts)(const SourceSection& section);
};

// Every type there is, in order of name. crawlers/registry.cpp holds the array.
const std::vector<const SourceType*>& source_types();

// The type of that name, or null.
const SourceType* find_source_type(std::string_view name);

// The queue in which an account or post stands for its readings at home: the origin of an
// ActivityPub actor's uri ("https://host"), else the network's name, since there one place answers
// for all. Empty if the id has no such home.
std::string home_host(std::string_view id);

}  // namespace tagscout
