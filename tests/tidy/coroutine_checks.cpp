#include <algorithm>

#include "tests/tidy/checks.h"

namespace tagscout::tidy {
namespace {

constexpr std::string_view blanks = " \n\t";

// The last character before `at` that is not blank; 0 if there is none.
char char_before(std::string_view code, size_t at) {
  const size_t found = at == 0 ? std::string_view::npos : code.find_last_not_of(blanks, at - 1);
  return found == std::string_view::npos ? '\0' : code[found];
}

// A bracket behind a name or a closing bracket is a subscript, elsewhere it opens a lambda.
bool opens_lambda(std::string_view code, size_t at) {
  const char before = char_before(code, at);
  return !is_word_char(before) && before != ')' && before != ']' && before != '>' && before != '[';
}

// Looks through the operand that begins at `at` and adds what g++ 12 destroys twice.
void check_operand(const SourceFile& file, size_t at, Findings& findings) {
  int depth = 0;
  const std::string_view code = file.code;
  const size_t first = code.find_first_not_of(blanks, at);
  for (at = first; at < code.size(); ++at) {
    const char c = code[at];
    if (c == '(') ++depth;
    if (c == ')' && --depth < 0) return;
    if (depth == 0 && (c == ';' || c == ',' || c == '{' || c == '}')) return;
    if (depth > 0 && c == '{') {
      findings.push_back({file.path, line_at(code, at),
                          "brace within a co_await operand: use a named local and std::move"});
      return;
    }
    if (c == '[' && (at == first || (depth > 0 && opens_lambda(code, at)))) {
      findings.push_back({file.path, line_at(code, at),
                          "lambda within a co_await operand: use a named local or a function"});
      return;
    }
  }
}

// The offset behind the bracket that closes the one at `open`; npos if none does.
size_t behind_closing(std::string_view code, size_t open, char opening, char closing) {
  int depth = 0;
  for (size_t at = open; at < code.size(); ++at) {
    if (code[at] == opening) ++depth;
    if (code[at] == closing && --depth == 0) return at + 1;
  }
  return std::string_view::npos;
}

// The parameter list of the function that returns the awaitable named at `at`, brackets included;
// empty if no function is declared there.
std::string_view parameters_behind(std::string_view code, size_t at) {
  const size_t angle = code.find('<', at);
  if (angle == std::string_view::npos) return {};
  const size_t type_end = behind_closing(code, angle, '<', '>');
  if (type_end == std::string_view::npos) return {};
  const size_t name = code.find_first_not_of(blanks, type_end);
  if (name == std::string_view::npos || name == type_end || !is_word_char(code[name])) return {};
  size_t open = name;
  while (open < code.size() && (is_word_char(code[open]) || code[open] == ':')) ++open;
  if (open >= code.size() || code[open] != '(') return {};
  const size_t end = behind_closing(code, open, '(', ')');
  return end == std::string_view::npos ? std::string_view() : code.substr(open, end - open);
}

void check_parameters(const SourceFile& file, size_t at, Findings& findings) {
  const std::string_view parameters = parameters_behind(file.code, at);
  const size_t line = line_at(file.code, at);
  if (parameters.find('=') != std::string_view::npos)
    findings.push_back({file.path, line, "default argument of a coroutine"});
  for (const std::string_view type : {"string_view", "span"}) {
    if (!find_word(parameters, type).empty()) {
      findings.push_back(
          {file.path, line, "coroutine takes a " + std::string(type) + ", which may dangle"});
    }
  }
}

}  // namespace

Findings check_coroutines(const SourceFile& file) {
  Findings findings;
  constexpr std::string_view keyword = "co_await";
  for (const size_t at : find_word(file.code, keyword))
    check_operand(file, at + keyword.size(), findings);
  for (const size_t at : find_word(file.code, "awaitable")) check_parameters(file, at, findings);
  return findings;
}

}  // namespace tagscout::tidy
