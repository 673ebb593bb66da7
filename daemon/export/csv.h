// Cells and lines of CSV (RFC 4180) that no spreadsheet takes for a formula.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "daemon/json_reader.h"

namespace tagscout {

// One column and the field of an object that fills it.
struct CsvColumn {
  std::string_view name;
  std::string_view field;
  std::string_view part;  // of that field, if it is an object to be flattened; else empty
};

// The text as a cell, quoted where it must be. A ' is put before a text whose first character after
// blanks would start a formula.
std::string csv_cell(std::string_view text);

// Any value as a cell: nothing for null; lists joined by a blank, maps as key=value likewise, with
// %, = and blank in keys percent-encoded. Numbers are never guarded.
std::string csv_cell(const JsonNode& value);

// Lines end with CR LF.
std::string csv_header(std::span<const CsvColumn> columns);
std::string csv_row(std::span<const CsvColumn> columns, const JsonNode& object);

}  // namespace tagscout
