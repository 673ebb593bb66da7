#include <charconv>

#include "config/config.h"
#include "config/options.h"
#include "config/units.h"

namespace tagscout {
namespace {

// A TOML basic string.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string written(const std::string& value) { return quoted(value); }
std::string written(bool value) { return value ? "true" : "false"; }
std::string written(int64_t value) { return std::to_string(value); }
std::string written(Duration value) { return quoted(format_duration(value)); }
std::string written(Network value) { return quoted(network_name(value)); }
std::string written(const std::optional<int64_t>& value) { return value ? written(*value) : ""; }

std::string written(double value) {
  char text[32];
  const auto [end, error] =
      std::to_chars(text, text + sizeof text, value, std::chars_format::fixed);
  std::string number(text, error == std::errc() ? end : text);
  return number.find('.') == std::string::npos ? number + ".0" : number;
}

template <class Item>
std::string written(const std::vector<Item>& list) {
  std::string text;
  for (const Item& item : list) text += (text.empty() ? "" : ", ") + written(item);
  return "[" + text + "]";
}

template <class Section>
std::string written(const Option<Section>& option, const Section& section) {
  return std::visit(
      [&section](auto member) -> std::string {
        if constexpr (std::is_same_v<decltype(member), SizeMember<Section>>) {
          return quoted(format_size(section.*member.bytes));
        } else {
          return written(section.*member);
        }
      },
      option.member);
}

// True for what cannot be written because it is not there: a band without an upper edge, or a key
// that the source's type may not even take.
template <class Section>
bool is_absent(const Option<Section>& option, const std::string& value, const Section& section) {
  if constexpr (std::is_same_v<Section, SourceSection>) {
    if (option.key == "gap") return !section.gap_set;
    const bool empty = value == "\"\"" || value == "[]";
    return empty && option.key != "niches";
  } else {
    return value.empty();
  }
}

template <class Section>
void print_section(std::string_view heading, const Section& section, std::string& out) {
  if (!out.empty()) out += "\n";
  out.append(heading).append("\n");
  for (const Option<Section>& option : options_of<Section>()) {
    const std::string value = written(option, section);
    if (is_absent(option, value, section)) continue;
    out.append(option.key).append(" = ").append(value).append("\n");
  }
}

}  // namespace

std::string print_config(const Config& config) {
  std::string out;
  for_each_single(config, [&out](std::string_view name, const auto& section) {
    print_section("[" + std::string(name) + "]", section, out);
  });
  for_each_list(config, [&out](std::string_view name, const auto& sections) {
    for (const auto& section : sections)
      print_section("[[" + std::string(name) + "]]", section, out);
  });
  for (const ExportSection& section : config.exports)
    print_section("[export." + quoted(section.name) + "]", section, out);
  return out;
}

}  // namespace tagscout
