#include "crawlers/fetcher.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "crawlers/answer_cache.h"
#include "crawlers/clock_witness.h"
#include "crawlers/http_redirect.h"
#include "crawlers/http_status.h"
#include "crawlers/pacer.h"
#include "crawlers/rate_limit.h"
#include "crawlers/robots_copy.h"
#include "crawlers/turns.h"
#include "crawlers/url.h"

namespace tagscout {
namespace {

namespace asio = boost::asio;

constexpr int redirects_max = 5;
// A host that rests longer than this is an error at once: nobody would see why a source stands
// still.
constexpr Duration rest_max = std::chrono::minutes(2);
constexpr int64_t stale_age_s = 60;
constexpr size_t hosts_max = 20000;
constexpr Duration host_idle_max = std::chrono::hours(25);

struct HostState {
  bool idle() const { return turns.idle() && robots_turns.idle(); }

  Turns turns{1};         // to send a request
  Turns robots_turns{1};  // to ask for robots.txt; taken before the other, never after
  HostBudget budget;
  RobotsCopy robots;
  std::string last_refusal;
  Time last_refusal_at;
  Duration used{};
};

// What a request is for. robots.txt may be asked for without asking it.
enum class Purpose { json, robots };

}  // namespace

struct Fetcher::State {
  State(Http& http_in, Clock& clock_in, Chance& chance_in, FetcherOptions options_in,
        RequestObserver* observer_in)
      : http(http_in),
        clock(clock_in),
        chance(chance_in),
        options(std::move(options_in)),
        observer(observer_in),
        pacer(PacerOptions{options.gap, options.host_gaps, options.allow_private}),
        witness(clock_in) {}

  HostState& host(const std::string& origin);
  asio::awaitable<Result<HttpResponse>> follow(HttpRequest request, std::string source,
                                               Purpose purpose);
  Result<HttpRequest> elsewhere(const HttpRequest& request, const HttpResponse& answer) const;
  asio::awaitable<Result<HttpResponse>> ask(const HttpRequest& request, const Url& url,
                                            const std::string& source, Purpose purpose);
  asio::awaitable<Result<void>> rest(const Url& url);
  asio::awaitable<Result<void>> check_robots(const Url& url, const std::string& source);
  asio::awaitable<Result<HttpResponse>> ask_robots(HostState& state, std::string origin,
                                                   std::string source, HttpTimings* timings);
  void learn(HostState& state, const Url& url, const HttpResponse& response);
  void note_refusal(const std::string& origin, const Error& error);

