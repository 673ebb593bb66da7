// tagscout-demo: a daemon reads a simulated network for half a minute; shows what happens, then
// compares what it knows with the truth.
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>

#include "tests/end_to_end/rig.h"
#include "tests/end_to_end/snapshot.h"

namespace tagscout::end_to_end {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr size_t reported_max = 20;
constexpr size_t flags_shown_max = 4;  // a tick
constexpr milliseconds tick(1'000);
constexpr seconds drain_patience(10);

// Ctrl-C as something that can be waited for.
class Interrupt {
 public:
  Interrupt() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    descriptor_ = signalfd(-1, &signals, SFD_CLOEXEC);
  }
  ~Interrupt() { close(descriptor_); }
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // True if it came within `patience`, or before.
  bool wait(milliseconds patience) {
    pollfd ready{.fd = descriptor_, .events = POLLIN, .revents = 0};
    came_ = came_ || poll(&ready, 1, static_cast<int>(patience.count())) > 0;
    return came_;
  }

 private:
  int descriptor_;
  bool came_ = false;
};

class Demo {
 public:
  Demo()
      : plain_(isatty(STDOUT_FILENO) == 0 || std::string_view(terminal()) == "dumb"),
        rig_("var/demo", {"--accounts", "1000", "--history-posts", "1600", "--posts-per-second",
                          "80", "--duration", "18", "--rereads", "1,3,6", "--refresh", "1.5"}) {}

  // The exit code.
  int run() {
    std::cout << "A simulated network: 1,000 accounts on three Mastodon instances and Bluesky.\n"
                 "tagscoutd reads it; its store, configuration and log are in ./var/demo. "
                 "Ctrl-C stops early.\n\n";
    rig_.start_daemon();
    started_ = steady_clock::now();
    while (!interrupt_.wait(tick) && !at_rest()) show_progress();
    const bool stopped_early = interrupt_.wait(milliseconds(0));
    if (stopped_early) {
      std::cout
          << "\nStopped early: only what was shown so far is compared. Posts that were deleted\n"
             "since they were last read are still counted.\n";
      rig_.testnet().post("/control/mute");
    }
    const bool right = compare(stopped_early);
    const auto asked_to_stop = steady_clock::now();
    const std::optional<int> code = rig_.stop_daemon(drain_patience);
    if (code != 0) {
      std::cout << "tagscoutd did not stop cleanly:\n" << rig_.log_end();
      return EXIT_FAILURE;
    }
    const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - asked_to_stop);
    std::cout << "tagscoutd stopped after " << took.count() << " ms.\n";
    return right ? EXIT_SUCCESS : EXIT_FAILURE;
  }

 private:
  static const char* terminal() {
    const char* name = std::getenv("TERM");
    return name == nullptr ? "dumb" : name;
  }

  bool at_rest() {
    const rapidjson::Document state = rig_.testnet().get_json("/control/state");
    return state["frozen"].GetBool() && state["accounts_unread"].GetInt64() == 0 &&
           state["now_us"].GetInt64() > state["quiet_at_us"].GetInt64();
  }

  void show_progress() {
    const rapidjson::Document status = rig_.api().get_json("/v1/status");
    const auto& store = status["store"];
    std::array<char, 120> line;
    std::snprintf(line.data(), line.size(), "%5.1f s  %7lld posts  %6lld accounts  %5lld flags  %s",
                  std::chrono::duration<double>(steady_clock::now() - started_).count(),
                  static_cast<long long>(store["posts"].GetInt64()),
                  static_cast<long long>(store["accounts"].GetInt64()),
                  static_cast<long long>(store["flags"].GetInt64()), status["state"].GetString());
    std::cout << line.data() << "\n";
    show_flags();
    std::cout.flush();
  }

  void show_flags() {
    const rapidjson::Document page =
        rig_.api().get_json("/v1/flags?limit=1000&since=" + std::to_string(last_flag_));
    size_t shown = 0;
    for (const auto& flag : page["items"].GetArray()) {
      last_flag_ = flag["id"].GetInt64();
      if (++shown > flags_shown_max) continue;
      const std::string kind = flag["kind"].GetString();
      std::cout << "         "
                << (plain_            ? ""
                    : kind == "found" ? "\033[36m"
                                      : "\033[1;32m")
                << kind << (plain_ ? "" : "\033[0m") << "  " << flag["ladder"].GetString() << "/"
                << flag["band"].GetString() << "  " << flag["followers"].GetInt64()
                << " followers  " << flag["handle"].GetString() << "\n";
    }
    if (shown > flags_shown_max) {
      std::cout << "         … and " << shown - flags_shown_max << " more\n";
    }
  }

  // True if no flag is missed or invented. What was read last may still be on its way.
  bool compare(bool shown_only) {
    const TruthSnapshot truth = read_truth(
        rig_.testnet().get_json(shown_only ? "/control/truth?shown=1" : "/control/truth"));
    const auto deadline = steady_clock::now() + seconds(shown_only ? 5 : 15);
    Snapshot known = read_daemon(rig_.api(), truth);
    while (!equal(truth.must, known, shown_only) && steady_clock::now() < deadline) {
      poll(nullptr, 0, 250);
      known = read_daemon(rig_.api(), truth);
    }
    summarise(truth.must, known);
    const std::vector<std::string> wrong = flag_differences(truth.must, known, reported_max);
    for (const std::string& line : wrong) std::cout << line << "\n";
    return wrong.empty();
  }

  static bool equal(const Snapshot& must, const Snapshot& is, bool shown_only) {
    if (shown_only) return flag_differences(must, is, 1).empty();
    return differences(must, is, 1).empty();
  }

  static size_t count(const Snapshot& snapshot, std::string_view kind) {
    size_t flags = 0;
    for (const std::string& flag : snapshot.flags) flags += flag.starts_with(kind) ? 1u : 0u;
    return flags;
  }

  static void summarise(const Snapshot& must, const Snapshot& is) {
    const auto row = [](const char* what, size_t known, size_t true_number) {
      std::printf("%-16s %10zu %10zu\n", what, known, true_number);
    };
    std::printf("\n%-16s %10s %10s\n", "", "tagscout", "truth");
    row("posts", is.posts.size(), must.posts.size());
    row("accounts", is.accounts.size(), must.accounts.size());
    for (const char* kind : {"rose", "fell", "found"}) {
      row((std::string("flags: ") + kind).c_str(), count(is, kind), count(must, kind));
    }
    std::printf("\n");
    std::fflush(stdout);
  }

  Interrupt interrupt_;
  bool plain_;
  Rig rig_;
  steady_clock::time_point started_{};
  int64_t last_flag_ = 0;
};

}  // namespace
}  // namespace tagscout::end_to_end

int main() {
  try {
    return tagscout::end_to_end::Demo().run();
  } catch (const std::exception& error) {
    std::cerr << "tagscout-demo: " << error.what() << "\n";
    return EXIT_FAILURE;
  }
}
