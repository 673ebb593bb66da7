#include "config/overrides.h"

#include <string_view>

#include "config/options.h"

namespace tagscout {
namespace {

constexpr Place set_place{.overridden = true};

// How the sections of a name stand in a file.
enum class Shape { unknown, single, list, named };

Shape shape_of(std::string_view section) {
  Shape shape = section == "export" ? Shape::named : Shape::unknown;
  const Config config;
  for_each_single(config, [&](std::string_view name, const auto&) {
    if (name == section) shape = Shape::single;
  });
  for_each_list(config, [&](std::string_view name, const auto&) {
    if (name == section) shape = Shape::list;
  });
  return shape;
}

void assign(Value& table_value, std::string_view key, std::string_view text) {
  Value value{.place = set_place, .content = BareText{std::string(text)}};
  auto& table = std::get<Table>(table_value.content);
  if (Entry* entry = table.find(key)) {
    entry->value = std::move(value);
  } else {
    table.entries.push_back({std::string(key), set_place, std::move(value)});
  }
}

// The table under `key`, made if there is none; null if something else stands there.
Value* table_under(Value& parent, std::string_view key) {
  auto& table = std::get<Table>(parent.content);
  if (table.find(key) == nullptr)
    table.entries.push_back(
        {std::string(key), set_place, {.place = set_place, .content = Table{}}});
  Value& value = table.find(key)->value;
  return value.table() != nullptr ? &value : nullptr;
}

// Every table of the list whose `name` is that.
std::vector<Value*> tables_named(Value& document, std::string_view section, std::string_view name) {
  std::vector<Value*> found;
  Entry* entry = std::get<Table>(document.content).find(section);
  auto* list = entry != nullptr ? std::get_if<Value::List>(&entry->value.content) : nullptr;
  if (list == nullptr) return found;
  for (Value& value : *list) {
    const Entry* own = value.table() != nullptr ? value.table()->find("name") : nullptr;
    const auto* text = own != nullptr ? std::get_if<std::string>(&own->value.content) : nullptr;
    if (text != nullptr && *text == name) found.push_back(&value);
  }
  return found;
}

// The section "source" and name "a.b" of "source.a.b.key".
struct SplitKey {
  std::string_view section;
  std::string_view name;
  std::string_view key;
};

SplitKey split_key(std::string_view text) {
  SplitKey split;
  const size_t first = text.find('.');
  split.section = text.substr(0, first);
  if (first == std::string_view::npos) return split;
  const size_t last = text.rfind('.');
  if (last > first) split.name = text.substr(first + 1, last - first - 1);
  split.key = text.substr(last + 1);
  return split;
}

void apply(Value& document, std::string_view key, std::string_view text, Problems& problems) {
  const SplitKey split = split_key(key);
  const Shape shape = shape_of(split.section);
  if (shape == Shape::unknown) {
    const auto near = nearest(split.section, section_names());
    const std::string meant =
        near ? std::string(*near).append(key.substr(split.section.size())) : "";
    return problems.add(set_place, key,
                        near ? "unknown key; did you mean " + meant + "?" : "unknown key");
  }
  if (shape == Shape::single && (split.key.empty() || !split.name.empty()))
    return problems.add(set_place, key, "must be SECTION.KEY");
  if (shape != Shape::single && (split.key.empty() || split.name.empty()))
    return problems.add(set_place, key, "must be " + std::string(split.section) + ".NAME.KEY");
  std::vector<Value*> targets;
  if (shape == Shape::list) {
    targets = tables_named(document, split.section, split.name);
  } else {
    Value* section = table_under(document, split.section);
    if (section != nullptr && shape == Shape::named) section = table_under(*section, split.name);
    if (section == nullptr) return;  // reported when the document is read
    targets.push_back(section);
  }
  if (targets.empty()) {
    return problems.add(set_place, key,
                        "there is no " + std::string(split.section) + " named " +
                            std::string(split.name) + " in the file");
  }
  for (Value* target : targets) assign(*target, split.key, text);
}

}  // namespace

void apply_overrides(Value& document, const std::vector<std::string>& overrides,
                     Problems& problems) {
  for (const std::string& text : overrides) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos) {
      problems.add(set_place, text, "must be KEY=VALUE");
      continue;
    }
    const std::string_view whole(text);
    apply(document, whole.substr(0, equals), whole.substr(equals + 1), problems);
  }
}

}  // namespace tagscout
