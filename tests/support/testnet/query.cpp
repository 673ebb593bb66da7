#include "tests/support/testnet/query.h"

#include <charconv>

namespace tagscout::testnet {
namespace {

std::string decode(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    const std::string_view digits = text.substr(i + 1 < text.size() ? i + 1 : i, 2);
    const bool escape =
        text[i] == '%' && digits.size() == 2 &&
        std::from_chars(digits.data(), digits.data() + 2, byte, 16).ptr == digits.data() + 2;
    decoded += escape ? static_cast<char>(byte) : text[i] == '+' ? ' ' : text[i];
    if (escape) i += 2;
  }
  return decoded;
}

}  // namespace

Query::Query(std::string_view target) {
  const size_t mark = target.find('?');
  path_ = decode(target.substr(0, mark));
  std::string_view rest = mark == std::string_view::npos ? "" : target.substr(mark + 1);
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    parameters_.emplace_back(decode(pair.substr(0, equals)), decode(pair.substr(equals + 1)));
  }
}

std::optional<std::string> Query::after(std::string_view prefix) const {
  if (!path_.starts_with(prefix) || path_.size() == prefix.size()) return {};
  return path_.substr(prefix.size());
}

std::optional<std::string> Query::get(std::string_view name) const {
  for (const auto& [key, value] : parameters_) {
    if (key == name) return value;
  }
  return {};
}

std::vector<std::string> Query::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : parameters_) {
    if (key == name) values.push_back(value);
  }
  return values;
}

std::optional<uint64_t> Query::number(std::string_view name) const {
  const std::optional<std::string> text = get(name);
  uint64_t value = 0;
  if (!text) return {};
  const char* end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, value);
  if (read.ec != std::errc{} || read.ptr != end) return {};
  return value;
}

}  // namespace tagscout::testnet
