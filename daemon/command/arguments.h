// The command line of `tagscout`, as a table of commands and what was asked for.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

#include "daemon/command/exit_code.h"
#include "storage/model/time.h"

namespace tagscout {

enum class Command {
  status,
  health,
  metrics,
  source_list,
  source_show,
  source_test,
  account_list,
  account_show,
  account_ignore,
  account_allow,
  flag_list,
  flag_tail,
  flag_show,
  post_list,
  tag_list,
  tag_show,
  export_rows,
  config_check,
};

struct Arguments {
  Command command = Command::status;
  std::string subject;                         // the handle, id, name or file it is about
  std::map<std::string, std::string> options;  // of the command, by name without dashes
  std::string socket;                          // empty = not given
  bool json = false;
  bool no_color = false;
  bool quiet = false;
  Duration timeout = std::chrono::seconds(10);

  // The option; empty if it was not given.
  std::string option(const std::string& name) const;
};

// Help or the version was asked for: what() is to be printed, and that is all.
class HelpWanted : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Throws HelpWanted, or CommandError with Exit::usage and, for a misspelt command, the nearest one.
Arguments parse_arguments(int argc, const char* const* argv);

}  // namespace tagscout
