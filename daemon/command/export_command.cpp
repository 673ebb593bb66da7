#include <optional>

#include "daemon/command/answers.h"
#include "daemon/command/commands.h"
#include "daemon/export/atomic_file.h"
#include "daemon/export/rows.h"

namespace tagscout {
namespace {

std::string route_of(ExportWhat what) {
  switch (what) {
    case ExportWhat::flags:
      return "/v1/flags";
    case ExportWhat::accounts:
      return "/v1/accounts";
    case ExportWhat::posts:
      return "/v1/posts";
  }
  return {};
}

ExportWhat what_of(const Arguments& arguments) {
  const auto what = export_what_of_name(arguments.option("what"));
  if (!what) throw CommandError(Exit::usage, "--what: must be flags, accounts or posts");
  return *what;
}

ExportFormat format_of(const Arguments& arguments) {
  const auto format = export_format_of_name(arguments.option("format"));
  if (!format) throw CommandError(Exit::usage, "--format: must be csv or ndjson");
  return *format;
}

}  // namespace

namespace commands {

Exit export_rows(const CommandTools& tools) {
  const ExportWhat what = what_of(tools.arguments);
  const ExportFormat format = format_of(tools.arguments);
  const std::string path =
      tools.arguments.options.contains("output") ? tools.arguments.option("output") : "-";
  try {
    std::optional<AtomicFile> file;
    if (path != "-") file.emplace(path);
    const auto write = [&](const std::string& bytes) {
      if (file) {
        file->write(bytes);
      } else {
        tools.output.write(bytes);
      }
    };
    write(export_header(what, format));
    const ListRequest request{.route = route_of(what), .query = {}, .limit = {}};
    for_each_page(tools.client, request, [&](const JsonNode& items) {
      std::string rows;
      for (const JsonNode& item : items.array()) rows += export_row(what, format, item);
      write(rows);
    });
    if (file) file->commit();
  } catch (const CannotCreate& error) {
    throw CommandError(Exit::cannot_create, error.what());
  } catch (const WriteFailed& error) {
    throw CommandError(Exit::io_error, error.what());
  }
  return Exit::done;
}

}  // namespace commands
}  // namespace tagscout
