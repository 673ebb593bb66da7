// Rows of exports: which columns each kind has, and how each format writes them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/export/csv.h"
#include "daemon/json_reader.h"

namespace tagscout {

enum class ExportWhat { flags, accounts, posts };
enum class ExportFormat { csv, ndjson };

// "flags", "accounts", "posts"; "csv", "ndjson". Nothing for another name.
std::optional<ExportWhat> export_what_of_name(std::string_view name);
std::optional<ExportFormat> export_format_of_name(std::string_view name);

// The columns of CSV: the fields of the objects in their order.
std::span<const CsvColumn> export_columns(ExportWhat what);

// What stands before the first row; empty for formats without a header.
std::string export_header(ExportWhat what, ExportFormat format);

// One object as a row, its line end included.
std::string export_row(ExportWhat what, ExportFormat format, const JsonNode& object);

}  // namespace tagscout
