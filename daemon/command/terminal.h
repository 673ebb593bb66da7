// What people see: text made safe for a terminal, its width, tables that fit.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/json_reader.h"

namespace tagscout {

struct Terminal {
  bool is_terminal = false;  // else lines are for programs: tabs between cells, nothing cut
  bool has_color = false;
  size_t width = 80;
};

// The text on one line: control and bidirectional characters and invalid bytes become U+FFFD, tabs
// and line ends a blank.
std::string terminal_text(std::string_view text);

// Terminal cells that the text takes.
size_t display_width(std::string_view text);

// The text cut to at most `width` cells, the last of them an ellipsis if anything was cut.
std::string cut_to_width(std::string_view text, size_t width);

// Any value as a cell: – for unknown, lists joined by a blank, maps as key=value. Fractions keep
// four digits on a terminal.
std::string cell_text(const JsonNode& value, const Terminal& terminal);

// The text in the colour of the state that `word` names, if colour is wanted.
std::string colored(std::string text, std::string_view word, const Terminal& terminal);

struct TableColumn {
  std::string_view title;
  bool is_number = false;
  bool may_shrink = false;  // down to eight cells; other columns are shown whole or not at all
};

class TextTable final {
 public:
  explicit TextTable(std::vector<TableColumn> columns) : columns_(std::move(columns)) {}
  // As many cells as columns, made by cell_text().
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }
  // Without titles where no terminal is. The last columns are left out if nothing else fits.
  std::string render(const Terminal& terminal) const;

 private:
  std::vector<size_t> widths(const Terminal& terminal) const;
  std::vector<TableColumn> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace tagscout
