#include "tests/daemon/pipeline/fake_origin.h"

#include <algorithm>

#include "storage/account_store.h"

namespace tagscout {
namespace {

using boost::asio::awaitable;

template <class Target, class Name>
std::string joined(const char* kind, const std::vector<Target>& targets, const Name& name) {
  std::string text = kind;
  for (const Target& target : targets) text.append(" ").append(name(target));
  return text;
}

}  // namespace

std::string FakeOrigin::name_of(const AccountId& id) {
  const std::string& text = id.text();
  const size_t host = text.find("//") + 2;
  const size_t path = text.find('/', host);
  const std::string user = text.substr(text.rfind('/') + 1);
  const std::string where = text.substr(host, path - host);
  return where == "one.test" ? user : user + "@" + where;
}

std::string FakeOrigin::name_of(const PostTarget& target) {
  const std::string& text = target.id.text();
  return name_of(target.author) + "/" + text.substr(text.rfind('/') + 1);
}

awaitable<void> FakeOrigin::take_time(std::string host, std::string call) {
  calls.push_back(std::move(call));
  asked.push_back(clock_.now());
  hosts.push_back(host);
  in_flight_.insert(host);
  in_flight_max = std::max(in_flight_max, static_cast<int>(in_flight_.size()));
  in_flight_per_host_max =
      std::max(in_flight_per_host_max, static_cast<int>(in_flight_.count(host)));
  co_await clock_.sleep(takes);
  in_flight_.erase(in_flight_.find(host));
}

awaitable<Result<Batch>> FakeOrigin::read_accounts(std::string host,
                                                   std::vector<AccountTarget> targets) {
  const auto name = [](const AccountTarget& target) { return name_of(target.id); };
  std::string call = joined("account", targets, name);
  co_await take_time(std::move(host), std::move(call));
  if (on_accounts) co_return on_accounts(targets);
  Batch batch;
  for (const AccountTarget& target : targets) {
    const std::string who = name_of(target.id);
    const auto count = followers.find(who);
    batch.events.emplace_back(at_home(who, count == followers.end() ? 500 : count->second));
  }
  co_return batch;
}

awaitable<Result<Batch>> FakeOrigin::read_posts(std::string host, std::vector<PostTarget> targets) {
  const auto name = [](const PostTarget& target) { return name_of(target); };
  std::string call = joined("post", targets, name);
  co_await take_time(std::move(host), std::move(call));
  if (on_posts) co_return on_posts(targets);
  Batch batch;
  for (const PostTarget& target : targets) {
    const std::string who = name_of(target.author);
    const std::string& id = target.id.text();
    const int number = std::stoi(id.substr(id.rfind('/') + 1));
    batch.events.push_back(post(who, number).likes(3).reread());
  }
  co_return batch;
}

RefresherWorld::RefresherWorld()
    : hasher(store.database().secret()),
      fetcher(http, loop.clock, chance, FetcherOptions(), nullptr),
      log("test", std::make_shared<spdlog::sinks::null_sink_st>()) {
  auto made = std::make_unique<FakeOrigin>(loop.clock);
  origin = made.get();
  RefresherOptions wanted;
  wanted.origins[Network::activitypub] = std::move(made);
  wanted.source_names["https://one.test"] = "the.first";
  wanted.bands = options.bands;
  refresher = std::make_unique<Refresher>(
      std::move(wanted), RefresherTools{store.database(), *sink, loop.clock, chance, fetcher, log},
      loop.tasks);
  listener.on_due = [this](const HostDue& due) { refresher->due(due); };
  fetcher.note_server_time(loop.clock.now());
}

void RefresherWorld::start() {
  loop.tasks.spawn(refresher->run());
  loop.settle();
}

void RefresherWorld::record(std::vector<Event> events) {
  accept(std::move(events));
  loop.advance(std::chrono::milliseconds(100));
}

AccountFacts RefresherWorld::facts(const std::string& name) {
  return accounts::facts(store.database(), hasher.account(person(name))).value_or(AccountFacts{});
}

void RefresherWorld::put_due(const std::string& row) {
  Transaction transaction(store.database());
  transaction.put(Column::due, row, {});
  store.database().commit(transaction);
}

}  // namespace tagscout
