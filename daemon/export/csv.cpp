#include "daemon/export/csv.h"

#include <algorithm>

#include "daemon/utf8.h"

namespace tagscout {
namespace {

// What spreadsheets skip before they look for a formula: blanks, the no-break spaces, line feeds.
bool is_blank(char32_t character) {
  return character == U' ' || character == U'\n' || character == 0xa0 || character == 0x2007 ||
         character == 0x202f || character == 0xfeff;
}

// The characters that start a formula, with their full-width forms.
bool starts_formula(char32_t character) {
  constexpr std::u32string_view starts = U"=+-@\t\r\uFF1D\uFF0B\uFF0D\uFF20";
  return starts.find(character) != std::u32string_view::npos;
}

bool needs_guard(std::string_view text) {
  while (!text.empty()) {
    const DecodedCharacter first = decode_utf8(text);
    if (!is_blank(first.character)) return starts_formula(first.character);
    text.remove_prefix(first.bytes);
  }
  return false;
}

std::string escaped_key(std::string_view key) {
  std::string out;
  for (const char c : key) {
    if (c == '%') {
      out += "%25";
    } else if (c == '=') {
      out += "%3D";
    } else if (c == ' ') {
      out += "%20";
    } else {
      out += c;
    }
  }
  return out;
}

// A value inside a list or a map, unquoted.
std::string plain(const JsonNode& value) {
  if (value.is_null()) return {};
  if (const auto text = value.text()) return std::string(*text);
  return to_json(value);
}

template <class Items, class Text>
std::string joined(const Items& items, const Text& text) {
  std::string out;
  for (const auto& item : items) out.append(out.empty() ? "" : " ").append(text(item));
  return out;
}

template <class Cell>
std::string line(std::span<const CsvColumn> columns, const Cell& cell) {
  std::string out;
  for (const CsvColumn& column : columns) {
    if (&column != columns.data()) out += ',';
    out += cell(column);
  }
  return out + "\r\n";
}

}  // namespace

std::string csv_cell(std::string_view text) {
  const std::string_view guard = needs_guard(text) ? "'" : "";
  if (text.find_first_of("\",\r\n") == std::string_view::npos) {
    return std::string(guard).append(text);
  }
  std::string out = "\"";
  out += guard;
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  return out + '"';
}

std::string csv_cell(const JsonNode& value) {
  if (value.is_null()) return {};
  if (const auto text = value.text()) return csv_cell(*text);
  if (value.boolean() || value.real()) return to_json(value);
  if (!value.object().empty()) {
    return csv_cell(std::string_view(joined(value.object(), [](const JsonField& field) {
      return escaped_key(field.name) + '=' + plain(field.value);
    })));
  }
  return csv_cell(std::string_view(joined(value.array(), plain)));
}

std::string csv_header(std::span<const CsvColumn> columns) {
  return line(columns, [](const CsvColumn& column) { return std::string(column.name); });
}

std::string csv_row(std::span<const CsvColumn> columns, const JsonNode& object) {
  return line(columns, [&](const CsvColumn& column) {
    const JsonNode& value = object[column.field];
    return csv_cell(column.part.empty() ? value : value[column.part]);
  });
}

}  // namespace tagscout
