// `tagscout`: asks the daemon, tells it, and prints what it says.
#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>

#include "daemon/command/commands.h"

namespace {

using tagscout::Exit;

std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  return value ? value : "";
}

tagscout::Terminal terminal_of(const tagscout::Arguments& arguments) {
  tagscout::Terminal terminal;
  terminal.is_terminal = isatty(STDOUT_FILENO) == 1;
  terminal.has_color = terminal.is_terminal && !arguments.no_color &&
                       environment("NO_COLOR").empty() && environment("TERM") != "dumb";
  winsize size{};
  const int columns = std::atoi(environment("COLUMNS").c_str());
  if (columns > 0) {
    terminal.width = static_cast<size_t>(columns);
  } else if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    terminal.width = size.ws_col;
  }
  return terminal;
}

Exit run(int argc, const char* const* argv) {
  const tagscout::Arguments arguments = tagscout::parse_arguments(argc, argv);
  const tagscout::Interrupts interrupts;
  const tagscout::Output output(interrupts);
  const std::string socket =
      arguments.socket.empty() ? environment("TAGSCOUT_SOCKET") : arguments.socket;
  const tagscout::Client client(tagscout::socket_paths(socket), arguments.timeout, interrupts);
  const tagscout::Terminal terminal = terminal_of(arguments);
  return tagscout::run_command({.arguments = arguments,
                                .client = client,
                                .output = output,
                                .terminal = terminal,
                                .wants_notes = !arguments.quiet && isatty(STDERR_FILENO) == 1,
                                .credentials_dir = environment("CREDENTIALS_DIRECTORY")});
}

}  // namespace

int main(int argc, char** argv) {
  // A reader that has had enough ends the command without a word, whatever the parent has set.
  std::signal(SIGPIPE, SIG_DFL);
  try {
    return static_cast<int>(run(argc, argv));
  } catch (const tagscout::HelpWanted& help) {
    std::cout << help.what() << std::flush;
    return static_cast<int>(std::cout ? Exit::done : Exit::io_error);
  } catch (const tagscout::CommandError& error) {
    if (error.exit() != Exit::interrupted) {
      std::cerr << "tagscout: " << tagscout::terminal_text(error.what()) << '\n';
    }
    return static_cast<int>(error.exit());
  } catch (const std::exception& error) {
    std::cerr << "tagscout: " << tagscout::terminal_text(error.what()) << '\n';
    return static_cast<int>(Exit::failed);
  }
}
