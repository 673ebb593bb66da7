#include "crawlers/pacer.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

namespace tagscout {
namespace {

using namespace std::chrono_literals;

constexpr Duration start = 1h;

Url url(const std::string& text) { return *parse_url(text); }

PacerOptions options(Duration gap) {
  PacerOptions result;
  result.gap = gap;
  result.allow_private.add("127.0.0.1:8080");
  return result;
}

RateLimit limit(std::optional<int64_t> remaining, std::optional<Duration> reset_in) {
  RateLimit result;
  result.remaining = remaining;
  result.reset_in = reset_in;
  return result;
}

TEST(Pacer, AHostNeverAskedIsReady) {
  const Pacer pacer(options(3s));
  EXPECT_LE(pacer.ready_at(url("https://a.test/x"), start), start);
}

TEST(Pacer, TheGapCountsFromTheAnswer) {
  Pacer pacer(options(4s));
  const Url a = url("https://a.test/x");
  pacer.sent(a, start);
  EXPECT_EQ(pacer.ready_at(a, start), start + 4s);
  pacer.finished(a, start + 2s);
  EXPECT_EQ(pacer.ready_at(a, start + 2s), start + 6s);
  EXPECT_EQ(pacer.ready_at(url("https://a.test/another"), start), start + 6s);
}

TEST(Pacer, HostsAreSchemeNameAndPort) {
  Pacer pacer(options(4s));
  pacer.sent(url("https://a.test/x"), start);
  for (const char* const other :
       {"https://b.test/x", "https://a.test:8443/x", "http://a.test/x", "wss://a.test/x"}) {
    EXPECT_LE(pacer.ready_at(url(other), start), start) << other;
  }
  EXPECT_GT(pacer.ready_at(url("https://A.test:443/y"), start), start);
}

TEST(Pacer, PublicHostsKeepThreeSecondsUnlessAGapIsTheirOwn) {
  PacerOptions all = options(0s);
  all.host_gaps["https://appview.test"] = 100ms;
  Pacer pacer(all);
  const std::pair<const char*, Duration> cases[] = {
      {"https://a.test/x", 3s},
      {"https://appview.test/x", 100ms},
      {"http://127.0.0.1:8080/x", 0s},
      {"http://127.0.0.1:8081/x", 3s},
  };
  for (const auto& [text, gap] : cases) {
    pacer.sent(url(text), start);
    EXPECT_EQ(pacer.ready_at(url(text), start), start + gap) << text;
  }
}

TEST(Pacer, AUsedUpBudgetRestsUntilItIsRenewed) {
  Pacer pacer(options(0s));
  const Url a = url("http://127.0.0.1:8080/x");
  pacer.sent(a, start);
  pacer.announced(a, limit(1, 100s), start);
  EXPECT_LE(pacer.ready_at(a, start), start);
  pacer.announced(a, limit(0, 100s), start);
  EXPECT_EQ(pacer.ready_at(a, start), start + 100s);
  pacer.announced(a, limit(0, 40s), start);
  EXPECT_EQ(pacer.ready_at(a, start), start + 100s) << "the more pessimistic word holds";
  pacer.announced(a, limit({}, 500s), start);
  EXPECT_EQ(pacer.ready_at(a, start), start + 100s) << "a reset alone forbids nothing";
}

TEST(Pacer, AUsedUpBudgetWithoutATimeRestsAMinute) {
  Pacer pacer(options(0s));
  const Url a = url("http://127.0.0.1:8080/x");
  pacer.announced(a, limit(0, {}), start);
  EXPECT_EQ(pacer.ready_at(a, start), start + 60s);
}

TEST(Pacer, ARequestWithoutAnAnswerMayHaveCounted) {
  Pacer pacer(options(0s));
  const Url a = url("http://127.0.0.1:8080/x");
  pacer.announced(a, limit(2, 100s), start);
  pacer.lost(a);
  EXPECT_LE(pacer.ready_at(a, start), start);
  pacer.lost(a);
  EXPECT_EQ(pacer.ready_at(a, start), start + 100s);
  EXPECT_LE(pacer.ready_at(a, start + 100s), start + 100s);
  pacer.announced(a, limit(50, 100s), start + 100s);
  EXPECT_LE(pacer.ready_at(a, start + 100s), start + 100s);
}

TEST(Pacer, ARefusalWithoutATimeRestsAPublicHostAMinute) {
  Pacer pacer(options(0s));
  const Url a = url("https://a.test/x");
  const Url mine = url("http://127.0.0.1:8080/x");
  pacer.refused(a, start);
  pacer.refused(mine, start);
  EXPECT_EQ(pacer.ready_at(a, start), start + 60s);
  EXPECT_LE(pacer.ready_at(mine, start), start);
}

TEST(Pacer, AHeldHostRests) {
  Pacer pacer(options(3s));
  const Url a = url("https://a.test/x");
  pacer.hold(a, start + 20s);
  EXPECT_EQ(pacer.ready_at(a, start), start + 20s);
  pacer.hold(a, start + 10s);
  EXPECT_EQ(pacer.ready_at(a, start), start + 20s);
}

// Sends as fast as the pacer lets it and returns the times.
std::vector<Duration> send_all(Pacer& pacer, const std::vector<Url>& urls, size_t count) {
  std::vector<Duration> times;
  Duration now = start;
  for (size_t i = 0; i < count; ++i) {
    const Url& next = urls[i % urls.size()];
    now = std::max(now, pacer.ready_at(next, now));
    pacer.sent(next, now);
    times.push_back(now);
  }
  return times;
}

size_t most_in_window(const std::vector<Duration>& times, Duration window) {
  size_t most = 0;
  size_t first = 0;
  for (size_t i = 0; i < times.size(); ++i) {
    while (times[i] - times[first] >= window) ++first;
    most = std::max(most, i - first + 1);
  }
  return most;
}

PacerOptions hasty(const char* origin) {
  PacerOptions result = options(3s);
  result.host_gaps[origin] = 10ms;
  return result;
}

TEST(Pitfall06, TheHiddenPagingThrottleIsKeptWithoutAnyHeader) {
  Pacer pacer(hasty("https://a.test"));
  const auto times =
      send_all(pacer, {url("https://a.test/api/v1/timelines/tag/x?limit=40&min_id=9")}, 1000);
  EXPECT_EQ(most_in_window(times, 15min), 300u);
  EXPECT_EQ(times[299], start + 299 * 10ms) << "up to the budget only the gap counts";
  EXPECT_GE(times[300], start + 15min);
}

TEST(Pitfall06, APagingBudgetUsedUpLeavesTheGeneralOne) {
  Pacer pacer(hasty("https://a.test"));
  const Url page = url("https://a.test/api/v1/timelines/tag/x?max_id=9");
  const Url single = url("https://a.test/api/v1/statuses/9");
  const auto times = send_all(pacer, {page}, 300);
  const Duration later = times.back() + 6min;
  EXPECT_LE(pacer.ready_at(single, later), later);
  EXPECT_GT(pacer.ready_at(page, later), later);
}

TEST(Pitfall06, HeadersThatTellOfAnotherThrottleDoNotLiftIt) {
  Pacer pacer(hasty("https://a.test"));
  const Url page = url("https://a.test/api/v1/timelines/tag/x?since_id=9");
  const auto times = send_all(pacer, {page}, 300);
  pacer.announced(page, limit(299, 300s), times.back());
  EXPECT_GE(pacer.ready_at(page, times.back()), start + 15min);
}

TEST(Pitfall06, TheServersWindowsHoldWhereverTheyBeginAndHoweverLateRequestsArrive) {
  std::mt19937 engine(7);
  Pacer pacer(hasty("https://a.test"));
  const Url page = url("https://a.test/api/v1/timelines/tag/x?min_id=9");
  std::map<int64_t, int> windows;  // by number since zero: multiples of 15 min
  Duration now = start + 123s;
  for (int i = 0; i < 4000; ++i) {
    now = std::max(now, pacer.ready_at(page, now));
    pacer.sent(page, now);
    const Duration took = i % 50 == 0 ? Duration(60s) : Duration(engine() % 500'000);
    // On its way there for any part of that time.
    const Duration arrived = now + took * (engine() % 101) / 100;
    ++windows[arrived / 15min];
    now += took;
    pacer.finished(page, now);
  }
  EXPECT_GE(windows.size(), 13u);
  for (const auto& [number, count] : windows) EXPECT_LE(count, 300) << number;
}

TEST(Pacer, TellsHowTheLocalBudgetsAreSpent) {
  Pacer pacer(hasty("https://a.test"));
  const Url page = url("https://a.test/api/v1/x?min_id=1");
  const Url single = url("https://a.test/api/v1/x");
  for (int i = 0; i < 10; ++i) pacer.sent(i < 4 ? page : single, start + i * 1min);
  const auto at_once = pacer.local_budgets(page, start + 9min);
  ASSERT_EQ(at_once.size(), 2u);
  EXPECT_EQ(at_once[0].name, "general");
  EXPECT_EQ(at_once[0].limit, 300);
  EXPECT_EQ(at_once[0].window, 5min);
  EXPECT_EQ(at_once[0].used, 5);
  EXPECT_EQ(at_once[1].name, "paging");
  EXPECT_EQ(at_once[1].window, 15min);
  EXPECT_EQ(at_once[1].used, 4);
  EXPECT_EQ(pacer.local_budgets(page, start + 17min)[1].used, 1);
  EXPECT_EQ(pacer.local_budgets(url("https://b.test/"), start)[0].used, 0);
  EXPECT_TRUE(pacer.local_budgets(url("http://127.0.0.1:8080/"), start).empty());
}

TEST(Pacer, EveryRequestToSuchAnApiCountsInTheGeneralBudget) {
  Pacer pacer(hasty("https://a.test"));
  const auto times =
      send_all(pacer,
               {url("https://a.test/api/v1/statuses/9"), url("https://a.test/api/v2/instance"),
                url("https://a.test/api/v1/timelines/tag/x?min_id=9")},
               900);
  EXPECT_EQ(most_in_window(times, 5min), 300u);
}

TEST(Pacer, OtherPathsAndQueriesHaveNoBuiltInBudget) {
  for (const char* const text :
       {"https://a.test/xrpc/app.bsky.actor.getProfiles?actors=x", "https://a.test/robots.txt",
        "https://a.test/api/meta?min_id=9", "https://a.test/x?u=/api/v1/&min_id=9"}) {
    Pacer pacer(hasty("https://a.test"));
    const auto times = send_all(pacer, {url(text)}, 400);
    EXPECT_EQ(times.back(), start + 399 * 10ms) << text;
  }
  Pacer pacer(hasty("https://a.test"));
  const Url page = url("https://a.test/api/v1/timelines/tag/min_id?limit=40&xmin_id=1&m=min_id");
  send_all(pacer, {page}, 301);
  EXPECT_LT(pacer.ready_at(url("https://a.test/api/v1/x?min_id=1"), start + 6min), start + 6min)
      << "none of these was a page";
}

TEST(Pacer, AllowedPrivateHostsHaveNoBuiltInBudget) {
  Pacer pacer(options(0s));
  const auto times = send_all(pacer, {url("http://127.0.0.1:8080/api/v1/x?min_id=1")}, 1000);
  EXPECT_EQ(times.back(), start);
}

TEST(Pacer, BudgetsHoldInEveryWindowWhateverTheRhythm) {
  for (const uint32_t seed : {1u, 2u, 3u}) {
    std::mt19937 engine(seed);
    Pacer pacer(hasty("https://a.test"));
    const Url page = url("https://a.test/api/v1/t?min_id=1");
    const Url single = url("https://a.test/api/v1/s");
    std::vector<Duration> all;
    std::vector<Duration> pages;
    Duration now = start;
    for (int i = 0; i < 3000; ++i) {
      const bool paging = engine() % 3 == 0;
      const Url& next = paging ? page : single;
      now += Duration(engine() % 2'000'000);
      now = std::max(now, pacer.ready_at(next, now));
      if (!all.empty()) {
        EXPECT_GE(now - all.back(), 10ms);
      }
      pacer.sent(next, now);
      all.push_back(now);
      if (paging) pages.push_back(now);
    }
    EXPECT_LE(most_in_window(all, 5min), 300u) << seed;
    EXPECT_LE(most_in_window(pages, 15min), 300u) << seed;
  }
}

TEST(Pacer, ForgetsHostsThatAreIdle) {
  Pacer pacer(options(3s));
  for (int i = 0; i < 25000; ++i) {
    const Url next = url("https://h" + std::to_string(i) + ".test/");
    pacer.sent(next, start + i * 1s);
    pacer.finished(next, start + i * 1s);
  }
  EXPECT_LE(pacer.hosts(), 20000u);
  EXPECT_EQ(pacer.ready_at(url("https://h24999.test/"), start), start + 24999s + 3s);
}

}  // namespace
}  // namespace tagscout
