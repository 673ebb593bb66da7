// Objects of the admin API as text for people.
#pragma once

#include <string>

#include "daemon/command/terminal.h"
#include "daemon/json_reader.h"

namespace tagscout {

enum class View {
  sources,
  accounts,
  flags,
  posts,
  readings,
  tags,
  tag_sources,
  spellings,
  days,
  budgets,
  tests
};

// The objects of a list as a table; empty if there are none.
std::string list_text(View view, const JsonNode& items, const Terminal& terminal);

// One line per field, but for lists of objects, which are tables of their own.
std::string fields_text(const JsonNode& object, const Terminal& terminal);

// A flag on one line.
std::string flag_line(const JsonNode& flag, const Terminal& terminal);

}  // namespace tagscout
