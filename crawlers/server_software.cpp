#include "crawlers/server_software.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "crawlers/json_document.h"
#include "crawlers/url.h"

namespace tagscout {
namespace {

using boost::asio::awaitable;

constexpr Duration known_for = std::chrono::hours(24);
constexpr Duration unknown_for = std::chrono::hours(6);
// Beyond this many servers what is known of them is learned anew.
constexpr size_t servers_max = 65'536;
// Longer names and versions are no names and versions.
constexpr size_t name_bytes_max = 100;

// Whoever hides nodeinfo may still answer other questions; whoever is overrun may not be asked
// further.
bool hides_it(const Error& error) {
  const bool waits = error.kind == ErrorKind::rate_limited || error.kind == ErrorKind::quota;
  return !waits && (error.status != 0 || error.kind == ErrorKind::forbidden);
}

// "…/ns/schema/2.1" is 201.
int schema_number(std::string_view rel) {
  constexpr std::string_view schema = "nodeinfo.diaspora.software/ns/schema/";
  const size_t at = rel.find(schema);
  if (at == std::string_view::npos) return 0;
  rel.remove_prefix(at + schema.size());
  int major = 0;
  int minor = 0;
  const auto [end, failure] = std::from_chars(rel.data(), rel.data() + rel.size(), major);
  if (failure != std::errc() || end == rel.data() + rel.size() || *end != '.') return 0;
  std::from_chars(end + 1, rel.data() + rel.size(), minor);
  return major * 100 + minor;
}

std::string lower(std::string_view text) {
  std::string low(text.substr(0, name_bytes_max));
  for (char& c : low) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return low;
}

}  // namespace

Result<std::optional<std::string>> parse_nodeinfo_index(std::string_view body,
                                                        std::string_view server) {
  return read_json(body, [&](const JsonValue& root) {
    std::optional<std::string> newest;
    int newest_number = 0;
    root.field("links").each([&](const JsonValue& link) {
      const int number = schema_number(link.field("rel").optional_text().value_or(""));
      const std::optional<Url> url = parse_url(link.field("href").optional_text().value_or(""));
      // Another host would answer for itself, and has not been asked.
      if (number <= newest_number || !url || url->origin() != server) return;
      newest_number = number;
      newest = url->text();
    });
    return newest;
  });
}

Result<ServerSoftware> parse_nodeinfo(std::string_view body) {
  return read_json(body, [](const JsonValue& root) {
    const JsonValue software = root.field("software");
    return ServerSoftware{
        .name = lower(software.field("name").text()),
        .version = std::string(
            software.field("version").optional_text().value_or("").substr(0, name_bytes_max))};
  });
}

ServerSoftware SoftwareProbe::remembered(const std::string& server) const {
  const auto found = memory_.find(server);
  if (found == memory_.end() || found->second.until <= clock_.steady()) return {};
  return found->second.software;
}

void SoftwareProbe::remember(const std::string& server, const ServerSoftware& software) {
  const Duration now = clock_.steady();
  if (memory_.size() >= servers_max) {
    std::erase_if(memory_, [now](const auto& entry) { return entry.second.until <= now; });
  }
  if (memory_.size() >= servers_max) memory_.clear();
  memory_[server] = {software, now + (software.name.empty() ? unknown_for : known_for)};
}

awaitable<Result<ServerSoftware>> SoftwareProbe::learn(std::string server, std::string source) {
  const auto found = memory_.find(server);
  if (found != memory_.end() && found->second.until > clock_.steady()) {
    co_return found->second.software;
  }
  Result<ServerSoftware> software = co_await ask(server, std::move(source));
  if (software) remember(server, *software);
  co_return software;
}

awaitable<Result<ServerSoftware>> SoftwareProbe::ask(std::string server, std::string source) {
  HttpRequest index(server + "/.well-known/nodeinfo");
  const Result<HttpResponse> listed = co_await fetcher_.get(std::move(index), source);
  if (!listed && !hides_it(listed.error())) co_return listed.error();
  const Result<std::optional<std::string>> address =
      listed ? parse_nodeinfo_index(listed->body, server) : std::optional<std::string>();
  if (!address || !*address) co_return ServerSoftware();
  HttpRequest document(**address);
  const Result<HttpResponse> answer = co_await fetcher_.get(std::move(document), source);
  if (!answer && !hides_it(answer.error())) co_return answer.error();
  const Result<ServerSoftware> software =
      answer ? parse_nodeinfo(answer->body) : Result<ServerSoftware>(ServerSoftware());
  co_return software ? *software : ServerSoftware();
}

}  // namespace tagscout
