#include "daemon/pipeline/handle_resolver.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "daemon/pipeline/nap.h"
#include "daemon/pipeline/pending_posts.h"

namespace tagscout {
namespace {

constexpr size_t workers_max = 8;
constexpr Duration idle_pause = std::chrono::minutes(1);
// While the store cannot be written, an answer is found in vain.
constexpr Duration store_pause = std::chrono::seconds(30);
// The waits between the tries; after the last of them the handle is given up.
constexpr std::array<Duration, 3> try_waits{std::chrono::minutes(1), std::chrono::minutes(10),
                                            std::chrono::hours(1)};
constexpr Duration known_for = std::chrono::hours(24);
constexpr Duration unknown_for = std::chrono::hours(1);
constexpr size_t answers_max = 10'000;

std::string domain_of(const std::string& handle) { return handle.substr(handle.find('@') + 1); }

}  // namespace

HandleResolver::HandleResolver(Origin* origin, HandleResolverTools tools, TaskGroup& tasks)
    : origin_(origin), tools_(tools), tasks_(tasks) {}

void HandleResolver::add(const std::string& handle) {
  Wanted& wanted = wanted_[handle];
  wanted.again = wanted.at_work;
  news_.wake_all();
}

boost::asio::awaitable<void> HandleResolver::run() {
  if (origin_ == nullptr) co_return;
  for (const std::string& handle : PendingPosts::handles(tools_.database)) wanted_[handle];
  while (true) {
    Duration shortest = idle_pause;
    std::vector<std::string> ready;
    for (auto& [handle, wanted] : wanted_) {
      const bool busy = wanted.at_work || domains_at_work_.size() >= workers_max ||
                        domains_at_work_.contains(domain_of(handle));
      // Who waits for a worker is looked at when one leaves.
      if (busy) continue;
      const Duration wait = wanted.next - tools_.clock.steady();
      if (wait > Duration{0}) {
        shortest = std::min(shortest, wait);
        continue;
      }
      wanted.at_work = true;
      domains_at_work_.insert(domain_of(handle));
      ready.push_back(handle);
    }
    // A worker may be done before this returns.
    for (const std::string& handle : ready) tasks_.spawn(work(handle));
    co_await nap(news_, tools_.clock, shortest);
  }
}

boost::asio::awaitable<void> HandleResolver::work(std::string handle) {
  // The worker is no longer at work however it ends.
  struct Leave {
    HandleResolver& resolver;
    const std::string& handle;
    bool done = false;
    ~Leave() {
      Wanted& wanted = resolver.wanted_[handle];
      wanted.at_work = false;
      resolver.domains_at_work_.erase(domain_of(handle));
      if (done && !wanted.again) resolver.wanted_.erase(handle);
      resolver.news_.wake_all();
    }
  };
  Leave leave{*this, handle};
  const std::optional<AccountId> id = co_await find_out(handle);
  if (!id) co_return;
  try {
    Batch batch;
    batch.source = "_home";
    batch.now = tools_.clock.now();
    batch.clock_right = tools_.fetcher.clock_right();
    batch.events.emplace_back(HandleResolved{handle, *id});
    wanted_[handle].again = false;
    const uint64_t window = tools_.sink.accept(batch);
    co_await tools_.sink.durable(window);
    leave.done = true;
  } catch (const DatabaseError& error) {
    wanted_[handle].next = tools_.clock.steady() + store_pause;
    tools_.log.debug("resolver store=\"{}\"", error.what());
  }
}

boost::asio::awaitable<std::optional<AccountId>> HandleResolver::find_out(std::string handle) {
  const auto known = answers_.find(handle);
  if (known != answers_.end() && known->second.until > tools_.clock.steady()) {
    co_return known->second.id;
  }
  const Result<AccountId> answer = co_await origin_->resolve(handle);
  if (answer) {
    remember(handle, *answer, answer->empty() ? unknown_for : known_for);
    co_return *answer;
  }
  Wanted& wanted = wanted_[handle];
  const Error& error = answer.error();
  // Being asked to wait is no failed try.
  const bool waits = error.kind == ErrorKind::rate_limited || error.kind == ErrorKind::quota;
  if (!waits && wanted.tries >= try_waits.size()) {
    tools_.log.info("resolver domain={} gives_up error=\"{}: {}\"", domain_of(handle),
                    error_kind_name(error.kind), error.detail);
    remember(handle, AccountId(), unknown_for);
    co_return AccountId();
  }
  Duration wait = try_waits[std::min(wanted.tries, try_waits.size() - 1)];
  if (error.until) wait = std::max(wait, *error.until - tools_.clock.now());
  if (!waits) ++wanted.tries;
  wanted.next = tools_.clock.steady() + wait;
  co_return std::nullopt;
}

void HandleResolver::remember(const std::string& handle, const AccountId& id, Duration how_long) {
  const Duration now = tools_.clock.steady();
  if (answers_.size() >= answers_max) {
    std::erase_if(answers_, [now](const auto& entry) { return entry.second.until <= now; });
  }
  if (answers_.size() >= answers_max) answers_.clear();
  answers_.insert_or_assign(handle, Answer{id, now + how_long});
}

}  // namespace tagscout
