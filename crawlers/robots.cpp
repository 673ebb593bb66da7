#include "crawlers/robots.h"

#include <algorithm>
#include <optional>

namespace tagscout {
namespace {

constexpr size_t text_bytes_max = 500u << 10;
constexpr size_t rules_max = 10000;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\f\v";
  const size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// "name/1.0 (more)" is the name of a product and what does not count.
std::string_view product(std::string_view agent) {
  if (agent.starts_with('*')) return "*";
  const auto end = std::find_if_not(agent.begin(), agent.end(), [](char c) {
    return (lower(c) >= 'a' && lower(c) <= 'z') || c == '-' || c == '_';
  });
  return agent.substr(0, static_cast<size_t>(end - agent.begin()));
}

std::optional<int> hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (lower(c) >= 'a' && lower(c) <= 'f') return lower(c) - 'a' + 10;
  return {};
}

// One spelling for a path however it is encoded: unreserved characters plain, everything that is
// not visible ASCII as %XX in capitals.
std::string normal(std::string_view path) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view unreserved_marks = "-._~";
  std::string out;
  for (size_t i = 0; i < path.size(); ++i) {
    auto byte = static_cast<unsigned char>(path[i]);
    bool encoded = byte <= ' ' || byte >= 0x7f;
    if (path[i] == '%' && i + 2 < path.size() && hex(path[i + 1]) && hex(path[i + 2])) {
      byte = static_cast<unsigned char>(*hex(path[i + 1]) * 16 + *hex(path[i + 2]));
      const char plain = static_cast<char>(byte);
      const bool unreserved = (lower(plain) >= 'a' && lower(plain) <= 'z') ||
                              (plain >= '0' && plain <= '9') ||
                              unreserved_marks.find(plain) != std::string_view::npos;
      encoded = !unreserved;
      i += 2;
    }
    if (encoded) {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    } else {
      out += static_cast<char>(byte);
    }
  }
  return out;
}

// True if the pattern matches the path from its start. Greedy with one point to come back to, so
// that the time is bounded by the product of the lengths.
bool matches(std::string_view pattern, std::string_view path) {
  const bool anchored = pattern.ends_with('$');
  if (anchored) pattern.remove_suffix(1);
  size_t p = 0;
  size_t t = 0;
  size_t star = std::string_view::npos;
  size_t star_text = 0;
  while (true) {
    if (p == pattern.size() && (!anchored || t == path.size())) return true;
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
    } else if (p < pattern.size() && t < path.size() && pattern[p] == path[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos && star_text < path.size()) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
}

struct Line {
  std::string_view key;
  std::string_view value;
};

std::optional<Line> parse_line(std::string_view line) {
  line = trim(line.substr(0, line.find('#')));
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return {};
  return Line{trim(line.substr(0, colon)), trim(line.substr(colon + 1))};
}

}  // namespace

Robots::Robots(std::string_view text, std::string_view name) {
  text = text.substr(0, text_bytes_max);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::vector<Rule> own;
  std::vector<Rule> general;
  bool named = false;       // a group for our name exists
  bool in_own = false;      // the current group names us
  bool in_general = false;  // the current group names *
  bool head = false;        // reading the user-agent lines that start a group
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of("\r\n"), text.size());
    const auto line = parse_line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line) continue;
    if (same_name(line->key, "user-agent")) {
      if (!head) in_own = in_general = false;
      head = true;
      in_own = in_own || same_name(product(line->value), name);
      in_general = in_general || line->value == "*";
      named = named || in_own;
      continue;
    }
    const bool allow = same_name(line->key, "allow");
    if (!allow && !same_name(line->key, "disallow")) continue;
    head = false;
    const bool usable = line->value.starts_with('/') || line->value.starts_with('*');
    if (!usable || own.size() + general.size() >= rules_max) continue;
    if (in_own) own.push_back({normal(line->value), allow});
    if (in_general) general.push_back({normal(line->value), allow});
  }
  rules_ = named ? std::move(own) : std::move(general);
}

bool Robots::allows(std::string_view target) const {
  const std::string path = normal(target);
  const Rule* best = nullptr;
  for (const Rule& rule : rules_) {
    if (!matches(rule.pattern, path)) continue;
    const bool better = best == nullptr || rule.pattern.size() > best->pattern.size() ||
                        (rule.pattern.size() == best->pattern.size() && rule.allow);
    if (better) best = &rule;
  }
  return best == nullptr || best->allow;
}

}  // namespace tagscout
