#include "daemon/pipeline/refresher.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "crawlers/backoff.h"
#include "daemon/judge/schedule.h"
#include "daemon/pipeline/nap.h"
#include "storage/name_store.h"

namespace tagscout {
namespace {

constexpr size_t workers_max = 64;
constexpr Duration round_time = std::chrono::seconds(1);
constexpr Duration idle_pause = std::chrono::minutes(1);
constexpr int refusals_max = 3;
constexpr Duration pause_min = std::chrono::seconds(1);
// While the store cannot be written, whatever a home answers is asked for in vain.
constexpr Duration store_pause = std::chrono::seconds(30);

constexpr std::string_view no_answer = "its home did not answer for it";

// The account whose next reading an event plans, or ends; null if it does neither. A copy, or a
// sighting without any count, plans nothing: the account is still to be read.
const AccountId* decided_account(const Event& event) {
  if (const auto* seen = std::get_if<AccountSighting>(&event)) {
    const bool is_reading = seen->provenance == Provenance::origin && seen->counts != Counts{};
    return is_reading ? &seen->id : nullptr;
  }
  if (const auto* gone = std::get_if<AccountGone>(&event)) return &gone->id;
  if (const auto* missing = std::get_if<AccountMissing>(&event)) return &missing->id;
  if (const auto* failed = std::get_if<AccountUnreadable>(&event)) return &failed->id;
  return nullptr;
}

// Likewise of a post.
std::optional<std::pair<PostId, AccountId>> decided_post(const Event& event) {
  using Decided = std::pair<PostId, AccountId>;
  if (const auto* seen = std::get_if<PostSighting>(&event)) {
    if (!seen->reread) return std::nullopt;
    return Decided(seen->id, seen->author.id);
  }
  if (const auto* gone = std::get_if<PostDeleted>(&event)) return Decided(gone->id, gone->author);
  if (const auto* missing = std::get_if<PostMissing>(&event)) {
    return Decided(missing->id, missing->author);
  }
  if (const auto* failed = std::get_if<PostUnreadable>(&event)) {
    return Decided(failed->id, failed->author);
  }
  return std::nullopt;
}

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
    : options_(std::move(options)),
      tools_(tools),
      tasks_(tasks),
      queue_(tools.database, options_.bands) {}

void Refresher::due(const HostDue& news) {
  const auto [entry, is_new] = hosts_.try_emplace(news.host);
  Host& host = entry->second;
  if (is_new || news.at < host.next) {
    host.next = news.at;
    if (!host.at_work) news_.wake_all();
  }
}

HomesReport Refresher::report() const {
  HomesReport report;
  report.known = hosts_.size();
  const Duration now = tools_.clock.steady();
  for (const auto& [id, host] : hosts_) {
    if (host.at_work) ++report.at_work;
    if (host.closed_until <= now) continue;
    ++(host.refusals >= refusals_max ? report.refusing : report.failing);
  }
  return report;
}

boost::asio::awaitable<void> Refresher::run() {
  const Time start = tools_.clock.now();
  for (const NameId host : queue_.hosts()) {
    hosts_[host].next = queue_.first(host, start).value_or(Time::max());
  }
  while (true) {
    Duration shortest = idle_pause;
    for (auto& [id, host] : hosts_) {
      if (host.at_work) continue;
      if (until_ready(id, host) <= Duration{0}) {
        if (workers_ >= workers_max) continue;
        host.at_work = true;
        ++workers_;
        tasks_.spawn(work(id));
      }
      // A worker that finds nothing to do has left by now.
      if (!host.at_work) shortest = std::min(shortest, until_ready(id, host));
    }
    co_await nap(news_, tools_.clock, shortest);
  }
}

Duration Refresher::until_ready(NameId id, Host& host) const {
  const Time now = tools_.clock.now();
  // So far ahead lies only what a clock that has been set back since had seen.
  if (host.next != Time::max() && host.next > now + DueQueue::plan_max) {
    host.next = queue_.first(id, now).value_or(Time::max());
  }
  return std::max(host.next - now, host.closed_until - tools_.clock.steady());
}

Origin* Refresher::origin(Network network) const {
  const auto found = options_.origins.find(network);
  return found == options_.origins.end() ? nullptr : found->second.get();
}

Origin* Refresher::origin_of(const std::string& name) const {
  return origin(network_of_name(name).value_or(Network::activitypub));
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
  host.window = 0;
  try {
    const std::string name = names::text(tools_.database, NameKind::host, id);
    Origin* const origin = origin_of(name);
    bool asked = false;
    while (origin != nullptr && tools_.clock.steady() >= host.closed_until) {
      Round round = queue_.collect(id, tools_.clock.now());
      if (round.empty()) break;
      asked = true;
      if (options_.may_ask(name)) {
        co_await work_round(id, name, std::move(round));
      } else {
        deny(id, name, std::move(round));
      }
      co_await tools_.sink.durable(host.window);
    }
    // Asked of the store after the last window landed: nothing due can be overlooked.
    const Time now = tools_.clock.now();
    host.next = origin == nullptr ? Time::max() : queue_.first(id, now).value_or(Time::max());
    // A row that leads to nothing must not keep the program busy.
    if (!asked) host.next = std::max(host.next, now + pause_min);
  } catch (const DatabaseError& error) {
    host.closed_until = std::max(host.closed_until, tools_.clock.steady() + store_pause);
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
      auto targets = take_first(round.urgent, origin.accounts_max(name, round.urgent));
      open = co_await read_accounts(id, name, std::move(targets));
    } else if (!round.posts.empty() && (posts_next || round.accounts.empty())) {
      auto targets = take_first(round.posts, origin.posts_max(name, round.posts));
      open = co_await read_posts(id, name, std::move(targets));
      posts_next = false;
    } else {
      auto targets = take_first(round.accounts, origin.accounts_max(name, round.accounts));
      open = co_await read_accounts(id, name, std::move(targets));
      posts_next = true;
    }
    if (!open) {
      give_up(id, name, std::move(round));
      co_return;
    }
    if (tools_.clock.steady() - start > round_time) co_return;
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
  if (!result) return hand_over_failure(host, name, result.error(), std::move(failed));
  host.failures = 0;
  host.refusals = 0;
  complete(*result, std::move(failed));
  stamp(*result, name);
  host.window = tools_.sink.accept(*result);
  return true;
}

bool Refresher::hand_over_failure(Host& host, const std::string& name, const Error& error,
                                  Batch failed) {
  close(host, name, error);
  // Being asked to wait is no failure of what was asked for.
  if (error.kind == ErrorKind::rate_limited || error.kind == ErrorKind::quota) return false;
  const std::string why =
      std::string(error_kind_name(error.kind)).append(": ").append(error.detail);
  for (Event& event : failed.events) {
    if (auto* account = std::get_if<AccountUnreadable>(&event)) {
      account->why = why;
      account->refused = host.refusals >= refusals_max;
    } else if (auto* post = std::get_if<PostUnreadable>(&event)) {
      post->why = why;
    }
  }
  stamp(failed, name);
  host.window = tools_.sink.accept(failed);
  return false;
}

void Refresher::give_up(NameId id, const std::string& name, Round rest) {
  Host& host = hosts_[id];
  if (host.refusals < refusals_max) return;
  Batch batch;
  for (const auto* targets : {&rest.urgent, &rest.accounts}) {
    for (const AccountTarget& target : *targets) {
      batch.events.emplace_back(AccountUnreadable{target.id, "its home refuses", true});
    }
  }
  if (batch.events.empty()) return;
  stamp(batch, name);
  host.window = tools_.sink.accept(batch);
}

// The queues are older than the configuration may be.
void Refresher::deny(NameId id, const std::string& name, Round round) {
  constexpr std::string_view why = "its home server may not be asked";
  Batch batch;
  for (const auto* targets : {&round.urgent, &round.accounts}) {
    for (const AccountTarget& target : *targets) {
      batch.events.emplace_back(AccountUnreadable{target.id, std::string(why), true});
    }
  }
  for (const PostTarget& target : round.posts) {
    batch.events.emplace_back(PostUnreadable{target.id, target.author, std::string(why), true});
  }
  stamp(batch, name);
  hosts_[id].window = tools_.sink.accept(batch);
}

void Refresher::stamp(Batch& batch, const std::string& name) const {
  const auto source = options_.source_names.find(name);
  batch.source = source == options_.source_names.end() ? "_home" : source->second;
  batch.now = tools_.clock.now();
  batch.clock_right = tools_.fetcher.clock_right();
}

void Refresher::complete(Batch& answer, Batch failed) {
  std::set<AccountId> accounts;
  std::set<std::pair<PostId, AccountId>> posts;
  for (const Event& event : answer.events) {
    if (const AccountId* account = decided_account(event)) accounts.insert(*account);
    if (const auto post = decided_post(event)) posts.insert(*post);
  }
  for (Event& event : failed.events) {
    if (auto* account = std::get_if<AccountUnreadable>(&event)) {
      if (accounts.contains(account->id)) continue;
      account->why = no_answer;
    } else if (auto* post = std::get_if<PostUnreadable>(&event)) {
      if (posts.contains({post->id, post->author})) continue;
      post->why = no_answer;
    }
    answer.events.push_back(std::move(event));
  }
}

void Refresher::close(Host& host, const std::string& name, const Error& error) {
  const Time now = tools_.clock.now();
  const bool refusal = error.kind == ErrorKind::auth || error.kind == ErrorKind::forbidden;
  Duration wait = options_.refused_retry;
  if (error.until) {
    wait = std::max(*error.until - now, pause_min);
  } else if (!refusal || ++host.refusals < refusals_max) {
    wait = backoff(options_.retry_base, ++host.failures, tools_.chance);
  }
  host.closed_until = tools_.clock.steady() + wait;
  tools_.log.info("home={} closed_until={} error=\"{}: {}\"", name, format_time(now + wait),
                  error_kind_name(error.kind), error.detail);
}

}  // namespace tagscout
