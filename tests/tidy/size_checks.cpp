#include <algorithm>

#include "tests/tidy/checks.h"

namespace tagscout::tidy {
namespace {

constexpr size_t header_lines_max = 120;
constexpr size_t source_lines_max = 400;
constexpr size_t function_lines_max = 60;
constexpr size_t columns_max = 100;

// Characters, not bytes: continuation bytes of UTF-8 take no column.
size_t columns(std::string_view line) {
  return static_cast<size_t>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

// Finds the bodies of functions: brace blocks outside of any function whose head has parentheses.
class FunctionFinder {
 public:
  explicit FunctionFinder(const SourceFile& file) : file_(file) {}

  Findings run() {
    for (size_t at = 0; at < file_.code.size(); ++at) {
      const char c = file_.code[at];
      if (c == '#') {
        at = std::min(file_.code.find('\n', at), file_.code.size());
        if (function_depth_ == 0) head_ = at;
      }
      if ((c == ';' || ends_access_label(at)) && function_depth_ == 0) head_ = at + 1;
      if (c == '{') open(at);
      if (c == '}') close(at);
    }
    return std::move(findings_);
  }

 private:
  // The colon of `public:` and the like.
  bool ends_access_label(size_t at) const {
    const std::string_view head = std::string_view(file_.code).substr(head_, at + 1 - head_);
    return head.ends_with("public:") || head.ends_with("private:") || head.ends_with("protected:");
  }

  void open(size_t at) {
    ++depth_;
    if (function_depth_ > 0) return;
    const std::string_view head = std::string_view(file_.code).substr(head_, at - head_);
    if (head.find('(') != std::string_view::npos) {
      function_depth_ = depth_;
      const size_t first = head.find_first_not_of(" \n");
      first_line_ = line_at(file_.code, head_ + (first == std::string_view::npos ? 0 : first));
    } else {
      head_ = at + 1;
    }
  }

  void close(size_t at) {
    if (function_depth_ == depth_) {
      const size_t lines = line_at(file_.code, at) - first_line_ + 1;
      if (lines > function_lines_max) {
        findings_.push_back({file_.path, first_line_,
                             "function of " + std::to_string(lines) + " lines; at most " +
                                 std::to_string(function_lines_max)});
      }
      function_depth_ = 0;
    }
    if (function_depth_ == 0) head_ = at + 1;
    if (depth_ > 0) --depth_;
  }

  const SourceFile& file_;
  Findings findings_;
  size_t depth_ = 0;
  size_t function_depth_ = 0;  // depth of the body that we are in; 0 outside of functions
  size_t head_ = 0;            // where the declaration that we are in begins
  size_t first_line_ = 0;
};

}  // namespace

Findings check_sizes(const SourceFile& file) {
  Findings findings;
  const std::vector<std::string_view> lines = lines_of(file.text);
  const size_t lines_max = file.is_header() ? header_lines_max : source_lines_max;
  if (lines.size() > lines_max) {
    findings.push_back({file.path, lines.size(),
                        "file of " + std::to_string(lines.size()) + " lines; at most " +
                            std::to_string(lines_max)});
  }
  for (size_t i = 0; i < lines.size(); ++i) {
    if (columns(lines[i]) > columns_max)
      findings.push_back(
          {file.path, i + 1, "line over " + std::to_string(columns_max) + " columns"});
  }
  for (Finding& finding : FunctionFinder(file).run()) findings.push_back(std::move(finding));
  return findings;
}

}  // namespace tagscout::tidy