  Http& http;
  Clock& clock;
  Chance& chance;
  FetcherOptions options;
  RequestObserver* observer;
  Pacer pacer;
  ClockWitness witness;
  AnswerCache answers;
  std::unordered_map<std::string, HostState> hosts;
};

namespace {

// What an answer with JSON to be is worth.
Result<HttpResponse> judge(Result<HttpResponse> answer, Time now) {
  if (!answer || leads_elsewhere(*answer)) return answer;
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

Error not_followed(const HttpRequest& request, const HttpResponse& answer, const std::string& why) {
  return answer_error(ErrorKind::forbidden,
                      "redirect of " + url_for_log(request.url) + " not followed: " + why, answer);
}

bool refusal(const Error& error) {
  return error.kind == ErrorKind::auth || error.kind == ErrorKind::forbidden ||
         error.kind == ErrorKind::rate_limited || error.kind == ErrorKind::quota;
}

}  // namespace

Fetcher::Fetcher(Http& http, Clock& clock, Chance& chance, FetcherOptions options,
                 RequestObserver* observer)
    : state_(std::make_unique<State>(http, clock, chance, std::move(options), observer)) {}

Fetcher::~Fetcher() = default;

asio::awaitable<Result<HttpResponse>> Fetcher::get(HttpRequest request, std::string source) {
  co_return co_await state_->follow(std::move(request), std::move(source), Purpose::json);
}

asio::awaitable<Result<HttpResponse>> Fetcher::probe(std::string origin, std::string source,
                                                     HttpTimings& timings) {
  HostState& state = state_->host(origin);
  const Turn turn = co_await state.robots_turns.take();
  co_return co_await state_->ask_robots(state, std::move(origin), source, &timings);
}

HostBudget Fetcher::budget(const std::string& origin) const {
  const auto found = state_->hosts.find(origin);
  return found == state_->hosts.end() ? HostBudget() : found->second.budget;
}

HostReport Fetcher::report(const std::string& origin) const {
  HostReport report;
  report.host = origin;
  const auto url = parse_url(origin);
  if (!url) return report;
  const Duration steady = state_->clock.steady();
  const Time now = state_->clock.now();
  report.gap = state_->pacer.gap(*url);
  report.local = state_->pacer.local_budgets(*url, steady);
  const Duration wait = state_->pacer.ready_at(*url, steady) - steady;
  if (wait.count() > 0) report.not_before = now + wait;
  const auto found = state_->hosts.find(origin);
  if (found != state_->hosts.end()) {
    const HostState& state = found->second;
    report.budget = state.budget;
    report.robots = state.robots.description();
    if (const auto until = state.robots.until()) report.robots_until = now + (*until - steady);
    report.last_refusal = state.last_refusal;
    if (!state.last_refusal.empty()) report.last_refusal_at = state.last_refusal_at;
  }
  if (!state_->options.respect_robots) report.robots = "not asked (http.respect_robots = false)";
  return report;
}

bool Fetcher::clock_right() const { return state_->witness.right(); }

void Fetcher::note_server_time(Time server_time) { state_->witness.note(server_time); }

HostState& Fetcher::State::host(const std::string& origin) {
  const Duration now = clock.steady();
  if (hosts.size() >= hosts_max) {
    std::erase_if(hosts, [&](const auto& entry) {
      return entry.second.idle() && entry.second.used + host_idle_max < now;
    });
  }
  HostState& state = hosts[origin];
  state.used = now;
  return state;
}

// One turn is held at a time, so that two hosts that lead to each other cannot wait for each other.
asio::awaitable<Result<HttpResponse>> Fetcher::State::follow(HttpRequest request,
                                                             std::string source, Purpose purpose) {
  for (int hops = 0;; ++hops) {
    const auto url = parse_url(request.url);
    if (!url) co_return Error(ErrorKind::bad_request, url_for_log(request.url) + " is no URL");
    if (purpose == Purpose::json && options.respect_robots) {
      const Result<void> welcome = co_await check_robots(*url, source);
      if (!welcome) co_return welcome.error();
    }
    const Result<HttpResponse> answer = co_await ask(request, *url, source, purpose);
    if (!answer || !leads_elsewhere(*answer)) co_return answer;
    if (hops == redirects_max) {
      Error error = not_followed(request, *answer, "too many");
      note_refusal(url->origin(), error);
      co_return error;
    }
    request = *elsewhere(request, *answer);
  }
}

// The request that a redirect leads to, if it may be followed.
Result<HttpRequest> Fetcher::State::elsewhere(const HttpRequest& request,
                                              const HttpResponse& answer) const {
  Result<HttpRequest> next = *redirected(request, answer);
  if (!next) return next;
  const std::string from = parse_url(request.url)->origin();
  const std::string to = parse_url(next->url)->origin();
  if (to == from || options.may_lead_to(to)) return next;
  return not_followed(request, answer, to + " is a host that may not be asked");
}

// Sends one request when it is the host's turn, and learns from the answer.
asio::awaitable<Result<HttpResponse>> Fetcher::State::ask(const HttpRequest& request,
                                                          const Url& url, const std::string& source,
                                                          Purpose purpose) {
  HostState& state = host(url.origin());
  const Turn turn = co_await state.turns.take();
  const Result<void> rested = co_await rest(url);
  if (!rested) co_return rested.error();
  const Duration sent_at = clock.steady();
  pacer.sent(url, sent_at);
  HttpRequest question = request;
  answers.prepare(question);
  Result<HttpResponse> answer = co_await http.get(question);
  const Duration now = clock.steady();
  pacer.finished(url, now);
  if (answer) {
    answers.complete(question, *answer);
    learn(state, url, *answer);
  } else {
    pacer.lost(url);
  }
  Result<HttpResponse> judged =
      purpose == Purpose::robots ? answer : judge(std::move(answer), clock.now());
  if (judged && leads_elsewhere(*judged)) {
    const Result<HttpRequest> next = elsewhere(request, *judged);
    if (!next) judged = next.error();
  }
  if (!judged) note_refusal(url.origin(), judged.error());
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
  const Duration steady = clock.steady();
  if (const auto time = server_time(response)) witness.note(*time);
  const RateLimit limit = read_rate_limit(response, now);
  if (limit.remaining) {
    state.budget = {limit.limit, limit.remaining, {}};
    if (limit.reset_in) state.budget.reset_at = now + *limit.reset_in;
  }
  pacer.announced(url, limit, steady);
  // Whatever a refusal is called: a server that says when to come again is not asked before.
  if (response.status >= 400 && limit.retry_in) pacer.hold(url, steady + *limit.retry_in);
  const auto error = status_error(response, now);
  if (error && error->until) pacer.hold(url, steady + (*error->until - now));
  if (error && error->kind == ErrorKind::rate_limited && !error->until) pacer.refused(url, steady);
}

// Knows or asks what the host's robots.txt says of this request.
asio::awaitable<Result<void>> Fetcher::State::check_robots(const Url& url,
                                                           const std::string& source) {
  HostState& state = host(url.origin());
  const Turn turn = co_await state.robots_turns.take();
  if (state.robots.due(clock.steady())) {
    (void)co_await ask_robots(state, url.origin(), source, nullptr);
  }
  const Result<void> welcome = state.robots.check(url);
  if (!welcome) note_refusal(url.origin(), welcome.error());
  co_return welcome;
}

// For who holds the host's robots_turns.
asio::awaitable<Result<HttpResponse>> Fetcher::State::ask_robots(HostState& state,
                                                                 std::string origin,
                                                                 std::string source,
                                                                 HttpTimings* timings) {
  HttpRequest question(origin + "/robots.txt");
  question.accept = "text/plain, */*;q=0.1";
  question.timings = timings;
  const Result<HttpResponse> answer =
      co_await follow(std::move(question), std::move(source), Purpose::robots);
  const RobotsReader reader{options.robots_name, options.gap, clock, chance};
  state.robots.take(answer, reader);
  co_return answer;
}

void Fetcher::State::note_refusal(const std::string& origin, const Error& error) {
  if (!refusal(error)) return;
  HostState& state = host(origin);
  state.last_refusal = error.detail;
  state.last_refusal_at = clock.now();
}

bool from_stale_cache(const HttpResponse& response) {
  if (response.header("Warning").starts_with("110 ")) return true;
  const std::string_view age = response.header("Age");
  int64_t seconds = 0;
  const auto [end, ec] = std::from_chars(age.data(), age.data() + age.size(), seconds);
  return (ec == std::errc() && seconds > stale_age_s) || ec == std::errc::result_out_of_range;
}

}  // namespace tagscout
