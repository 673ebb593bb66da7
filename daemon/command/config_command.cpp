#include <iostream>

#include "config/config.h"
#include "crawlers/source.h"
#include "daemon/command/commands.h"

namespace tagscout::commands {

Exit config_check(const CommandTools& tools) {
  const std::string& file = tools.arguments.subject;
  ConfigRequest request{
      .file = file, .overrides = {}, .source_types = {}, .credentials_dir = tools.credentials_dir};
  for (const SourceType* type : source_types()) request.source_types.push_back(type->schema);
  std::vector<std::string> problems;
  try {
    load_config(request);
  } catch (const ConfigError& error) {
    problems = error.problems();
  }
  for (const std::string& problem : problems) std::cerr << terminal_text(problem) << '\n';
  if (tools.arguments.json) {
    JsonWriter json;
    json.begin_object().key("file").text(file);
    json.key("valid").boolean(problems.empty());
    json.key("problems").begin_array();
    for (const std::string& problem : problems) json.text(problem);
    json.end_array().end_object();
    tools.output.write(json.take() + "\n");
  } else if (problems.empty()) {
    tools.output.write(terminal_text(file) + ": ok\n");
  }
  return problems.empty() ? Exit::done : Exit::configuration;
}

}  // namespace tagscout::commands
