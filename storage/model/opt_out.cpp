#include "storage/model/opt_out.h"

#include <array>

namespace tagscout {
namespace {

struct OptOutName {
  OptOut bit;
  std::string_view name;
};
constexpr std::array<OptOutName, 10> opt_out_table{{
    {OptOut::noindex, "noindex"},
    {OptOut::not_discoverable, "not_discoverable"},
    {OptOut::no_unauth, "no_unauth"},
    {OptOut::locked, "locked"},
    {OptOut::nobot_tag, "nobot_tag"},
    {OptOut::label_hide, "label_hide"},
    {OptOut::vanish, "vanish"},
    {OptOut::deleted, "deleted"},
    {OptOut::suspended, "suspended"},
    {OptOut::operator_list, "operator_list"},
}};

}  // namespace

std::string_view opt_out_name(OptOut bit) {
  for (const OptOutName& row : opt_out_table) {
    if (row.bit == bit) return row.name;
  }
  return {};
}

std::vector<std::string_view> opt_out_names(OptOuts opt_outs) {
  std::vector<std::string_view> names;
  for (const OptOutName& row : opt_out_table) {
    if (opt_outs.has(row.bit)) names.push_back(row.name);
  }
  return names;
}

std::string_view gone_reason_name(GoneReason reason) {
  constexpr std::array<std::string_view, 10> names{
      "",      "deleted",    "deactivated",   "suspended", "noindex",
      "label", "bio_marker", "operator_list", "vanish",    "forgotten"};
  return names[static_cast<size_t>(reason)];
}

}  // namespace tagscout
