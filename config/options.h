// What can be configured: one row per key. Defaults, checks, the printed configuration and the
// reference all come from these rows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config.h"

namespace tagscout {

// A number that is written as a size: "96MiB".
template <class Section>
struct SizeMember {
  int64_t Section::*bytes;
};

// Where a section keeps the value; its type is the option's type.
template <class Section>
using Member = std::variant<std::string Section::*, bool Section::*, int64_t Section::*,
                            SizeMember<Section>, double Section::*, Duration Section::*,
                            std::optional<int64_t> Section::*, std::vector<std::string> Section::*,
                            std::vector<Duration> Section::*, std::vector<Network> Section::*>;

// In `fallback`: the file must say it.
inline constexpr std::string_view required = "(required)";

// In `allowed`: any text but the empty one, and a name as [a-z0-9][a-z0-9._-]{0,63}.
inline constexpr std::string_view any_text = "TEXT";
inline constexpr std::string_view any_name = "NAME";

template <class Section>
struct Option {
  std::string_view key;
  Member<Section> member;
  std::string_view fallback;  // the default as it would be written after --set KEY=, or `required`
  std::string_view allowed;   // "1..", "0..<1", "a|b", any_text, any_name; empty = everything
  std::string_view help;      // one line
};

// The rows of one section, in the order in which they are printed.
template <class Section>
std::span<const Option<Section>> options_of();

template <>
std::span<const Option<DaemonSection>> options_of();
template <>
std::span<const Option<HttpSection>> options_of();
template <>
std::span<const Option<Band>> options_of();
template <>
std::span<const Option<NicheSection>> options_of();
template <>
std::span<const Option<SourceSection>> options_of();
template <>
std::span<const Option<MaturitySection>> options_of();
template <>
std::span<const Option<OriginSection>> options_of();
template <>
std::span<const Option<RetentionSection>> options_of();
template <>
std::span<const Option<StoreSection>> options_of();
template <>
std::span<const Option<ExportSection>> options_of();

// The bands that hold where a file names none.
std::vector<Band> default_ladder();

// Calls visit(name, section) for every section that stands once in a file.
template <class SomeConfig, class Visit>
void for_each_single(SomeConfig& config, Visit visit) {
  visit("daemon", config.daemon);
  visit("http", config.http);
  visit("maturity", config.maturity);
  visit("origin", config.origin);
  visit("retention", config.retention);
  visit("store", config.store);
}

// Calls visit(name, sections) for every list of sections: [[band]], [[niche]], [[source]].
template <class SomeConfig, class Visit>
void for_each_list(SomeConfig& config, Visit visit) {
  visit("band", config.bands);
  visit("niche", config.niches);
  visit("source", config.sources);
}

// The names of all sections: "daemon", "band", "export", …
std::vector<std::string_view> section_names();

// One row, whatever its section, for lists of all that there is.
struct OptionInfo {
  std::string_view section;  // "daemon", "source", "export", …
  std::string_view key;
  std::string_view type;  // "duration", "list of texts", …
  std::string_view fallback;
  std::string_view allowed;
  std::string_view help;
};

// Every row of every section.
std::vector<OptionInfo> all_options();

}  // namespace tagscout
