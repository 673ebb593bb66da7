// What `tagscout` does, one function per kind of command.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/command/arguments.h"
#include "daemon/command/client.h"
#include "daemon/command/exit_code.h"
#include "daemon/command/io.h"
#include "daemon/command/terminal.h"

namespace tagscout {

// What a command works with; all of it outlives the call.
struct CommandTools {
  const Arguments& arguments;
  const Client& client;
  const Output& output;
  const Terminal& terminal;
  bool wants_notes = false;     // standard error is a terminal, and not to be quiet
  std::string credentials_dir;  // for `config check`
};

// Carries the command out. Throws CommandError.
Exit run_command(const CommandTools& tools);

namespace commands {

Exit status(const CommandTools& tools);
Exit health(const CommandTools& tools);
Exit metrics(const CommandTools& tools);
Exit account_change(const CommandTools& tools, const std::string& verb);

// The route's list, all pages or as many items as were asked for.
Exit list(const CommandTools& tools);
// One account, tag, source or flag.
Exit show_account(const CommandTools& tools);
Exit show_tag(const CommandTools& tools);
Exit show_source(const CommandTools& tools);
// Exit::failed if it does not work.
Exit test_source(const CommandTools& tools);
Exit show_flag(const CommandTools& tools);
Exit tail_flags(const CommandTools& tools);

Exit export_rows(const CommandTools& tools);
Exit config_check(const CommandTools& tools);

}  // namespace commands
}  // namespace tagscout
