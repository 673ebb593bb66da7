#include <charconv>
#include <iostream>

#include "daemon/command/answers.h"
#include "daemon/command/commands.h"
#include "daemon/command/views.h"

namespace tagscout {
namespace {

struct ListedBy {
  std::string route;
  View view;
};

ListedBy listed_by(Command command) {
  if (command == Command::source_list) return {"/v1/sources", View::sources};
  if (command == Command::account_list) return {"/v1/accounts", View::accounts};
  if (command == Command::tag_list) return {"/v1/tags", View::tags};
  if (command == Command::post_list) return {"/v1/posts", View::posts};
  return {"/v1/flags", View::flags};
}

std::optional<uint64_t> number(const std::string& text) {
  uint64_t value = 0;
  const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || failure != std::errc() || stop != text.data() + text.size()) return {};
  return value;
}

void show(const CommandTools& tools, const JsonNode& object) {
  tools.output.write(tools.arguments.json ? to_json(object) + "\n"
                                          : fields_text(object, tools.terminal));
}

// One thing, with the lists in it as tables.
Exit show_with_tables(const CommandTools& tools, const std::string& route,
                      const std::vector<std::pair<std::string_view, View>>& lists) {
  const std::string target = route + path_segment(tools.arguments.subject);
  const JsonNode object = json_of(tools.client.ask("GET", target));
  show(tools, object);
  if (tools.arguments.json) return Exit::done;
  for (const auto& [field, view] : lists) {
    const std::string table = list_text(view, object[field], tools.terminal);
    if (!table.empty()) tools.output.write("\n" + table);
  }
  return Exit::done;
}

// The list as one JSON object, written page by page.
void list_as_json(const CommandTools& tools, const ListRequest& request) {
  std::string_view separator;
  tools.output.write("{\"items\":[");
  const std::string next = for_each_page(tools.client, request, [&](const JsonNode& items) {
    std::string text;
    for (const JsonNode& item : items.array()) {
      text.append(separator).append(to_json(item));
      separator = ",";
    }
    tools.output.write(text);
  });
  JsonWriter cursor;
  cursor.text_or_null(next);
  tools.output.write("],\"next\":" + cursor.take() + "}\n");
}

}  // namespace

namespace commands {

Exit list(const CommandTools& tools) {
  const ListedBy by = listed_by(tools.arguments.command);
  const ListRequest request{.route = by.route,
                            .query = tools.arguments.options,
                            .limit = number(tools.arguments.option("limit"))};
  if (tools.arguments.json) {
    list_as_json(tools, request);
    return Exit::done;
  }
  const std::string next = for_each_page(tools.client, request, [&](const JsonNode& items) {
    tools.output.write(list_text(by.view, items, tools.terminal));
  });
  if (!next.empty() && tools.wants_notes) std::cerr << "more with --cursor " << next << '\n';
  return Exit::done;
}

Exit show_account(const CommandTools& tools) {
  return show_with_tables(tools, "/v1/accounts/",
                          {{"readings", View::readings}, {"recent_posts", View::posts}});
}

Exit show_tag(const CommandTools& tools) {
  return show_with_tables(
      tools, "/v1/tags/",
      {{"sources", View::tag_sources}, {"spellings", View::spellings}, {"days", View::days}});
}

Exit show_source(const CommandTools& tools) {
  const ListRequest request{.route = "/v1/sources", .query = {}, .limit = {}};
  std::optional<JsonNode> found;
  for_each_page(tools.client, request, [&](const JsonNode& items) {
    for (const JsonNode& item : items.array()) {
      if (item["name"].text() == tools.arguments.subject) found = item;
    }
  });
  if (!found) throw CommandError(Exit::no_such_thing, "no source " + tools.arguments.subject);
  show(tools, *found);
  if (tools.arguments.json) return Exit::done;
  for (const JsonNode& host : (*found)["hosts"].array()) {
    tools.output.write("\n" + fields_text(host, tools.terminal) +
                       list_text(View::budgets, host["local"], tools.terminal));
  }
  return Exit::done;
}

Exit test_source(const CommandTools& tools) {
  const std::string target = "/v1/sources/" + path_segment(tools.arguments.subject) + "/test";
  const Answer answer = tools.client.ask("POST", target);
  const JsonNode test = json_of(answer);
  if (tools.arguments.json) {
    tools.output.write(answer.body + "\n");
  } else {
    const std::string hosts = list_text(View::tests, test["hosts"], tools.terminal);
    tools.output.write(fields_text(test, tools.terminal) + (hosts.empty() ? "" : "\n" + hosts));
  }
  return test["state"].text() == "works" ? Exit::done : Exit::failed;
}

Exit show_flag(const CommandTools& tools) {
  const std::string& subject = tools.arguments.subject;
  const std::optional<uint64_t> id = number(subject);
  if (!id) throw CommandError(Exit::usage, "not the id of a flag: " + subject);
  JsonNode page;
  if (*id > 0) {
    page = json_of(tools.client.ask(
        "GET", make_target("/v1/flags", {{"since", std::to_string(*id - 1)}, {"limit", "1"}})));
  }
  const JsonNode::Array& items = page["items"].array();
  if (items.empty() || items.front()["id"].integer() != static_cast<int64_t>(*id)) {
    throw CommandError(Exit::no_such_thing, "no flag " + subject);
  }
  show(tools, items.front());
  return Exit::done;
}

Exit tail_flags(const CommandTools& tools) {
  const std::string target = make_target("/v1/flags/tail", tools.arguments.options);
  const Answer answer = tools.client.follow(target, [&](std::string_view line) {
    const JsonNode flag = parse_json(line).value_or(JsonNode());
    if (flag["id"].is_null()) return;  // a heartbeat
    tools.output.write(tools.arguments.json ? std::string(line) + "\n"
                                            : flag_line(flag, tools.terminal));
  });
  require_success(answer);
  return Exit::failed;
}

}  // namespace commands
}  // namespace tagscout
