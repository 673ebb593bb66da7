#include "daemon/command/terminal.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <numeric>

#include "daemon/utf8.h"

namespace tagscout {
namespace {

constexpr size_t shrunk_width = 8;
constexpr size_t gap = 2;
constexpr std::string_view unknown = "–";

struct CharacterRange {
  char32_t first;
  char32_t last;
};

// Characters that take no cell of their own.
constexpr std::array<CharacterRange, 10> zero_width = {{{0x300, 0x36f},
                                                        {0x483, 0x489},
                                                        {0x591, 0x5bd},
                                                        {0x610, 0x61a},
                                                        {0x64b, 0x65f},
                                                        {0x93c, 0x94d},
                                                        {0x1ab0, 0x1aff},
                                                        {0x200b, 0x200d},
                                                        {0x20d0, 0x20ff},
                                                        {0xfe00, 0xfe0f}}};

// Characters that take two (Unicode's East Asian Width W and F, emoji among them).
constexpr std::array<CharacterRange, 11> double_width = {{{0x1100, 0x115f},
                                                          {0x2e80, 0x303e},
                                                          {0x3041, 0x33ff},
                                                          {0x3400, 0x4dbf},
                                                          {0x4e00, 0x9fff},
                                                          {0xa000, 0xa4cf},
                                                          {0xac00, 0xd7a3},
                                                          {0xf900, 0xfaff},
                                                          {0xfe30, 0xff60},
                                                          {0x1f300, 0x1faff},
                                                          {0x20000, 0x3fffd}}};

template <size_t Size>
bool is_in(const std::array<CharacterRange, Size>& ranges, char32_t character) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const CharacterRange& range) {
    return character >= range.first && character <= range.last;
  });
}

size_t character_width(char32_t character) {
  if (is_in(zero_width, character)) return 0;
  return is_in(double_width, character) ? 2 : 1;
}

struct StateColor {
  std::string_view word;
  std::string_view color;
};

constexpr std::string_view green = "\033[32m";
constexpr std::string_view yellow = "\033[33m";
constexpr std::string_view red = "\033[31m";
constexpr std::string_view bold = "\033[1m";
constexpr std::string_view plain = "\033[0m";

constexpr std::array<StateColor, 12> state_colors = {{{"healthy", green},
                                                      {"ready", green},
                                                      {"running", green},
                                                      {"rose", green},
                                                      {"starting", yellow},
                                                      {"backing_off", yellow},
                                                      {"rate_limited", yellow},
                                                      {"paused", yellow},
                                                      {"fell", yellow},
                                                      {"refused", red},
                                                      {"misconfigured", red},
                                                      {"degraded", red}}};

std::string padded(std::string_view text, size_t width, bool to_the_right) {
  std::string cell = cut_to_width(text, width);
  const std::string fill(width - display_width(cell), ' ');
  return to_the_right ? fill + cell : cell + fill;
}

std::string fraction(double value, const Terminal& terminal, const JsonNode& exact) {
  if (!terminal.is_terminal) return to_json(exact);
  char text[32];
  std::snprintf(text, sizeof text, "%.4f", value);
  return text;
}

template <class Items, class Text>
std::string joined(const Items& items, const Text& text) {
  std::string out;
  for (const auto& item : items) out.append(out.empty() ? "" : " ").append(text(item));
  return out;
}

}  // namespace

std::string terminal_text(std::string_view text) {
  std::string out;
  for_each_character(text, [&](char32_t character) {
    const bool is_space = character == U'\t' || character == U'\n' || character == U'\r';
    if (is_space) character = U' ';
    append_utf8(out, is_control(character) ? replacement_character : character);
  });
  return out;
}

size_t display_width(std::string_view text) {
  size_t width = 0;
  for_each_character(text, [&](char32_t character) { width += character_width(character); });
  return width;
}

std::string cut_to_width(std::string_view text, size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return {};
  std::string out;
  size_t used = 0;
  bool is_full = false;
  for_each_character(text, [&](char32_t character) {
    is_full = is_full || used + character_width(character) > width - 1;
    if (is_full) return;
    append_utf8(out, character);
    used += character_width(character);
  });
  return out + "…";
}

std::string cell_text(const JsonNode& value, const Terminal& terminal) {
  if (value.is_null()) return std::string(unknown);
  if (const auto text = value.text()) return terminal_text(*text);
  if (const auto truth = value.boolean()) return *truth ? "yes" : "no";
  if (value.integer()) return to_json(value);
  if (const auto number = value.real()) return fraction(*number, terminal, value);
  if (!value.object().empty()) {
    return joined(value.object(), [&](const JsonField& field) {
      return terminal_text(field.name) + "=" + cell_text(field.value, terminal);
    });
  }
  return joined(value.array(), [&](const JsonNode& item) { return cell_text(item, terminal); });
}

std::string colored(std::string text, std::string_view word, const Terminal& terminal) {
  if (!terminal.has_color) return text;
  for (const StateColor& state : state_colors) {
    if (state.word == word) return std::string(state.color).append(text).append(plain);
  }
  return text;
}

std::vector<size_t> TextTable::widths(const Terminal& terminal) const {
  std::vector<size_t> widths;
  for (size_t i = 0; i < columns_.size(); ++i) {
    size_t width = display_width(columns_[i].title);
    for (const auto& row : rows_) width = std::max(width, display_width(row[i]));
    widths.push_back(width);
  }
  const auto total = [&] {
    return std::accumulate(widths.begin(), widths.end(), gap * (widths.size() - 1));
  };
  for (size_t i = columns_.size(); i-- > 0 && total() > terminal.width;) {
    if (!columns_[i].may_shrink || widths[i] <= shrunk_width) continue;
    widths[i] -= std::min(widths[i] - shrunk_width, total() - terminal.width);
  }
  while (widths.size() > 1 && total() > terminal.width) widths.pop_back();
  widths.front() = std::min(widths.front(), terminal.width);
  return widths;
}

std::string TextTable::render(const Terminal& terminal) const {
  std::string out;
  const auto end_line = [&] {
    out.erase(out.find_last_not_of(' ') + 1);
    out += '\n';
  };
  if (!terminal.is_terminal) {
    for (const auto& row : rows_) {
      for (size_t i = 0; i < row.size(); ++i) out.append(i == 0 ? "" : "\t").append(row[i]);
      out += '\n';
    }
    return out;
  }
  const std::vector<size_t> widths = this->widths(terminal);
  const auto append = [&](size_t i, std::string_view text, std::string_view color_of) {
    if (i > 0) out.append(gap, ' ');
    out += colored(padded(text, widths[i], columns_[i].is_number), color_of, terminal);
  };
  if (terminal.has_color) out += bold;
  for (size_t i = 0; i < widths.size(); ++i) append(i, columns_[i].title, {});
  if (terminal.has_color) out += plain;
  end_line();
  for (const auto& row : rows_) {
    for (size_t i = 0; i < widths.size(); ++i) append(i, row[i], row[i]);
    end_line();
  }
  return out;
}

}  // namespace tagscout
