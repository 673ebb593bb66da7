#include "daemon/command/views.h"

#include <array>
#include <span>

namespace tagscout {
namespace {

// A column of a list and the field that fills it; `part` is a field of that field.
struct ListColumn {
  std::string_view title;
  std::string_view field;
  std::string_view part;
  bool is_number;
  bool may_shrink;
};

constexpr std::array<ListColumn, 7> source_columns = {{
    {"SOURCE", "name", "", false, false},
    {"TYPE", "type", "", false, false},
    {"STATE", "state", "", false, false},
    {"POSTS", "posts_total", "", true, false},
    {"LAG s", "lag_s", "", true, false},
    {"LAST SUCCESS", "last_success_at", "", false, false},
    {"LAST ERROR", "last_error", "", false, true},
}};

constexpr std::array<ListColumn, 9> account_columns = {{
    {"HANDLE", "handle", "", false, false},
    {"NETWORK", "network", "", false, false},
    {"FOLLOWERS", "followers", "", true, false},
    {"BAND", "bands", "default", false, false},
    {"RATE", "engagement_rate", "", true, false},
    {"SEEN", "posts_seen", "", true, false},
    {"AS OF", "as_of", "", false, false},
    {"NAME", "display_name", "", false, true},
    {"ID", "id", "", false, false},
}};

constexpr std::array<ListColumn, 10> flag_columns = {{
    {"ID", "id", "", true, false},
    {"AT", "at", "", false, false},
    {"KIND", "kind", "", false, false},
    {"LADDER", "ladder", "", false, false},
    {"BAND", "band", "", false, false},
    {"HANDLE", "handle", "", false, false},
    {"FOLLOWERS", "followers", "", true, false},
    {"BEFORE", "followers_before", "", true, false},
    {"RATE", "engagement_rate", "", true, false},
    {"URL", "url", "", false, true},
}};

constexpr std::array<ListColumn, 8> post_columns = {{
    {"CREATED", "created_at", "", false, false},
    {"LIKES", "likes", "", true, false},
    {"REPOSTS", "reposts", "", true, false},
    {"REPLIES", "replies", "", true, false},
    {"QUOTES", "quotes", "", true, false},
    {"TAGS", "tags", "", false, true},
    {"URL", "url", "", false, true},
    {"ID", "id", "", false, false},
}};

constexpr std::array<ListColumn, 6> reading_columns = {{
    {"READ AT", "as_of", "", false, false},
    {"FOLLOWERS", "followers", "", true, false},
    {"FOLLOWING", "following", "", true, false},
    {"POSTS", "posts", "", true, false},
    {"PROVENANCE", "provenance", "", false, false},
    {"SOURCE", "source", "", false, false},
}};

constexpr std::array<ListColumn, 6> tag_columns = {{
    {"TAG", "tag", "", false, false},
    {"NICHES", "niches", "", false, true},
    {"A DAY", "posts_per_day", "", true, false},
    {"LAST SEEN", "last_seen_at", "", false, false},
    {"SOURCES", "sources", "", false, true},
    {"HINT", "hint", "", false, true},
}};

constexpr std::array<ListColumn, 4> tag_source_columns = {{
    {"SOURCE", "source", "", false, false},
    {"A DAY", "posts_per_day", "", true, false},
    {"POSTS", "posts_total", "", true, false},
    {"LAST SEEN", "last_seen_at", "", false, false},
}};

constexpr std::array<ListColumn, 5> spelling_columns = {{
    {"SPELLING", "spelling", "", false, false},
    {"MATCH", "match", "", false, false},
    {"A DAY", "posts_per_day", "", true, false},
    {"POSTS", "posts_total", "", true, false},
    {"LAST SEEN", "last_seen_at", "", false, false},
}};

constexpr std::array<ListColumn, 2> day_columns = {{
    {"DAY", "day", "", false, false},
    {"POSTS", "posts", "", true, false},
}};

// Of a host's `local` in a source.
constexpr std::array<ListColumn, 4> budget_columns = {{
    {"BUDGET", "budget", "", false, false},
    {"USED", "used", "", true, false},
    {"LIMIT", "limit", "", true, false},
    {"WINDOW s", "window_s", "", true, false},
}};

constexpr std::array<ListColumn, 8> test_columns = {{
    {"HOST", "host", "", false, false},
    {"NAME ms", "name_ms", "", true, false},
    {"CONNECT ms", "connect_ms", "", true, false},
    {"TLS ms", "tls_ms", "", true, false},
    {"FIRST BYTE ms", "first_byte_ms", "", true, false},
    {"STATUS", "status", "", true, false},
    {"FAILED", "failed", "", false, false},
    {"ERROR", "error", "", false, true},
}};

std::span<const ListColumn> columns_of(View view) {
  switch (view) {
    case View::sources:
      return source_columns;
    case View::accounts:
      return account_columns;
    case View::flags:
      return flag_columns;
    case View::posts:
      return post_columns;
    case View::readings:
      return reading_columns;
    case View::tags:
      return tag_columns;
    case View::tag_sources:
      return tag_source_columns;
    case View::spellings:
      return spelling_columns;
    case View::days:
      return day_columns;
    case View::budgets:
      return budget_columns;
    case View::tests:
      return test_columns;
  }
  return {};
}

bool is_table(const JsonNode& value) {
  return !value.array().empty() && !value.array().front().object().empty();
}

}  // namespace

std::string list_text(View view, const JsonNode& items, const Terminal& terminal) {
  if (items.array().empty()) return {};
  const std::span<const ListColumn> columns = columns_of(view);
  std::vector<TableColumn> titles;
  for (const ListColumn& column : columns) {
    titles.push_back({column.title, column.is_number, column.may_shrink});
  }
  TextTable table(std::move(titles));
  for (const JsonNode& item : items.array()) {
    std::vector<std::string> row;
    for (const ListColumn& column : columns) {
      const JsonNode& value = item[column.field];
      row.push_back(cell_text(column.part.empty() ? value : value[column.part], terminal));
    }
    table.add(std::move(row));
  }
  return table.render(terminal);
}

std::string fields_text(const JsonNode& object, const Terminal& terminal) {
  std::string lines;
  for (const JsonField& field : object.object()) {
    if (is_table(field.value)) continue;
    const std::string text = cell_text(field.value, terminal);
    lines += field.name + ": " + colored(text, text, terminal) + "\n";
  }
  return lines;
}

std::string flag_line(const JsonNode& flag, const Terminal& terminal) {
  const auto text = [&](const char* field) { return cell_text(flag[field], terminal); };
  const std::string kind = text("kind");
  return text("id") + "  " + text("at") + "  " + colored(kind, kind, terminal) + "  " +
         text("ladder") + "/" + text("band") + "  " + text("handle") + "  " + text("followers") +
         " (before " + text("followers_before") + ")  " + text("url") + "\n";
}

}  // namespace tagscout
