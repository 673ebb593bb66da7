#include "crawlers/sources/mastodon_probe.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace tagscout {
namespace {

using boost::asio::awaitable;

constexpr Duration known_for = std::chrono::hours(24);
constexpr Duration unknown_for = std::chrono::hours(6);
// Beyond this many servers what is known of them is learned anew.
constexpr size_t servers_max = 65'536;

// Asked in this order: the first is Mastodon 4, the second all that came before.
constexpr std::array<std::string_view, 2> instance_paths{"/api/v2/instance", "/api/v1/instance"};

constexpr MastodonDialect none{.speaks = false};

// The server is there, and has nothing of the kind: another page, or no page, in its place.
bool has_nothing(const Error& error) {
  const bool page = error.status >= 200 && error.status < 300;
  return page || error.kind == ErrorKind::not_found || error.kind == ErrorKind::bad_request ||
         error.kind == ErrorKind::protocol;
}

}  // namespace

void MastodonProbe::remember(const std::string& server, const MastodonDialect& dialect,
                             Duration how_long) {
  const Duration now = clock_.steady();
  if (memory_.size() >= servers_max) {
    std::erase_if(memory_, [now](const auto& entry) { return entry.second.until <= now; });
  }
  if (memory_.size() >= servers_max) memory_.clear();
  Memory& memory = memory_[server];
  memory.dialect = dialect;
  memory.until = now + how_long;
}

MastodonDialect MastodonProbe::remembered(const std::string& server) const {
  const auto found = memory_.find(server);
  if (found == memory_.end() || found->second.until <= clock_.steady()) return {};
  MastodonDialect dialect = found->second.dialect;
  if (found->second.singles_until > clock_.steady())
    dialect.statuses_max = dialect.accounts_max = 1;
  return dialect;
}

void MastodonProbe::forget(const std::string& server) {
  software_.forget(server);
  const auto found = memory_.find(server);
  if (found != memory_.end()) found->second.until = {};
}

void MastodonProbe::refuse_batches(const std::string& server) {
  const auto found = memory_.find(server);
  if (found != memory_.end()) found->second.singles_until = clock_.steady() + known_for;
  forget(server);
}

awaitable<Result<MastodonDialect>> MastodonProbe::learn(std::string server, std::string token,
                                                        std::string source) {
  const auto found = memory_.find(server);
  if (found != memory_.end() && found->second.until > clock_.steady()) co_return remembered(server);
  const Result<ServerSoftware> named = co_await software_.learn(server, source);
  if (!named) co_return named.error();
  MastodonDialect dialect = dialect_of(*named);
  Duration how_long = known_for;
  if (dialect.software.empty()) {
    const Result<ServerSoftware> instance = co_await ask_instance(server, token, source);
    if (!instance && instance.error().kind != ErrorKind::not_found) co_return instance.error();
    // Software that names itself and is not in the table is not what it imitates.
    if (instance && named->name.empty()) dialect = dialect_of(*instance);
    if (!instance) dialect = none;
    if (!instance) how_long = unknown_for;
  }
  remember(server, dialect, how_long);
  co_return remembered(server);
}

awaitable<Result<ServerSoftware>> MastodonProbe::ask_instance(std::string server, std::string token,
                                                              std::string source) {
  for (const std::string_view path : instance_paths) {
    HttpRequest request(server + std::string(path), token);
    const Result<HttpResponse> answer = co_await fetcher_.get(std::move(request), source);
    if (!answer && !has_nothing(answer.error())) co_return answer.error();
    const Result<ServerSoftware> software =
        answer ? parse_instance_software(answer->body) : answer.error();
    if (software) co_return *software;
  }
  co_return Error(ErrorKind::not_found, server + " is no instance");
}

}  // namespace tagscout
