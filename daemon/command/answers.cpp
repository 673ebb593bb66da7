#include "daemon/command/answers.h"

#include <algorithm>
#include <array>

#include "crawlers/url.h"

namespace tagscout {
namespace {

constexpr uint64_t page_size = 1000;

struct StatusExit {
  int status;
  Exit exit;
};

constexpr std::array<StatusExit, 6> status_exits = {{
    {400, Exit::usage},
    {403, Exit::not_permitted},
    {404, Exit::no_such_thing},
    {408, Exit::busy},
    {409, Exit::bad_data},
    {503, Exit::busy},
}};

}  // namespace

Exit exit_of_status(int status) {
  const auto* found = std::find_if(status_exits.begin(), status_exits.end(),
                                   [&](const StatusExit& row) { return row.status == status; });
  return found == status_exits.end() ? Exit::failed : found->exit;
}

void require_success(const Answer& answer) {
  if (answer.status == 200) return;
  const JsonNode problem = parse_json(answer.body).value_or(JsonNode());
  const std::string fallback = "the daemon answered " + std::to_string(answer.status);
  throw CommandError(exit_of_status(answer.status),
                     std::string(problem["detail"].text().value_or(fallback)));
}

JsonNode json_of(const Answer& answer) {
  require_success(answer);
  std::optional<JsonNode> value = parse_json(answer.body);
  if (!value) throw CommandError(Exit::failed, "the daemon's answer is no JSON");
  return *std::move(value);
}

std::string make_target(const std::string& path, const std::map<std::string, std::string>& query) {
  std::string target = path;
  char separator = '?';
  for (const auto& [name, value] : query) {
    if (value.empty()) continue;
    target += separator + name + "=" + percent_encode(value);
    separator = '&';
  }
  return target;
}

std::string path_segment(const std::string& text) { return percent_encode(text); }

std::string for_each_page(const Client& client, const ListRequest& request,
                          const PageVisitor& visit) {
  std::map<std::string, std::string> query = request.query;
  uint64_t left = request.limit.value_or(UINT64_MAX);
  while (left > 0) {
    query["limit"] = std::to_string(std::min(left, page_size));
    const JsonNode page = json_of(client.ask("GET", make_target(request.route, query)));
    visit(page["items"]);
    query["cursor"] = page["next"].text().value_or("");
    if (query["cursor"].empty()) break;
    left -= std::min<uint64_t>(left, page["items"].array().size());
  }
  return query["cursor"];
}

}  // namespace tagscout
