#include "config/document.h"

#include <toml++/toml.h>

namespace tagscout {
namespace {

Place place(const toml::source_region& region) {
  return {.line = region.begin.line, .column = region.begin.column};
}

Value value_of(const toml::node& node);

Table table_of(const toml::table& source) {
  Table table;
  for (const auto& [key, node] : source) {
    table.entries.push_back({std::string(key.str()), place(key.source()), value_of(node)});
  }
  return table;
}

Value::List list_of(const toml::array& source) {
  Value::List list;
  for (const toml::node& node : source) list.push_back(value_of(node));
  return list;
}

Value value_of(const toml::node& node) {
  Value value;
  value.place = place(node.source());
  if (const auto* text = node.as_string()) value.content = text->get();
  if (const auto* number = node.as_integer()) value.content = number->get();
  if (const auto* number = node.as_floating_point()) value.content = number->get();
  if (const auto* flag = node.as_boolean()) value.content = flag->get();
  if (const auto* list = node.as_array()) value.content = list_of(*list);
  if (const auto* table = node.as_table()) value.content = table_of(*table);
  return value;
}

}  // namespace

const Entry* Table::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry;
  }
  return nullptr;
}

Entry* Table::find(std::string_view key) {
  for (Entry& entry : entries) {
    if (entry.key == key) return &entry;
  }
  return nullptr;
}

Place place_of(const Value& table, std::string_view key) {
  const Entry* entry = table.table() != nullptr ? table.table()->find(key) : nullptr;
  return entry != nullptr ? entry->value.place : table.place;
}

Value parse_document(const std::string& text) {
  try {
    const toml::table document = toml::parse(text);
    Value value;
    value.content = table_of(document);
    return value;
  } catch (const toml::parse_error& error) {
    throw SyntaxError(place(error.source()), std::string(error.description()));
  }
}

}  // namespace tagscout
