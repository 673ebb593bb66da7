#include "daemon/command/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>
#include <vector>

#include "config/problems.h"
#include "config/units.h"

namespace tagscout {
namespace {

struct OptionRow {
  std::string_view name;
  std::string_view flags;
  std::string_view value;
  std::string_view help;
};

constexpr std::array<OptionRow, 12> option_table = {{
    {"network", "--network", "NETWORK", "of this network"},
    {"band", "--band", "[LADDER/]BAND", "in this band"},
    {"niche", "--niche", "NAME", "with posts of this niche"},
    {"tag", "--tag", "TAG", "with posts under this tag"},
    {"account", "--account", "HANDLE|ID", "by this account"},
    {"kind", "--kind", "KIND", "rose, fell or found"},
    {"since", "--since", "ID", "after this flag"},
    {"limit", "--limit", "N", "at most so many; all without it"},
    {"cursor", "--cursor", "NEXT", "go on where a list stopped"},
    {"what", "--what", "WHAT", "flags, accounts or posts"},
    {"format", "--format", "FORMAT", "csv or ndjson"},
    {"output", "-o,--output", "PATH", "the file, - for standard output"},
}};

struct CommandRow {
  std::string_view group;  // empty for commands of one word
  std::string_view name;
  Command command;
  std::string_view help;
  std::string_view subject;  // what it is about; empty if nothing
  std::string_view options;  // names, with blanks between
};

constexpr std::array<CommandRow, 18> command_table = {{
    {"", "status", Command::status, "How daemon, store and sources are (0, 1 degraded, 3 stopped)",
     "", ""},
    {"", "health", Command::health, "Whether the daemon is ready (0, 1, 69 stopped)", "", ""},
    {"", "metrics", Command::metrics, "Metrics as Prometheus text", "", ""},
    {"source", "list", Command::source_list, "Every source and its state", "", "limit cursor"},
    {"source", "show", Command::source_show, "One source and the budgets of its servers", "NAME",
     ""},
    {"source", "test", Command::source_test, "Connect to its servers and read one page, timed",
     "NAME", ""},
    {"account", "list", Command::account_list, "Accounts", "",
     "network band niche tag limit cursor"},
    {"account", "show", Command::account_show, "One account", "HANDLE|ID", ""},
    {"account", "ignore", Command::account_ignore, "Purge an account and keep it away", "HANDLE|ID",
     ""},
    {"account", "allow", Command::account_allow, "Let an account come back", "ID", ""},
    {"flag", "list", Command::flag_list, "Flags in order of id", "",
     "since band kind limit cursor"},
    {"flag", "tail", Command::flag_tail, "New flags as they come", "", "since"},
    {"flag", "show", Command::flag_show, "One flag", "ID", ""},
    {"post", "list", Command::post_list, "Posts", "", "tag account limit cursor"},
    {"tag", "list", Command::tag_list, "Watched tags, and how much is posted under them", "", ""},
    {"tag", "show", Command::tag_show, "One tag: days, sources, spellings", "TAG", ""},
    {"", "export", Command::export_rows, "Write all rows of one kind", "", "what format output"},
    {"config", "check", Command::config_check, "Check a configuration file", "FILE", ""},
}};

struct GroupRow {
  std::string_view name;
  std::string_view help;
};

constexpr std::array<GroupRow, 6> group_table = {{
    {"source", "What is read"},
    {"account", "Whom it has met"},
    {"flag", "Who entered a band"},
    {"post", "What they posted"},
    {"tag", "What is listened to"},
    {"config", "The configuration file"},
}};

[[noreturn]] void refuse(const std::string& what) { throw CommandError(Exit::usage, what); }

bool has_option(const CommandRow& row, std::string_view name) {
  std::istringstream names{std::string(row.options)};
  for (std::string each; names >> each;) {
    if (each == name) return true;
  }
  return false;
}

// The parser of one command line, and where it puts what it finds.
class CommandLine {
 public:
  CommandLine();
  Arguments parse(int argc, const char* const* argv);

 private:
  void add(const CommandRow& row);
  [[noreturn]] void refuse_command_line(const CLI::ParseError& error) const;

