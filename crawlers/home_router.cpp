#include "crawlers/home_router.h"

#include <algorithm>
#include <utility>

#include "crawlers/server_software.h"

namespace tagscout {
namespace {

using boost::asio::awaitable;

constexpr std::string_view home_source = "_home";

}  // namespace

HomeRouter::HomeRouter(std::vector<Speaker> speakers, SourceTools tools)
    : speakers_(std::move(speakers)), tools_(std::move(tools)) {}

Origin& HomeRouter::speaker_of(std::string_view software) const {
  const auto speaks = [&](const Speaker& speaker) {
    return std::find(speaker.software.begin(), speaker.software.end(), software) !=
           speaker.software.end();
  };
  auto found = std::find_if(speakers_.begin(), speakers_.end(), speaks);
  if (found == speakers_.end()) {
    found = std::find_if(speakers_.begin(), speakers_.end(),
                         [](const Speaker& speaker) { return speaker.software.empty(); });
  }
  return *found->origin;
}

size_t HomeRouter::accounts_max(const std::string& host,
                                const std::vector<AccountTarget>& targets) const {
  return speaker_of(tools_.software.remembered(host).name).accounts_max(host, targets);
}

size_t HomeRouter::posts_max(const std::string& host,
                             const std::vector<PostTarget>& targets) const {
  return speaker_of(tools_.software.remembered(host).name).posts_max(host, targets);
}

awaitable<Result<Batch>> HomeRouter::read_accounts(std::string host,
                                                   std::vector<AccountTarget> targets) {
  const Result<ServerSoftware> software =
      co_await tools_.software.learn(host, std::string(home_source));
  if (!software) co_return software.error();
  co_return co_await speaker_of(software->name).read_accounts(std::move(host), std::move(targets));
}

awaitable<Result<Batch>> HomeRouter::read_posts(std::string host, std::vector<PostTarget> targets) {
  const Result<ServerSoftware> software =
      co_await tools_.software.learn(host, std::string(home_source));
  if (!software) co_return software.error();
  co_return co_await speaker_of(software->name).read_posts(std::move(host), std::move(targets));
}

awaitable<Result<AccountId>> HomeRouter::resolve(std::string handle) {
  co_return co_await other().resolve(std::move(handle));
}

std::map<Network, std::unique_ptr<Origin>> make_origins(const std::vector<SourceSection>& sections,
                                                        const SourceTools& tools) {
  std::map<Network, std::vector<HomeRouter::Speaker>> speakers;
  for (const SourceType* type : source_types()) {
    std::vector<SourceSection> own;
    std::copy_if(sections.begin(), sections.end(), std::back_inserter(own),
                 [&](const SourceSection& section) { return section.type == type->schema.type; });
    std::unique_ptr<Origin> origin = type->make_origin(own, tools);
    if (origin) speakers[type->network].push_back({type->software, std::move(origin)});
  }
  std::map<Network, std::unique_ptr<Origin>> origins;
  for (auto& [network, list] : speakers) {
    origins[network] = list.size() == 1 ? std::move(list.front().origin)
                                        : std::make_unique<HomeRouter>(std::move(list), tools);
  }
  return origins;
}

}  // namespace tagscout
