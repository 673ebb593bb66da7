// A blocking client of the admin API on its unix sockets.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/command/io.h"
#include "storage/model/time.h"

namespace tagscout {

struct Answer {
  int status = 0;
  std::string body;
};

// The sockets to try in turn. `chosen` is a socket, a directory with both, or empty for the
// standard directory.
std::vector<std::string> socket_paths(const std::string& chosen);

// All functions throw CommandError: not_running where nobody listens or the daemon hangs up,
// not_permitted, busy when the time is up, interrupted.
class Client final {
 public:
  // `timeout` holds for each whole exchange. `interrupts` must outlive it.
  Client(std::vector<std::string> paths, Duration timeout, const Interrupts& interrupts)
      : paths_(std::move(paths)), timeout_(timeout), interrupts_(interrupts) {}

  Answer ask(const std::string& method, const std::string& target) const;

  // Calls `take` with each line of an answer that has no end. Returns only if the status is not
  // 200, with that answer.
  Answer follow(const std::string& target, const std::function<void(std::string_view)>& take) const;

 private:
  std::vector<std::string> paths_;
  Duration timeout_;
  const Interrupts& interrupts_;
};

}  // namespace tagscout
