#include "tests/support/testnet/faults.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>

#include "tests/support/testnet/dice.h"

namespace tagscout::testnet {
namespace {

struct Named {
  std::string_view name;
  Fault fault;
};

constexpr std::array<Named, 10> names = {{
    {"storm", Fault::rate_limited},
    {"unavailable", Fault::unavailable},
    {"denied", Fault::denied},
    {"cut_off", Fault::cut_off},
    {"unreachable", Fault::unreachable},
    {"stale", Fault::stale},
    {"closed", Fault::closed},
    {"local_only", Fault::local_only},
    {"remote_only", Fault::remote_only},
    {"silent", Fault::silent},
}};

std::optional<Duration> seconds_of(std::string_view text) {
  double seconds = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, seconds);
  if (read.ec != std::errc{} || read.ptr != end) return {};
  return Duration(static_cast<int64_t>(seconds * 1e6));
}

}  // namespace

std::optional<Spell> parse_spell(std::string_view text) {
  const size_t first = text.find(':');
  const size_t second = text.rfind(':');
  if (first == std::string_view::npos || second == first) return {};
  const std::string_view times = text.substr(second + 1);
  const auto from = seconds_of(times.substr(0, times.find('-')));
  const auto to = seconds_of(times.substr(std::min(times.find('-'), times.size() - 1) + 1));
  const auto named = std::find_if(names.begin(), names.end(), [&](const Named& one) {
    return one.name == text.substr(0, first);
  });
  if (named == names.end() || !from || !to) return {};
  return Spell{.fault = named->fault,
               .where = std::string(text.substr(first + 1, second - first - 1)),
               .from = *from,
               .to = *to};
}

Fault Faults::strike(const std::string& host, Time now) {
  if (!enabled_) return Fault::none;
  Plan& plan = plans_[host];
  Dice dice(seed_, std::hash<std::string>()(host), plan.struck);
  const Duration calm(dice.between(2'500'000, 7'000'000));
  if (plan.next == Time{}) plan.next = now + calm;
  if (now < plan.next) return Fault::none;
  ++plan.struck;
  plan.next = now + calm;
  const uint64_t kind = dice.below(3);
  return kind == 0 ? Fault::rate_limited : kind == 1 ? Fault::unavailable : Fault::cut_off;
}

Duration Faults::stream_life() {
  if (!enabled_) return std::chrono::hours(24);
  return Duration(Dice(seed_, 7, streams_++).between(4'000'000, 12'000'000));
}

void Faults::add(Spell spell, Time start) { spells_.push_back({std::move(spell), start}); }

bool Faults::lies(Fault fault, std::string_view where, Time now) const {
  return std::any_of(spells_.begin(), spells_.end(), [&](const Lasting& one) {
    return one.spell.fault == fault && one.spell.where == where &&
           now >= one.start + one.spell.from && now < one.start + one.spell.to;
  });
}

Fault Faults::broken(std::string_view where, Time now) const {
  for (const Fault fault : {Fault::unreachable, Fault::rate_limited, Fault::unavailable,
                            Fault::denied, Fault::cut_off}) {
    if (lies(fault, where, now)) return fault;
  }
  return Fault::none;
}

void Faults::end() {
  enabled_ = false;
  spells_.clear();
}

}  // namespace tagscout::testnet
