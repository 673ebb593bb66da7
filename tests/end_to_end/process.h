// A child process: started, listened to, stopped, reaped.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace tagscout::end_to_end {

using Patience = std::chrono::milliseconds;

class Process {
 public:
  // Starts `command`; what it writes to stderr, and to stdout unless `listen`, is appended to
  // `log`. It gets no terminal signals and dies with this process. Throws std::runtime_error.
  Process(const std::vector<std::string>& command, const std::string& log, bool listen);
  // Kills it if it still runs.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // The next line of its stdout; nothing if it ends or `patience` does before there is one.
  std::optional<std::string> read_line(Patience patience);

  void signal(int number);

  // Its exit code, or 128 + the signal that ended it; nothing if it still runs after `patience`.
  std::optional<int> wait(Patience patience);

  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  std::string unread_;
  std::optional<int> ended_;
};

// The folder that this program lies in.
std::string own_folder();

}  // namespace tagscout::end_to_end
