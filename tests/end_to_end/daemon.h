// tagscoutd as a child process of a test.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/end_to_end/api_client.h"
#include "tests/end_to_end/process.h"

namespace tagscout::end_to_end {

class Daemon {
 public:
  // Starts the program that lies beside this one with FOLDER/tagscout.toml; store, sockets and log
  // are in the folder, too. `settings` are KEY=VALUE that go before the file. Returns once it
  // answers. Throws std::runtime_error with the end of its log if it does not within 30 s.
  explicit Daemon(std::string folder, const std::vector<std::string>& settings = {});

  bool runs();
  pid_t pid() const { return process_.pid(); }
  // Ends it at once, as a power cut would.
  void kill();
  // Asks it to stop; its exit code, or nothing if it still runs after `patience`.
  std::optional<int> stop(Patience patience);

  // By ro.sock.
  ApiClient& api() { return api_; }
  // What the operator's command prints. Throws std::runtime_error if it fails.
  std::string tagscout(const std::vector<std::string>& arguments);

 private:
  std::string folder_;
  Process process_;
  ApiClient api_;
};

// The last lines of the log of the daemon in that folder.
std::string daemon_log_end(const std::string& folder);

}  // namespace tagscout::end_to_end
