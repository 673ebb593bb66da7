// How `tagscout` ends.
#pragma once

#include <stdexcept>
#include <string>

namespace tagscout {

enum class Exit : int {
  done = 0,
  failed = 1,
  stopped = 3,  // `status` alone: the daemon is not running
  usage = 64,
  bad_data = 65,
  no_such_thing = 66,
  not_running = 69,
  cannot_create = 73,
  io_error = 74,
  busy = 75,
  not_permitted = 77,
  configuration = 78,
  interrupted = 130,
};

// Ends the command with that code; what() is for standard error.
class CommandError : public std::runtime_error {
 public:
  CommandError(Exit exit, const std::string& what) : std::runtime_error(what), exit_(exit) {}
  Exit exit() const { return exit_; }

 private:
  Exit exit_;
};

}  // namespace tagscout
