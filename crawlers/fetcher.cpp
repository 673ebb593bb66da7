#include "crawlers/fetcher.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "crawlers/backoff.h"
#include "crawlers/http_status.h"
#include "crawlers/pacer.h"
#include "crawlers/rate_limit.h"
#include "crawlers/robots.h"
#include "crawlers/turns.h"
#include "crawlers/url.h"

namespace tagscout {
namespace {

namespace asio = boost::asio;

constexpr Duration robots_kept = std::chrono::hours(24);
// A host that rests longer than this is an error at once: nobody would see why a source stands
// still.
constexpr Duration rest_max = std::chrono::minutes(2);
constexpr Duration clock_tolerance = std::chrono::hours(1);
constexpr Duration clock_witness_kept = std::chrono::hours(1);
constexpr int64_t stale_age_s = 60;
constexpr size_t hosts_max = 20000;
constexpr Duration host_idle_max = std::chrono::hours(25);

struct HostState {
  Turns turns{1};
  HostBudget budget;
  std::optional<Robots> robots;
  Duration robots_until = Duration::min();  // asked again then
  int robots_failures = 0;                  // in a row
  std::optional<Error> robots_error;        // of the last one; asked again at robots_until
  Duration used{};
};

}  // namespace

struct Fetcher::State {
  State(Http& http_in, Clock& clock_in, Chance& chance_in, FetcherOptions options_in,
        RequestObserver* observer_in)
      : http(http_in),
        clock(clock_in),
        chance(chance_in),
        options(std::move(options_in)),
        observer(observer_in),
        pacer(PacerOptions{options.gap, options.host_gaps, options.allow_private}) {}

  HostState& host(const std::string& origin);
  asio::awaitable<Result<HttpResponse>> ask(const HttpRequest& request, const Url& url,
                                            const std::string& source);
  asio::awaitable<Result<void>> rest(const Url& url);
  void learn(HostState& state, const Url& url, const HttpResponse& response);
  asio::awaitable<Result<void>> check_robots(const HttpRequest& request, const Url& url,
                                             const std::string& source);
  void take_robots(HostState& state, const Result<HttpResponse>& answer);
  void note_server_time(Time server_time);
  bool agrees(Duration server_offset) const;

