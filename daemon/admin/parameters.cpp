#include "daemon/admin/parameters.h"

#include <algorithm>
#include <charconv>

namespace tagscout {
namespace {

constexpr uint64_t limit_max = 1000;
constexpr size_t name_length_max = 64;

bool is_name(std::string_view text) {
  const auto is_word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  const auto fits = [&](char c) { return is_word(c) || c == '.' || c == '_' || c == '-'; };
  return !text.empty() && text.size() <= name_length_max && is_word(text.front()) &&
         std::all_of(text.begin(), text.end(), fits);
}

[[noreturn]] void refuse(std::string_view name, std::string_view why) {
  throw BadQuery(std::string(name).append(": ").append(why));
}

std::string checked_name(std::string_view name, std::string_view text) {
  if (!is_name(text)) refuse(name, "not a name");
  return std::string(text);
}

}  // namespace

Parameters::Parameters(const std::map<std::string, std::string>& given,
                       std::initializer_list<std::string_view> known)
    : given_(given) {
  for (const auto& [name, value] : given_) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      refuse(name, "no such parameter here");
    }
  }
}

std::optional<std::string_view> Parameters::text(std::string_view name) const {
  const auto found = given_.find(std::string(name));
  if (found == given_.end() || found->second.empty()) return {};
  return found->second;
}

std::optional<uint64_t> Parameters::number(std::string_view name) const {
  const auto digits = text(name);
  if (!digits) return {};
  uint64_t value = 0;
  const char* const end = digits->data() + digits->size();
  const auto [stop, failure] = std::from_chars(digits->data(), end, value);
  if (failure != std::errc() || stop != end) refuse(name, "not a whole number of 0 or more");
  return value;
}

std::string Parameters::name(std::string_view name) const {
  const auto value = text(name);
  return value ? checked_name(name, *value) : std::string();
}

PageRequest Parameters::page() const {
  PageRequest page;
  if (const auto limit = number("limit")) {
    if (*limit == 0) refuse("limit", "must be 1 to 1000");
    page.limit = std::min(*limit, limit_max);
  }
  page.cursor = text("cursor").value_or("");
  return page;
}

std::optional<Network> Parameters::network() const {
  const auto value = text("network");
  if (!value) return {};
  const auto network = network_of_name(*value);
  if (!network) refuse("network", "not a network");
  return network;
}

std::optional<BandName> Parameters::band() const {
  const auto value = text("band");
  if (!value) return {};
  const size_t slash = value->find('/');
  BandName band;
  if (slash != std::string_view::npos) band.ladder = checked_name("band", value->substr(0, slash));
  band.name = checked_name("band", value->substr(slash == std::string_view::npos ? 0 : slash + 1));
  return band;
}

std::optional<FlagKind> Parameters::kind() const {
  const auto value = text("kind");
  if (!value) return {};
  const auto kind = flag_kind_of_name(*value);
  if (!kind) refuse("kind", "must be rose, fell or found");
  return kind;
}

}  // namespace tagscout
