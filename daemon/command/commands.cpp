#include "daemon/command/commands.h"

#include <optional>

#include "daemon/command/answers.h"
#include "daemon/command/views.h"

namespace tagscout {

Exit run_command(const CommandTools& tools) {
  switch (tools.arguments.command) {
    case Command::status:
      return commands::status(tools);
    case Command::health:
      return commands::health(tools);
    case Command::metrics:
      return commands::metrics(tools);
    case Command::source_list:
    case Command::account_list:
    case Command::flag_list:
    case Command::post_list:
    case Command::tag_list:
      return commands::list(tools);
    case Command::source_show:
      return commands::show_source(tools);
    case Command::source_test:
      return commands::test_source(tools);
    case Command::account_show:
      return commands::show_account(tools);
    case Command::account_ignore:
      return commands::account_change(tools, "ignore");
    case Command::account_allow:
      return commands::account_change(tools, "allow");
    case Command::tag_show:
      return commands::show_tag(tools);
    case Command::flag_tail:
      return commands::tail_flags(tools);
    case Command::flag_show:
      return commands::show_flag(tools);
    case Command::export_rows:
      return commands::export_rows(tools);
    case Command::config_check:
      return commands::config_check(tools);
  }
  return Exit::usage;
}

namespace commands {

Exit status(const CommandTools& tools) {
  std::optional<Answer> answer;
  try {
    answer = tools.client.ask("GET", "/v1/status");
  } catch (const CommandError& error) {
    // `status` has a code of its own for this, as service managers expect.
    if (error.exit() != Exit::not_running) throw;
    throw CommandError(Exit::stopped, error.what());
  }
  const JsonNode status = json_of(*answer);
  if (tools.arguments.json) {
    tools.output.write(answer->body + "\n");
  } else {
    const std::string sources = list_text(View::sources, status["sources"], tools.terminal);
    tools.output.write(fields_text(status, tools.terminal));
    if (!sources.empty()) tools.output.write("\n" + sources);
  }
  return status["state"].text() == "healthy" ? Exit::done : Exit::failed;
}

Exit health(const CommandTools& tools) {
  Answer answer;
  try {
    require_success(tools.client.ask("GET", "/v1/health"));
    answer = tools.client.ask("GET", "/v1/ready");
  } catch (const CommandError& error) {
    // Whatever else goes wrong while somebody listens is bad health.
    if (error.exit() == Exit::not_running || error.exit() == Exit::interrupted) throw;
    throw CommandError(Exit::failed, error.what());
  }
  const JsonNode body = parse_json(answer.body).value_or(JsonNode());
  const bool is_ready = answer.status == 200;
  const JsonNode& word = is_ready ? body["state"] : body["detail"];
  const std::string text = cell_text(word, tools.terminal);
  tools.output.write((tools.arguments.json ? answer.body : text) + "\n");
  return is_ready ? Exit::done : Exit::failed;
}

Exit metrics(const CommandTools& tools) {
  const Answer answer = tools.client.ask("GET", "/metrics");
  require_success(answer);
  tools.output.write(answer.body);
  return Exit::done;
}

Exit account_change(const CommandTools& tools, const std::string& verb) {
  const std::string target = "/v1/accounts/" + path_segment(tools.arguments.subject) + "/" + verb;
  const Answer answer = tools.client.ask("POST", target);
  const JsonNode changed = json_of(answer);
  if (tools.arguments.json) {
    tools.output.write(answer.body + "\n");
  } else if (!tools.arguments.quiet) {
    tools.output.write(cell_text(changed["state"], tools.terminal) + " " +
                       cell_text(changed["id"], tools.terminal) + "\n");
  }
  return Exit::done;
}

}  // namespace commands
}  // namespace tagscout