  Http& http;
  Clock& clock;
  Chance& chance;
  FetcherOptions options;
  RequestObserver* observer;
  Pacer pacer;
  std::unordered_map<std::string, HostState> hosts;
  // A server's time less our steady one, and when we learnt it.
  std::optional<Duration> server_offset;
  Duration server_offset_at{};
};

namespace {

// What an answer with JSON to be is worth.
Result<HttpResponse> judge(Result<HttpResponse> answer, Time now) {
  if (!answer) return answer;
  if (auto error = status_error(*answer, now)) return std::move(*error);
  if (claims_json(*answer)) return answer;
  std::string type(answer->header("Content-Type").substr(0, 80));
  std::replace_if(
      type.begin(), type.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return answer_error(ErrorKind::transient,
                      url_for_log(answer->url) + " answered with " +
                          (type.empty() ? "no content type" : type) + " instead of JSON",
                      *answer);
}

}  // namespace

Fetcher::Fetcher(Http& http, Clock& clock, Chance& chance, FetcherOptions options,
                 RequestObserver* observer)
    : state_(std::make_unique<State>(http, clock, chance, std::move(options), observer)) {}

Fetcher::~Fetcher() = default;

asio::awaitable<Result<HttpResponse>> Fetcher::get(HttpRequest request, std::string source) {
  const auto url = parse_url(request.url);
  if (!url) co_return Error(ErrorKind::bad_request, url_for_log(request.url) + " is no URL");
  const Turn turn = co_await state_->host(url->origin()).turns.take();
  if (state_->options.respect_robots) {
    const Result<void> welcome = co_await state_->check_robots(request, *url, source);
    if (!welcome) co_return welcome.error();
  }
  co_return co_await state_->ask(request, *url, source);
}

HostBudget Fetcher::budget(const std::string& origin) const {
  const auto found = state_->hosts.find(origin);
  return found == state_->hosts.end() ? HostBudget() : found->second.budget;
}

bool Fetcher::clock_right() const {
  const State& state = *state_;
  return state.server_offset &&
         state.clock.steady() - state.server_offset_at <= clock_witness_kept &&
         state.agrees(*state.server_offset);
}

void Fetcher::note_server_time(Time server_time) { state_->note_server_time(server_time); }

HostState& Fetcher::State::host(const std::string& origin) {
  const Duration now = clock.steady();
  if (hosts.size() >= hosts_max) {
    std::erase_if(hosts, [&](const auto& entry) {
      return entry.second.turns.idle() && entry.second.used + host_idle_max < now;
    });
  }
  HostState& state = hosts[origin];
  state.used = now;
  return state;
}

// Sends one request when the host may have it, and learns from the answer.
asio::awaitable<Result<HttpResponse>> Fetcher::State::ask(const HttpRequest& request,
                                                          const Url& url,
                                                          const std::string& source) {
  const Result<void> rested = co_await rest(url);
  if (!rested) co_return rested.error();
  HostState& state = hosts.at(url.origin());
  const Duration sent_at = clock.steady();
  pacer.sent(url, sent_at);
  Result<HttpResponse> answer = co_await http.get(request);
  const Duration now = clock.steady();
  pacer.finished(url, now);
  if (answer) learn(state, url, *answer);
  const bool robots = url.target == "/robots.txt";
  const Result<HttpResponse> judged = robots ? answer : judge(std::move(answer), clock.now());
  if (observer != nullptr) {
    observer->requested(source, judged ? "ok" : error_kind_name(judged.error().kind),
                        now - sent_at);
  }
  co_return judged;
}

asio::awaitable<Result<void>> Fetcher::State::rest(const Url& url) {
  while (true) {
    const Duration now = clock.steady();
    const Duration wait = pacer.ready_at(url, now) - now;
    if (wait.count() <= 0) co_return Result<void>();
    if (wait > std::max(rest_max, pacer.gap(url))) {
      const Time until = clock.now() + wait;
      co_return Error(ErrorKind::rate_limited,
                      url.origin() + " is not to be asked before " + format_time(until), until);
    }
    co_await clock.sleep(wait);
  }
}

void Fetcher::State::learn(HostState& state, const Url& url, const HttpResponse& response) {
  // What a cache hands out says nothing about today.
  if (from_stale_cache(response)) return;
  const Time now = clock.now();
  if (const auto time = server_time(response)) note_server_time(*time);
  const RateLimit limit = read_rate_limit(response, now);
  if (limit.remaining) {
    state.budget.remaining = limit.remaining;
    state.budget.reset_at.reset();
    if (limit.reset_in) state.budget.reset_at = now + *limit.reset_in;
  }
  pacer.announced(url, limit, clock.steady());
  const auto error = status_error(response, now);
  if (error && error->until) pacer.hold(url, clock.steady() + (*error->until - now));
}

// Knows or asks what the host's robots.txt says of this request.
asio::awaitable<Result<void>> Fetcher::State::check_robots(const HttpRequest& request,
                                                           const Url& url,
                                                           const std::string& source) {
  HostState& state = hosts.at(url.origin());
  if (clock.steady() >= state.robots_until) {
    Url file = url;
    file.target = "/robots.txt";
    HttpRequest question(file.text());
    question.accept = "text/plain, */*;q=0.1";
    const Result<HttpResponse> answer = co_await ask(question, file, source);
    take_robots(state, answer);
  }
  if (!state.robots) co_return *state.robots_error;
  if (state.robots->allows(url.target)) co_return Result<void>();
  const std::string path = url_for_log(request.url).substr(url.origin().size());
  co_return Error(ErrorKind::forbidden, "robots.txt of " + url.host + " disallows " + path);
}

// A server that fails is waited for; an old copy of its rules holds meanwhile.
void Fetcher::State::take_robots(HostState& state, const Result<HttpResponse>& answer) {
  const Time now = clock.now();
  const bool answered = answer && answer->status >= 200 && answer->status < 500 &&
                        answer->status != 429 && answer->status != 408 && answer->status != 425;
  if (answered) {
    const bool found = answer->status < 300;
    state.robots = found ? Robots(answer->body, options.robots_name) : Robots();
    state.robots_until = clock.steady() + robots_kept;
    state.robots_failures = 0;
    return;
  }
  const Duration wait = backoff(options.gap, ++state.robots_failures, chance);
  Error error = answer ? *status_error(*answer, now) : answer.error();
  const Time again = std::max(now + wait, error.until.value_or(now));
  error.until = again;
  state.robots_error = std::move(error);
  state.robots_until = clock.steady() + (again - now);
}

void Fetcher::State::note_server_time(Time server_time) {
  // A stream can say anything; beyond this it only makes sums overflow.
  constexpr Time end = std::chrono::sys_days(std::chrono::year(3000) / 1 / 1);
  if (server_time < Time() || server_time > end) return;
  const Duration offset = server_time.time_since_epoch() - clock.steady();
  const bool witnessed = server_offset && clock.steady() - server_offset_at <= clock_witness_kept &&
                         agrees(*server_offset);
  // One server whose own clock is wrong does not outweigh the others.
  if (witnessed && !agrees(offset)) return;
  server_offset = offset;
  server_offset_at = clock.steady();
}

bool Fetcher::State::agrees(Duration offset) const {
  const Duration ours = clock.now().time_since_epoch() - clock.steady();
  return ours - offset <= clock_tolerance && offset - ours <= clock_tolerance;
}

bool from_stale_cache(const HttpResponse& response) {
  if (response.header("Warning").starts_with("110 ")) return true;
  const std::string_view age = response.header("Age");
  int64_t seconds = 0;
  const auto [end, ec] = std::from_chars(age.data(), age.data() + age.size(), seconds);
  return (ec == std::errc() && seconds > stale_age_s) || ec == std::errc::result_out_of_range;
}

}  // namespace tagscout
