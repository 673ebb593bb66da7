#include "daemon/pipeline/refresher.h"

#include <algorithm>

#include "crawlers/backoff.h"
#include "daemon/judge/schedule.h"
#include "daemon/pipeline/nap.h"
#include "storage/account_store.h"
#include "storage/name_store.h"
#include "storage/post_store.h"

namespace tagscout {
namespace {

constexpr size_t workers_max = 64;
constexpr size_t candidates_max = 400;  // rows of one urgency that a round looks at
constexpr size_t round_items_max = 100;
constexpr Duration round_time = std::chrono::seconds(1);
constexpr Duration idle_pause = std::chrono::minutes(1);
constexpr int refusals_max = 3;
constexpr uint8_t urgencies = 4;
constexpr Duration pause_min = std::chrono::seconds(1);
// Nothing is planned so far ahead: what seems to be was planned by a clock that ran ahead, and is
// due now.
constexpr Duration plan_max = std::chrono::days(400);

// The first `count` elements of a list, taken out of it.
template <class Target>
std::vector<Target> take_first(std::vector<Target>& from, size_t count) {
  const auto end = from.begin() + static_cast<ptrdiff_t>(std::min(count, from.size()));
  std::vector<Target> taken(std::make_move_iterator(from.begin()), std::make_move_iterator(end));
  from.erase(from.begin(), end);
  return taken;
}

}  // namespace

Refresher::Refresher(RefresherOptions options, RefresherTools tools, TaskGroup& tasks)
    : options_(std::move(options)), tools_(tools), tasks_(tasks) {
  for (const auto& [network, origin] : options_.origins) {
    ladders_[network] = ladders_for(options_.bands, network);
  }
}

void Refresher::due(const HostDue& news) {
  const auto [entry, is_new] = hosts_.try_emplace(news.host);
  Host& host = entry->second;
  if (is_new || news.at < host.next) {
    host.next = news.at;
    if (!host.at_work) news_.wake_all();
  }
}

std::optional<Time> Refresher::first_due(NameId host) const {
  std::optional<Time> first;
  const auto look = [&](const std::string& prefix) {
    tools_.database.scan(Column::due, prefix, {}, [&](std::string_view key, std::string_view) {
      const Time at = keys::due_of(key).at;
      first = std::min(first.value_or(at), at);
      return false;
    });
  };
  look(keys::due_host(keys::DueKind::post, host));
  for (uint8_t urgency = 0; urgency < urgencies; ++urgency) {
    look(keys::due_urgency(keys::DueKind::account, host, urgency));
  }
  return first;
}

void Refresher::read_queues() {
  for (const keys::DueKind kind : {keys::DueKind::account, keys::DueKind::post}) {
    // From host to host: the first row of each tells that there is one.
    std::optional<NameId> found = 0;
    while (found) {
      const NameId after = *found;
      found.reset();
      const std::string prefix(1, static_cast<char>(kind));
      tools_.database.scan(Column::due, prefix, keys::due_host(kind, after + 1),
                           [&](std::string_view key, std::string_view) {
                             found = keys::due_of(key).host;
                             return false;
                           });
      if (found) hosts_[*found].next = first_due(*found).value_or(Time{});
    }
  }
}

boost::asio::awaitable<void> Refresher::run() {
  read_queues();
  while (true) {
    const Time now = tools_.clock.now();
    Time earliest = now + idle_pause;
    for (auto& [id, host] : hosts_) {
      if (host.at_work) continue;
      const Time ready = std::max(host.next, host.closed_until);
      if (ready > now) {
        earliest = std::min(earliest, ready);
      } else if (workers_ < workers_max) {
        host.at_work = true;
        ++workers_;
        tasks_.spawn(work(id));
      }
    }
    co_await nap(news_, tools_.clock, earliest - now);
  }
}

Refresher::Round Refresher::collect(NameId host, Time now) const {
  Round round;
  const Database& database = tools_.database;
  struct Candidate {
    AccountTarget target;
    double distance;
  };
  for (uint8_t urgency = 0; urgency < urgencies; ++urgency) {
    std::vector<Candidate> candidates;
    const auto prefix = keys::due_urgency(keys::DueKind::account, host, urgency);
    database.scan(Column::due, prefix, {}, [&](std::string_view key, std::string_view) {
      const keys::Due due = keys::due_of(key);
      if (due.at > now || candidates.size() >= candidates_max) return false;
      const auto facts = accounts::facts(database, due.key.account);
      if (!facts) return true;
      double distance = 1;
      const auto network = network_of_id(facts->id.text());
      const auto followers = facts->origin.counts.followers;
      if (network && followers && ladders_.contains(*network)) {
        for (const BandLadder& ladder : ladders_.at(*network)) {
          distance = std::min(distance, ladder.edge_distance(*followers));
        }
      }
      candidates.push_back({{facts->id, facts->handle, facts->home_id}, distance});
      return true;
    });
    std::stable_sort(candidates.begin(), candidates.end(), [](const auto& left, const auto& right) {
      return left.distance < right.distance;
    });
    auto& targets = urgency == 0 ? round.urgent : round.accounts;
    for (Candidate& candidate : candidates) {
      if (targets.size() < round_items_max) targets.push_back(std::move(candidate.target));
    }
  }
  const auto prefix = keys::due_host(keys::DueKind::post, host);
  database.scan(Column::due, prefix, {}, [&](std::string_view key, std::string_view) {
    const keys::Due due = keys::due_of(key);
    if (due.at > now || round.posts.size() >= round_items_max) return false;
    const PostRow row = posts::row(database, due.key);
    const auto author = accounts::facts(database, due.key.account);
    if (row.record && author) round.posts.emplace_back(row.record->id, author->id);
    return true;
  });
  return round;
}

Origin* Refresher::origin_of(const std::string& name) const {
  const Network network = network_of_name(name).value_or(Network::activitypub);
  const auto found = options_.origins.find(network);
  return found == options_.origins.end() ? nullptr : found->second.get();
}

boost::asio::awaitable<void> Refresher::work(NameId id) {
  // The worker is no longer at work however it ends.
  struct Leave {
    Refresher& refresher;
    Host& host;
    ~Leave() {
      host.at_work = false;
      --refresher.workers_;
      refresher.news_.wake_all();
    }
  };
  Host& host = hosts_[id];
  const Leave leave{*this, host};
  try {
    const std::string name = names::text(tools_.database, NameKind::host, id);
    while (tools_.clock.now() >= host.closed_until) {
      Round round = collect(id, tools_.clock.now());
      if (round.empty() || origin_of(name) == nullptr) break;
      co_await work_round(id, name, std::move(round));
      co_await tools_.sink.durable(window_);
    }
    // Asked of the store after the last window landed: nothing due can be overlooked.
    host.next = first_due(id).value_or(Time::max());
    if (origin_of(name) == nullptr) host.next = Time::max();
  } catch (const DatabaseError& error) {
    host.closed_until = tools_.clock.now() + std::chrono::seconds(1);
    tools_.log.debug("refresher store=\"{}\"", error.what());
  }
}

boost::asio::awaitable<void> Refresher::work_round(NameId id, std::string name, Round round) {
  Origin& origin = *origin_of(name);
  const Duration start = tools_.clock.steady();
  // What is urgent goes first; then posts and accounts take turns, so that neither starves.
  bool posts_next = true;
  while (!round.empty()) {
    bool open = true;
    if (!round.urgent.empty()) {
      auto targets = take_first(round.urgent, origin.accounts_max());
      open = co_await read_accounts(id, name, std::move(targets));
    } else if (!round.posts.empty() && (posts_next || round.accounts.empty())) {
      auto targets = take_first(round.posts, origin.posts_max());
      open = co_await read_posts(id, name, std::move(targets));
      posts_next = false;
    } else {
      auto targets = take_first(round.accounts, origin.accounts_max());
      open = co_await read_accounts(id, name, std::move(targets));
      posts_next = true;
    }
    if (!open || tools_.clock.steady() - start > round_time) co_return;
  }
}

boost::asio::awaitable<bool> Refresher::read_accounts(NameId id, std::string name,
                                                      std::vector<AccountTarget> targets) {
  Batch failed;
  for (const AccountTarget& target : targets) {
    failed.events.emplace_back(AccountUnreadable{target.id, {}, false});
  }
  Result<Batch> result = co_await origin_of(name)->read_accounts(name, std::move(targets));
  co_return hand_over(id, name, std::move(result), std::move(failed));
}

boost::asio::awaitable<bool> Refresher::read_posts(NameId id, std::string name,
                                                   std::vector<PostTarget> targets) {
  Batch failed;
  for (const PostTarget& target : targets) {
    failed.events.emplace_back(PostUnreadable{target.id, target.author, {}});
  }
  Result<Batch> result = co_await origin_of(name)->read_posts(name, std::move(targets));
  co_return hand_over(id, name, std::move(result), std::move(failed));
}

bool Refresher::hand_over(NameId id, const std::string& name, Result<Batch> result, Batch failed) {
  Host& host = hosts_[id];
  const bool read = result.has_value();
  Batch batch = read ? *std::move(result) : std::move(failed);
  if (read) {
    host.failures = 0;
    host.refusals = 0;
    complete(batch, std::move(failed));
  } else {
    const Error& error = result.error();
    close(host, name, error);
    // Being asked to wait is no failure of what was asked for.
    if (error.kind == ErrorKind::rate_limited || error.kind == ErrorKind::quota) return false;
    const std::string why =
        std::string(error_kind_name(error.kind)).append(": ").append(error.detail);
    for (Event& event : batch.events) {
      if (auto* account = std::get_if<AccountUnreadable>(&event)) {
        account->why = why;
        account->refused = host.refusals >= refusals_max;
      } else if (auto* post = std::get_if<PostUnreadable>(&event)) {
        post->why = why;
      }
    }
  }
  const auto source = options_.source_names.find(name);
  batch.source = source == options_.source_names.end() ? "_home" : source->second;
  batch.now = tools_.clock.now();
  batch.clock_right = tools_.fetcher.clock_right();
  window_ = tools_.sink.accept(batch);
  return read;
}

void Refresher::complete(Batch& answer, Batch failed) {
  std::set<std::string, std::less<>> told;
  for (const Event& event : answer.events) {
    std::visit(
        [&](const auto& what) {
          using What = std::decay_t<decltype(what)>;
          if constexpr (std::is_same_v<What, AccountSighting>) {
            // A sighting without any count decides nothing: it is still to be read.
            if (what.counts != Counts{}) told.insert(what.id.text());
          } else {
            told.insert(what.id.text());
          }
        },
        event);
  }
  for (Event& event : failed.events) {
    if (auto* account = std::get_if<AccountUnreadable>(&event)) {
      if (told.contains(account->id.text())) continue;
      account->why = "its home did not answer for it";
    } else if (auto* post = std::get_if<PostUnreadable>(&event)) {
      if (told.contains(post->id.text())) continue;
      post->why = "its home did not answer for it";
    }
    answer.events.push_back(std::move(event));
  }
}

void Refresher::close(Host& host, const std::string& name, const Error& error) {
  const Time now = tools_.clock.now();
  const bool refusal = error.kind == ErrorKind::auth || error.kind == ErrorKind::forbidden;
  if (error.until) {
    host.closed_until = std::max(*error.until, now + pause_min);
  } else if (refusal && ++host.refusals >= refusals_max) {
    host.closed_until = now + options_.refused_retry;
  } else {
    host.closed_until = now + backoff(options_.retry_base, ++host.failures, tools_.chance);
  }
  tools_.log.info("home={} closed_until={} error=\"{}: {}\"", name, format_time(host.closed_until),
                  error_kind_name(error.kind), error.detail);
}

}  // namespace tagscout
