// Turns written values into typed ones, by the rows of the options table.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "config/options.h"
#include "config/problems.h"
#include "config/value.h"

namespace tagscout {

// Each sets `out` and returns nothing, or leaves it alone and returns what is wrong. `allowed` is
// as in Option; for a list it holds for every item.
using Complaint = std::optional<std::string>;
Complaint read_value(const Value& value, std::string_view allowed, std::string& out);
Complaint read_value(const Value& value, std::string_view allowed, bool& out);
Complaint read_value(const Value& value, std::string_view allowed, int64_t& out);
Complaint read_value(const Value& value, std::string_view allowed, double& out);
Complaint read_value(const Value& value, std::string_view allowed, Duration& out);
Complaint read_value(const Value& value, std::string_view allowed, std::optional<int64_t>& out);
Complaint read_value(const Value& value, std::string_view allowed, std::vector<std::string>& out);
Complaint read_value(const Value& value, std::string_view allowed, std::vector<Duration>& out);
Complaint read_value(const Value& value, std::string_view allowed, std::vector<Network>& out);
Complaint read_value(const Value& value, std::string_view allowed, Network& out);
Complaint read_size(const Value& value, std::string_view allowed, int64_t& out);

// True for [a-z0-9][a-z0-9._-]{0,63}.
bool is_name(std::string_view text);

// Adds "unknown key" with the nearest known one; `known` are the keys of the section.
void report_unknown(const Entry& entry, std::string_view section,
                    const std::vector<std::string_view>& known, Problems& problems);

// Reads one option into `section`.
template <class Section>
Complaint read_option(const Option<Section>& option, const Value& value, Section& section) {
  return std::visit(
      [&](auto member) -> Complaint {
        if constexpr (std::is_same_v<decltype(member), SizeMember<Section>>) {
          return read_size(value, option.allowed, section.*member.bytes);
        } else {
          return read_value(value, option.allowed, section.*member);
        }
      },
      option.member);
}

// Fills a section from its table, defaults included, and reports unknown and missing keys and bad
// values. `name` is the section's, "source"; a key is then "source.url".
template <class Section>
Section read_section(const Value& written, std::string_view name, Problems& problems) {
  Section section;
  std::vector<std::string_view> known;
  const std::string prefix = std::string(name) + ".";
  for (const Option<Section>& option : options_of<Section>()) {
    known.push_back(option.key);
    const std::string key = prefix + std::string(option.key);
    const Entry* entry = written.table()->find(option.key);
    if (option.fallback == required) {
      if (entry == nullptr) problems.add(written.place, key, "missing");
    } else if (!option.fallback.empty()) {
      const Value fallback{.place = {}, .content = BareText{std::string(option.fallback)}};
      read_option(option, fallback, section);
    }
    if (entry == nullptr) continue;
    if (const Complaint wrong = read_option(option, entry->value, section))
      problems.add(entry->value.place, key, *wrong);
  }
  for (const Entry& entry : written.table()->entries) {
    if (std::find(known.begin(), known.end(), entry.key) == known.end())
      report_unknown(entry, name, known, problems);
  }
  return section;
}

}  // namespace tagscout
