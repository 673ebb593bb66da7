#include "storage/model/flag.h"

#include <array>

namespace tagscout {
namespace {
constexpr std::array<std::string_view, 3> kinds{"rose", "fell", "found"};
}

std::string_view flag_kind_name(FlagKind kind) { return kinds[static_cast<size_t>(kind) - 1]; }

std::optional<FlagKind> flag_kind_of_name(std::string_view name) {
  for (size_t i = 0; i < kinds.size(); ++i) {
    if (kinds[i] == name) return static_cast<FlagKind>(i + 1);
  }
  return std::nullopt;
}

}  // namespace tagscout
