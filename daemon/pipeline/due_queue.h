// The queues of what is to be read again, as the store holds them: one for each host.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crawlers/source.h"
#include "daemon/judge/band_ladder.h"
#include "storage/database.h"
#include "storage/keys.h"

namespace tagscout {

// What one worker takes on before it looks at the queue again.
struct Round {
  std::vector<AccountTarget> urgent;
  std::vector<AccountTarget> accounts;
  std::vector<PostTarget> posts;
  bool empty() const { return urgent.empty() && accounts.empty() && posts.empty(); }
};

class DueQueue {
 public:
  // Nothing is planned so far ahead: what seems to be was planned by a clock that ran ahead, and is
  // due now.
  static constexpr Duration plan_max = std::chrono::days(400);

  // `database` outlives it. The bands tell which accounts are near an edge.
  DueQueue(const Database& database, const std::vector<Band>& bands);

  // Every host that has a queue. Throws DatabaseError, as all of these do.
  std::vector<NameId> hosts() const;

  // When the first of a host's queue is due; nothing if the queue is empty.
  std::optional<Time> first(NameId host, Time now) const;

  // What is due by now, bounded: accounts nearest to an edge first, posts longest due first.
  Round collect(NameId host, Time now) const;

 private:
  struct Line;
  void visit_due(const Line& line, Time now,
                 const std::function<bool(const keys::Due& due)>& visit) const;
  void collect_accounts(const Line& line, Time now, std::vector<AccountTarget>& targets) const;
  double edge_distance(const AccountFacts& facts) const;

  const Database& database_;
  std::map<Network, std::vector<BandLadder>> ladders_;
};

}  // namespace tagscout
