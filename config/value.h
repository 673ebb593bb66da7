// A configuration as it is written, before it means anything: values and where they stand.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tagscout {

// Where something was written: a line and column of the file (from 1), a `--set`, or nowhere.
struct Place {
  uint32_t line = 0;
  uint32_t column = 0;
  bool overridden = false;
};

// Text that was written without quotes: a value of `--set`, or a default of the options table. What
// it is, the option's type decides.
struct BareText {
  std::string text;
};

struct Entry;

struct Table {
  std::vector<Entry> entries;

  // The entry of that key, or null.
  const Entry* find(std::string_view key) const;
  Entry* find(std::string_view key);
};

struct Value {
  using List = std::vector<Value>;

  Place place;
  // std::monostate stands for what no option takes: a date or a time.
  std::variant<std::monostate, std::string, int64_t, double, bool, BareText, List, Table> content;

  const Table* table() const { return std::get_if<Table>(&content); }
  bool is_text() const {
    return std::holds_alternative<std::string>(content) ||
           std::holds_alternative<BareText>(content);
  }
  const List* list() const { return std::get_if<List>(&content); }
};

struct Entry {
  std::string key;
  Place place;  // of the key
  Value value;
};

// Where the value of `key` in `table` stands, or the table itself where it has no such key.
Place place_of(const Value& table, std::string_view key);

}  // namespace tagscout
