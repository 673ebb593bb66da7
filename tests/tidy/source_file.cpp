#include "tests/tidy/source_file.h"

#include <algorithm>

namespace tagscout::tidy {
namespace {

// Walks over the text once and blanks what is not code.
class Lexer {
 public:
  explicit Lexer(SourceFile& file) : file_(file), text_(file.text) { file_.code = text_; }

  void run() {
    while (at_ < text_.size()) {
      if (starts_with("//")) {
        blank(std::min(text_.find('\n', at_), text_.size()));
      } else if (starts_with("/*")) {
        blank(after(text_.find("*/", at_ + 2), 2));
      } else if (starts_raw()) {
        take_raw();
      } else if (text_[at_] == '"' && !in_include()) {
        take_quoted('"');
      } else if (text_[at_] == '\'' && !is_digit_separator()) {
        take_quoted('\'');
      } else {
        ++at_;
      }
    }
  }

 private:
  bool starts_with(std::string_view prefix) const { return text_.substr(at_).starts_with(prefix); }

  bool starts_raw() const {
    return starts_with("R\"") && (at_ == 0 || !is_word_char(text_[at_ - 1]));
  }

  // 10'000: an apostrophe within a number is none that opens a character.
  bool is_digit_separator() const { return at_ > 0 && is_word_char(text_[at_ - 1]); }

  bool in_include() const {
    const size_t start = text_.rfind('\n', at_) + 1;  // npos + 1 is 0
    return text_.substr(start).starts_with("#include");
  }

  size_t after(size_t found, size_t bytes) const {
    return found == std::string_view::npos ? text_.size() : found + bytes;
  }

  // Blanks up to `end` and goes there.
  void blank(size_t end) {
    for (; at_ < end; ++at_) {
      if (text_[at_] != '\n') file_.code[at_] = ' ';
    }
  }

  void take_literal(size_t first, size_t last) {
    file_.literals.push_back(
        {line_at(text_, first), std::string(text_.substr(first, last - first))});
  }

  void take_quoted(char quote) {
    const size_t first = ++at_;
    size_t last = first;
    while (last < text_.size() && text_[last] != quote && text_[last] != '\n')
      last += text_[last] == '\\' ? 2 : 1;
    last = std::min(last, text_.size());
    if (quote == '"') take_literal(first, last);
    blank(last);
    if (at_ < text_.size()) ++at_;
  }

  void take_raw() {
    const size_t bracket = std::min(text_.find('(', at_), text_.size());
    const std::string end = ")" + std::string(text_.substr(at_ + 2, bracket - at_ - 2)) + "\"";
    const size_t first = std::min(bracket + 1, text_.size());
    const size_t last = std::min(text_.find(end, first), text_.size());
    take_literal(first, last);
    blank(std::min(last + end.size(), text_.size()));
  }

  SourceFile& file_;
  std::string_view text_;
  size_t at_ = 0;
};

// Takes the includes out of the code: what they name is not a word of ours.
void find_includes(SourceFile& file) {
  size_t start = 0;
  for (size_t number = 1; start < file.code.size(); ++number) {
    const size_t end = std::min(file.code.find('\n', start), file.code.size());
    const std::string line = file.code.substr(start, end - start);
    const size_t open = line.starts_with("#include") ? line.find_first_of("\"<") : line.npos;
    const size_t close = open == line.npos ? line.npos : line.find_first_of("\">", open + 1);
    if (close != line.npos) {
      file.includes.push_back({number, line.substr(open + 1, close - open - 1), line[open] == '"'});
      std::fill_n(file.code.begin() + static_cast<std::ptrdiff_t>(start), end - start, ' ');
    }
    start = end + 1;
  }
}

}  // namespace

SourceFile make_source_file(std::string path, std::string text) {
  SourceFile file;
  file.path = std::move(path);
  file.text = std::move(text);
  Lexer(file).run();
  find_includes(file);
  return file;
}

size_t line_at(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, offset);
  return 1 + static_cast<size_t>(std::count(before.begin(), before.end(), '\n'));
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::vector<size_t> find_word(std::string_view code, std::string_view word) {
  std::vector<size_t> found;
  for (size_t at = code.find(word); at != std::string_view::npos; at = code.find(word, at + 1)) {
    const size_t end = at + word.size();
    const bool opens = at == 0 || !is_word_char(code[at - 1]);
    const bool closes =
        end >= code.size() || !is_word_char(word.back()) || !is_word_char(code[end]);
    if (opens && closes) found.push_back(at);
  }
  return found;
}

bool is_word_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace tagscout::tidy
