// A file of the project as the house rules see it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tagscout::tidy {

// One breach of a rule.
struct Finding {
  std::string path;  // from the root of the project
  size_t line = 0;   // from 1
  std::string what;
};

struct Literal {
  size_t line = 0;
  std::string text;  // between the quotes, as written
};

struct Include {
  size_t line = 0;
  std::string path;
  bool quoted = false;  // "…", not <…>
};

struct SourceFile {
  std::string path;
  std::string text;
  std::string code;  // `text` with comments and the contents of literals blanked, line for line
  std::vector<Literal> literals;
  std::vector<Include> includes;

  bool is_header() const { return path.ends_with(".h"); }
  bool is_under(std::string_view folder) const {
    return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
  }
};

// Takes a C++ file apart.
SourceFile make_source_file(std::string path, std::string text);

// The line that holds the character at `offset`.
size_t line_at(std::string_view text, size_t offset);

// The lines of the text, without their ends.
std::vector<std::string_view> lines_of(std::string_view text);

// Offsets at which `word` stands in `code`, not as part of a longer identifier.
std::vector<size_t> find_word(std::string_view code, std::string_view word);

// True for a letter, digit or underscore.
bool is_word_char(char c);

}  // namespace tagscout::tidy
