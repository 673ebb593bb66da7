// The simulated network and a real daemon that reads it, as child processes of a test.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/end_to_end/api_client.h"
#include "tests/end_to_end/daemon.h"
#include "tests/end_to_end/process.h"

namespace tagscout::end_to_end {

class Rig {
 public:
  // Keeps everything in `folder`, which is emptied first. The programs lie beside this one. Starts
  // the simulation with `testnet_arguments`. Throws std::runtime_error.
  Rig(std::string folder, const std::vector<std::string>& testnet_arguments);

  // Starts the daemon, with `settings` over the configuration that the simulation wrote, and
  // returns once it answers. Throws std::runtime_error with the end of its log if it does not.
  void start_daemon(const std::vector<std::string>& settings = {});

  // Ends it at once, as a power cut would, and tells the simulation.
  void kill_daemon();

  // Asks it to stop; its exit code, or nothing if it still runs after `patience`.
  std::optional<int> stop_daemon(Patience patience) { return daemon_->stop(patience); }

  bool daemon_runs() { return daemon_->runs(); }
  pid_t daemon_pid() const { return daemon_->pid(); }

  // Of the running daemon, by ro.sock.
  ApiClient& api() { return daemon_->api(); }
  ApiClient& testnet() { return *testnet_api_; }
  const std::string& folder() const { return folder_; }

  // The last lines of the daemon's log.
  std::string log_end() const { return daemon_log_end(folder_); }

 private:
  std::string folder_;
  std::unique_ptr<Process> testnet_;
  std::unique_ptr<ApiClient> testnet_api_;
  std::unique_ptr<Daemon> daemon_;
};

}  // namespace tagscout::end_to_end