  CLI::App app_{"Asks and tells the tagscout daemon.", "tagscout"};
  Arguments arguments_;
  std::string timeout_;
};

CommandLine::CommandLine() {
  app_.set_version_flag("--version", "tagscout " TAGSCOUT_VERSION);
  app_.require_subcommand(1);
  app_.fallthrough();
  app_.add_option("--socket", arguments_.socket, "The daemon's socket (or TAGSCOUT_SOCKET)");
  app_.add_flag("--json", arguments_.json, "JSON instead of text for people");
  app_.add_flag("--no-color", arguments_.no_color, "No colour on a terminal");
  app_.add_flag("--quiet", arguments_.quiet, "No notes on standard error, errors alone");
  app_.add_option("--timeout", timeout_, "How long to wait for an answer (10s)");
  for (const GroupRow& group : group_table) {
    app_.add_subcommand(std::string(group.name), std::string(group.help))->require_subcommand(1);
  }
  for (const CommandRow& row : command_table) add(row);
}

void CommandLine::add(const CommandRow& row) {
  CLI::App* parent = row.group.empty() ? &app_ : app_.get_subcommand(std::string(row.group));
  CLI::App* command = parent->add_subcommand(std::string(row.name), std::string(row.help));
  command->callback([this, &row] { arguments_.command = row.command; });
  if (!row.subject.empty()) {
    command->add_option(std::string(row.subject), arguments_.subject)->required();
  }
  for (const OptionRow& option : option_table) {
    if (!has_option(row, option.name)) continue;
    const auto keep = [this, &option](const std::string& value) {
      arguments_.options[std::string(option.name)] = value;
    };
    CLI::Option* added = command->add_option_function<std::string>(std::string(option.flags), keep,
                                                                   std::string(option.help));
    added->type_name(std::string(option.value));
    added->required(row.command == Command::export_rows && option.name != "output");
  }
}

Arguments CommandLine::parse(int argc, const char* const* argv) {
  try {
    app_.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    refuse_command_line(error);
  }
  if (!timeout_.empty()) {
    // A bare number means seconds, as everywhere on command lines.
    const bool is_bare =
        std::all_of(timeout_.begin(), timeout_.end(), [](char c) { return c >= '0' && c <= '9'; });
    const auto timeout = parse_duration(is_bare ? timeout_ + "s" : timeout_);
    if (!timeout || *timeout <= Duration::zero()) refuse("--timeout: not a time: " + timeout_);
    arguments_.timeout = *timeout;
  } else if (arguments_.command == Command::source_test) {
    // The daemon gives up after a minute; servers are waited for as politely as ever.
    arguments_.timeout = std::chrono::seconds(65);
  }
  return arguments_;
}

void CommandLine::refuse_command_line(const CLI::ParseError& error) const {
  if (error.get_exit_code() == 0) {
    std::ostringstream out;
    std::ostringstream ignored;
    app_.exit(error, out, ignored);
    throw HelpWanted(out.str());
  }
  const CLI::App* level = &app_;
  while (!level->get_subcommands().empty()) level = level->get_subcommands().front();
  std::vector<std::string> names;
  for (const CLI::App* each : level->get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(each->get_name());
  }
  for (const std::string& word : app_.remaining(true)) {
    if (word.starts_with('-')) refuse("unknown option " + word);
    if (names.empty()) refuse("unexpected argument " + word);
    const std::vector<std::string_view> known(names.begin(), names.end());
    refuse("unknown command " + word + suggestion(word, known));
  }
  refuse(error.what());
}

// A whole number from `least` on, if the option is given.
void check_number(const Arguments& arguments, const std::string& name, uint64_t least) {
  const std::string text = arguments.option(name);
  if (!arguments.options.contains(name)) return;
  uint64_t value = 0;
  const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || stop != text.data() + text.size() || value < least) {
    refuse("--" + name + ": not a number from " + std::to_string(least) + " on: " + text);
  }
}

}  // namespace

std::string Arguments::option(const std::string& name) const {
  const auto found = options.find(name);
  return found == options.end() ? std::string() : found->second;
}

Arguments parse_arguments(int argc, const char* const* argv) {
  Arguments arguments = CommandLine().parse(argc, argv);
  check_number(arguments, "since", 0);
  check_number(arguments, "limit", 1);
  return arguments;
}

}  // namespace tagscout
