#include "daemon/admin/routes.h"

#include <array>
#include <boost/system/system_error.hpp>
#include <optional>

namespace tagscout {
namespace {

constexpr std::array<Route, 15> table = {{
    {"GET", "/v1/status", false, handlers::status, "how the daemon, its store and sources are"},
    {"GET", "/v1/health", false, handlers::health, "200 while the process answers"},
    {"GET", "/v1/ready", false, handlers::ready, "200 or 503: store writable, configuration good"},
    {"GET", "/metrics", false, handlers::metrics, "Prometheus text"},
    {"GET", "/v1/sources", false, handlers::sources, "sources as configured and as running"},
    {"POST", "/v1/sources/{}/test", true, handlers::source_test,
     "connects to a source's servers and reads one page, timed"},
    {"GET", "/v1/accounts", false, handlers::accounts, "accounts, page by page"},
    {"GET", "/v1/accounts/{}", false, handlers::account, "one account by id or handle"},
    {"POST", "/v1/accounts/{}/ignore", true, handlers::account_ignore,
     "purge an account and keep it away"},
    {"POST", "/v1/accounts/{}/allow", true, handlers::account_allow,
     "lift an ignore or a wish not to be watched"},
    {"GET", "/v1/flags", false, handlers::flags, "flags in order of id"},
    {"GET", "/v1/flags/tail", false, handlers::flags_tail, "flags as they are committed"},
    {"GET", "/v1/tags", false, handlers::tags, "watched tags, and how much is posted under them"},
    {"GET", "/v1/tags/{}", false, handlers::tag, "one tag: days, sources, spellings merged"},
    {"GET", "/v1/posts", false, handlers::posts, "posts, page by page"},
}};

// The segment that stands for {}, empty if the pattern has none; nothing if the path is another.
std::optional<std::string> match(std::string_view pattern, const std::vector<std::string>& path) {
  std::string subject;
  for (const std::string& segment : path) {
    if (!pattern.starts_with('/')) return {};
    pattern.remove_prefix(1);
    const std::string_view wanted = pattern.substr(0, pattern.find('/'));
    pattern.remove_prefix(wanted.size());
    if (wanted == "{}") {
      if (segment.empty()) return {};
      subject = segment;
    } else if (wanted != segment) {
      return {};
    }
  }
  if (!pattern.empty()) return {};
  return subject;
}

// The route of a request, whose subject is filled in; null with the reply to give instead.
const Route* find_route(Request& request, std::optional<AdminReply>& refusal) {
  const std::string_view method = request.head_only() ? "GET" : std::string_view(request.method);
  std::string allow;
  for (const Route& route : table) {
    std::optional<std::string> subject = match(route.pattern, request.target.path);
    if (!subject) continue;
    if (route.method != method) {
      allow = route.method == "GET" ? "GET, HEAD" : route.method;
      continue;
    }
    if (route.mutating && !request.may_change) {
      refusal = problem(403, "changes are taken on admin.sock alone");
      return nullptr;
    }
    request.subject = *std::move(subject);
    return &route;
  }
  refusal = allow.empty() ? problem(404, "no such route") : problem(405, "allowed: " + allow);
  refusal->allow = allow;
  return nullptr;
}

}  // namespace

std::span<const Route> routes() { return table; }

boost::asio::awaitable<AdminReply> answer(const AdminContext& context, Request request,
                                          Stream& stream) {
  std::optional<AdminReply> refusal;
  const Route* const route = find_route(request, refusal);
  if (!route) co_return *std::move(refusal);
  try {
    co_return co_await route->handler(context, request, stream);
  } catch (const BadQuery& error) {
    refusal = problem(400, error.what());
  }
  co_return *std::move(refusal);
}

}  // namespace tagscout
