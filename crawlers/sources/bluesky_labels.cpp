#include "crawlers/sources/bluesky_labels.h"

#include <map>
#include <string_view>
#include <tuple>

namespace tagscout {
namespace {

constexpr std::string_view no_unauthenticated = "!no-unauthenticated";
constexpr std::string_view hide = "!hide";
constexpr std::string_view takedown = "!takedown";
constexpr std::string_view declared_bot = "bot";

// Source, subject and value.
using LabelKey = std::tuple<std::string_view, std::string_view, std::string_view>;

struct LabelState {
  Time created_at{};
  bool holds = false;
};

bool matters(std::string_view value) {
  return value == no_unauthenticated || value == hide || value == takedown || value == declared_bot;
}

std::optional<Time> read_label_time(const JsonValue& value) {
  const std::optional<std::string_view> text = value.optional_text();
  return text ? parse_time(*text) : std::nullopt;
}

}  // namespace

LabelWishes read_labels(const JsonValue& labels, Time now) {
  std::map<LabelKey, LabelState> states;
  labels.each([&](const JsonValue& label) {
    const std::string_view value = label.field("val").text();
    if (!matters(value)) return;
    const LabelKey key(label.field("src").optional_text().value_or(""),
                       label.field("uri").optional_text().value_or(""), value);
    const std::optional<Time> expires = read_label_time(label.field("exp"));
    const bool negated = label.field("neg").optional_boolean().value_or(false);
    const LabelState state{.created_at = read_label_time(label.field("cts")).value_or(Time()),
                           .holds = !negated && !(expires && *expires <= now)};
    const auto [known, is_new] = states.try_emplace(key, state);
    if (is_new) return;
    // Made at the same moment, the wish wins.
    const bool newer = state.created_at > known->second.created_at;
    const bool same = state.created_at == known->second.created_at;
    if (newer || (same && state.holds)) known->second = state;
  });
  LabelWishes wishes;
  for (const auto& [key, state] : states) {
    if (!state.holds) continue;
    const std::string_view value = std::get<2>(key);
    if (value == no_unauthenticated) wishes.opt_outs.set(OptOut::no_unauth);
    if (value == hide || value == takedown) wishes.opt_outs.set(OptOut::label_hide);
    if (value == declared_bot) wishes.bot = true;
  }
  return wishes;
}

}  // namespace tagscout
