#include "tests/support/testnet/manners.h"

#include <algorithm>
#include <charconv>

namespace tagscout::testnet {
namespace {

constexpr size_t agents_max = 10;

// The first of the headers whose name ends so, in any case; empty if there is none.
std::string_view header(const SiteReply& reply, std::string_view end) {
  const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  for (const auto& [name, value] : reply.headers) {
    if (name.size() < end.size()) continue;
    const bool same = std::equal(end.begin(), end.end(), name.end() - static_cast<long>(end.size()),
                                 [&](char a, char b) { return low(a) == low(b); });
    if (same) return value;
  }
  return {};
}

std::optional<int64_t> number(std::string_view text) {
  int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (text.empty() || read.ec != std::errc{} || read.ptr != end) return {};
  return value;
}

// When the budget is renewed: ISO 8601, or seconds since 1970.
std::optional<Time> reset(const SiteReply& reply) {
  const std::string_view text = header(reply, "RateLimit-Reset");
  if (const auto seconds = number(text)) return time_from_us(*seconds * 1'000'000);
  return parse_time(text);
}

// What everybody is to leave alone.
std::vector<std::string> disallowed(std::string_view robots) {
  std::vector<std::string> paths;
  bool for_all = false;
  while (!robots.empty()) {
    const size_t end = std::min(robots.find('\n'), robots.size());
    const std::string_view line = robots.substr(0, end);
    robots.remove_prefix(std::min(end + 1, robots.size()));
    constexpr std::string_view agent = "User-agent: ";
    constexpr std::string_view path = "Disallow: ";
    if (line.starts_with(agent)) for_all = line.substr(agent.size()) == "*";
    if (line.starts_with(path) && for_all) paths.emplace_back(line.substr(path.size()));
  }
  return paths;
}

bool asks_robots(const SiteRequest& request) { return request.target == "/robots.txt"; }

}  // namespace

SiteReply Manners::answer(const SiteRequest& request, Time now) {
  judge(request, now);
  SiteReply reply = site_.answer(request, now);
  learn(request, reply, now);
  return reply;
}

void Manners::in_flight(int requests) {
  behaviour_.in_flight_max = std::max(behaviour_.in_flight_max, requests);
  site_.in_flight(requests);
}

std::unique_ptr<SiteStream> Manners::subscribe(const SiteRequest& request, Time now) {
  if (behaviour_.agents.size() < agents_max) behaviour_.agents.insert(request.user_agent);
  return site_.subscribe(request, now);
}

void Manners::judge(const SiteRequest& request, Time now) {
  ++behaviour_.requests;
  if (behaviour_.agents.size() < agents_max) behaviour_.agents.insert(request.user_agent);
  if (exhausted_until_ && now < *exhausted_until_) ++behaviour_.above_limit;
  if (held_until_ && now < *held_until_) ++behaviour_.before_reset;
  if (answered_at_ && now - *answered_at_ < gap_) ++behaviour_.gaps_short;
  if (asks_robots(request)) return;
  if (!robots_known_) ++behaviour_.before_robots;
  const bool against =
      std::any_of(disallowed_.begin(), disallowed_.end(),
                  [&](const std::string& path) { return request.target.starts_with(path); });
  if (against) ++behaviour_.against_robots;
}

void Manners::learn(const SiteRequest& request, const SiteReply& reply, Time now) {
  answered_at_ = now;
  if (reply.hang_up || reply.cut_off) return;
  const bool answers_robots = asks_robots(request) && reply.status < 500 && reply.status != 429;
  if (answers_robots) {
    robots_known_ = true;
    disallowed_ = disallowed(reply.status == 200 ? reply.body : "");
  }
  const std::optional<Time> renewed = reset(reply);
  if (const auto left = number(header(reply, "RateLimit-Remaining"))) {
    exhausted_until_ = *left == 0 ? renewed : std::nullopt;
    if (*left == 0) ++behaviour_.spent;
  }
  if (reply.status != 429) return;
  ++behaviour_.refused;
  held_until_ = renewed;
  if (const auto seconds = number(header(reply, "Retry-After"))) {
    const Time again = now + std::chrono::seconds(*seconds);
    held_until_ = held_until_ ? std::max(*held_until_, again) : again;
  }
}

}  // namespace tagscout::testnet
