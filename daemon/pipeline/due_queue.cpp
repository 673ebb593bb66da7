#include "daemon/pipeline/due_queue.h"

#include <algorithm>

#include "storage/account_store.h"
#include "storage/post_store.h"

namespace tagscout {
namespace {

constexpr size_t candidates_max = 400;  // rows of one urgency that a round looks at
constexpr size_t round_items_max = 100;
constexpr uint8_t urgencies = 4;

}  // namespace

// The rows of one host, kind and urgency: they lie in order of time.
struct DueQueue::Line {
  keys::DueKind kind = keys::DueKind::account;
  NameId host = 0;
  uint8_t urgency = 0;

  std::string prefix() const { return keys::due_urgency(kind, host, urgency); }
  // The key at which what is due at that time begins.
  std::string from(Time at) const {
    if (kind == keys::DueKind::post) {
      RereadPlan plan;
      plan.host = host;
      plan.due_at = at;
      return keys::due(plan, PostKey{});
    }
    RefreshPlan plan;
    plan.host = host;
    plan.due_at = at;
    plan.urgency = urgency;
    return keys::due(plan, AccountKey{});
  }
};

DueQueue::DueQueue(const Database& database, const std::vector<Band>& bands) : database_(database) {
  for (const Network network :
       {Network::activitypub, Network::bluesky, Network::youtube, Network::nostr, Network::x}) {
    ladders_[network] = ladders_for(bands, network);
  }
}

std::vector<NameId> DueQueue::hosts() const {
  std::vector<NameId> found;
  for (const keys::DueKind kind : {keys::DueKind::account, keys::DueKind::post}) {
    // From host to host: the first row of each tells that there is one.
    std::optional<NameId> next = 0;
    while (next) {
      const NameId after = *next;
      next.reset();
      const std::string prefix(1, static_cast<char>(kind));
      database_.scan(Column::due, prefix, keys::due_host(kind, after + 1),
                     [&](std::string_view key, std::string_view) {
                       next = keys::due_of(key).host;
                       return false;
                     });
      if (next) found.push_back(*next);
    }
  }
  return found;
}

std::optional<Time> DueQueue::first(NameId host, Time now) const {
  std::optional<Time> first;
  const auto look = [&](const Line& line) {
    const auto take = [&](Time at) { first = std::min(first.value_or(at), at); };
    database_.scan(Column::due, line.prefix(), {}, [&](std::string_view key, std::string_view) {
      take(std::min(keys::due_of(key).at, now + plan_max));
      return false;
    });
    database_.scan(Column::due, line.prefix(), line.from(now + plan_max),
                   [&](std::string_view, std::string_view) {
                     take(now);
                     return false;
                   });
  };
  look({keys::DueKind::post, host, 0});
  for (uint8_t urgency = 0; urgency < urgencies; ++urgency) {
    look({keys::DueKind::account, host, urgency});
  }
  return first;
}

void DueQueue::visit_due(const Line& line, Time now,
                         const std::function<bool(const keys::Due& due)>& visit) const {
  const std::string prefix = line.prefix();
  bool more = true;
  database_.scan(Column::due, prefix, {}, [&](std::string_view key, std::string_view) {
    const keys::Due due = keys::due_of(key);
    if (due.at > now) return false;
    more = visit(due);
    return more;
  });
  if (!more) return;
  database_.scan(Column::due, prefix, line.from(now + plan_max),
                 [&](std::string_view key, std::string_view) { return visit(keys::due_of(key)); });
}

double DueQueue::edge_distance(const AccountFacts& facts) const {
  double distance = 1;
  const std::optional<Network> network = network_of_id(facts.id.text());
  const std::optional<int64_t> followers = facts.origin.counts.followers;
  if (!network || !followers) return distance;
  for (const BandLadder& ladder : ladders_.at(*network)) {
    distance = std::min(distance, ladder.edge_distance(*followers));
  }
  return distance;
}

void DueQueue::collect_accounts(const Line& line, Time now,
                                std::vector<AccountTarget>& targets) const {
  struct Candidate {
    AccountTarget target;
    double distance;
  };
  std::vector<Candidate> candidates;
  visit_due(line, now, [&](const keys::Due& due) {
    const std::optional<AccountFacts> facts = accounts::facts(database_, due.key.account);
    if (!facts) return true;
    candidates.push_back({{facts->id, facts->handle, facts->home_id}, edge_distance(*facts)});
    return candidates.size() < candidates_max;
  });
  std::stable_sort(candidates.begin(), candidates.end(), [](const auto& left, const auto& right) {
    return left.distance < right.distance;
  });
  for (Candidate& candidate : candidates) {
    if (targets.size() < round_items_max) targets.push_back(std::move(candidate.target));
  }
}

Round DueQueue::collect(NameId host, Time now) const {
  Round round;
  for (uint8_t urgency = 0; urgency < urgencies; ++urgency) {
    collect_accounts({keys::DueKind::account, host, urgency}, now,
                     urgency == 0 ? round.urgent : round.accounts);
  }
  visit_due({keys::DueKind::post, host, 0}, now, [&](const keys::Due& due) {
    const PostRow row = posts::row(database_, due.key);
    const std::optional<AccountFacts> author = accounts::facts(database_, due.key.account);
    if (row.record && author) {
      PostTarget& target = round.posts.emplace_back(row.record->id, author->id);
      // Anybody may say anything of where somebody else's post is to be found.
      if (row.record->provenance == Provenance::origin) target.url = row.record->url;
      target.missing = row.record->reread.missing_since != Time{};
    }
    return round.posts.size() < round_items_max;
  });
  return round;
}

}  // namespace tagscout
