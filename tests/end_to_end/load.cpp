// tagscout-load: a daemon under the load of a simulated network that posts as fast as a large one;
// prints what it reached and fails below the goals.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "tests/end_to_end/rig.h"

namespace tagscout::end_to_end {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr double posts_per_second_min = 5'000;
constexpr double status_ms_max = 50;  // at the 99th percentile
constexpr double memory_mb_max = 300;
constexpr seconds measured(62);
constexpr seconds script(80);
constexpr milliseconds status_interval(50);

// Peak resident memory in MB of 10^6 bytes.
double memory_peak_mb(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) * 1024 / 1e6;
  }
  return 0;
}

double milliseconds_since(steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(steady_clock::now() - start).count();
}

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto place = static_cast<size_t>(static_cast<double>(values.size()) * share);
  return values[std::min(place, values.size() - 1)];
}

class Load {
 public:
  Load()
      : rig_("var/load", {"--accounts", "100000", "--history-posts", "0", "--posts-per-second",
                          "7000", "--duration", std::to_string(script.count()), "--plain",
                          "--no-faults", "--federated", "0.02", "--bluesky-share", "0.7"}) {}

  // The exit code.
  int run() {
    rig_.start_daemon();
    wait_for_the_first_posts();
    const auto start = steady_clock::now();
    const int64_t posts_before = posts();
    while (steady_clock::now() - start < measured) {
      const auto asked = steady_clock::now();
      last_posts_ = posts();
      latencies_ms_.push_back(milliseconds_since(asked));
      if (latencies_ms_.size() % 100 == 0) show_progress(milliseconds_since(start) / 1000);
      std::this_thread::sleep_until(asked + status_interval);
    }
    const double took_s = milliseconds_since(start) / 1000;
    const double rate = static_cast<double>(posts() - posts_before) / took_s;
    const double memory = memory_peak_mb(rig_.daemon_pid());
    const bool stopped = rig_.stop_daemon(seconds(20)) == 0;
    return report(rate, memory, stopped);
  }

 private:
  int64_t posts() {
    const rapidjson::Document status = rig_.api().get_json("/v1/status");
    return status["totals"]["posts_new"].GetInt64();
  }

  void wait_for_the_first_posts() {
    const auto deadline = steady_clock::now() + seconds(15);
    while (posts() == 0 && steady_clock::now() < deadline) {
      std::this_thread::sleep_for(status_interval);
    }
  }

  void show_progress(double at_s) const {
    std::printf("%5.0f s  %9lld posts  status %.1f ms\n", at_s, static_cast<long long>(last_posts_),
                latencies_ms_.back());
    std::fflush(stdout);
  }

  int report(double rate, double memory, bool stopped) const {
    const double p99 = percentile(latencies_ms_, 0.99);
    const auto line = [](const char* what, double reached, const char* goal, bool good) {
      std::printf("%-28s %10.1f   %-10s %s\n", what, reached, goal, good ? "ok" : "MISSED");
    };
    const bool fast = rate >= posts_per_second_min;
    const bool quick = p99 < status_ms_max && !latencies_ms_.empty();
    const bool small = memory < memory_mb_max && memory > 0;
    line("posts recorded, 1/s", rate, ">= 5000", fast);
    line("status, 99th percentile, ms", p99, "< 50", quick);
    line("peak memory, MB", memory, "< 300", small);
    if (!stopped) std::printf("tagscoutd did not stop cleanly:\n%s", rig_.log_end().c_str());
    return fast && quick && small && stopped ? EXIT_SUCCESS : EXIT_FAILURE;
  }

  Rig rig_;
  int64_t last_posts_ = 0;
  std::vector<double> latencies_ms_;
};

}  // namespace
}  // namespace tagscout::end_to_end

int main() {
  try {
    return tagscout::end_to_end::Load().run();
  } catch (const std::exception& error) {
    std::cerr << "tagscout-load: " << error.what() << "\n";
    return EXIT_FAILURE;
  }
}
