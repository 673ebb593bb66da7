// What goes wrong, and when: at seeded times, one thing per host, so that no host starves; and in
// spells that are asked for.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/model/time.h"

namespace tagscout::testnet {

enum class Fault : uint8_t {
  none,
  rate_limited,  // 429
  unavailable,   // 503 with HTML
  denied,        // 403 with HTML: something before the server says no
  cut_off,       // in the middle of an answer
  unreachable,   // connections break before any answer
  stale,         // a cache answers what it has: pages of a day ago; else 503
  closed,        // tag feeds need a token that nobody has
  local_only,    // and show no other server's posts to those without
  remote_only,   // or only these
  silent,        // streams stay open and say nothing
};

// A fault that lasts. `where`: "0" to "4" for instances, "appview", "jetstream-0" and so on.
struct Spell {
  Fault fault = Fault::none;
  std::string where;
  Duration from{};  // since the start
  Duration to{};
};

// Of "FAULT:WHERE:FROM-TO" in seconds; nothing if it is none.
std::optional<Spell> parse_spell(std::string_view text);

class Faults {
 public:
  Faults(uint64_t seed, bool enabled) : seed_(seed), enabled_(enabled) {}

  // What happens to a request to `host` at `now`.
  Fault strike(const std::string& host, Time now);

  // How long the next stream connection lives; never-ending without faults.
  Duration stream_life();

  // Adds a spell; its times count from `start`.
  void add(Spell spell, Time start);
  // True if that spell lies on that place.
  bool lies(Fault fault, std::string_view where, Time now) const;
  // Of these spells one that breaks every request, or none.
  Fault broken(std::string_view where, Time now) const;

  // False where nothing goes wrong by chance.
  bool enabled() const { return enabled_; }

  // From now on nothing goes wrong.
  void end();

 private:
  struct Plan {
    Time next{};
    uint64_t struck = 0;
  };
  struct Lasting {
    Spell spell;
    Time start{};
  };
  uint64_t seed_;
  bool enabled_;
  std::map<std::string, Plan> plans_;
  std::vector<Lasting> spells_;
  uint64_t streams_ = 0;
};

}  // namespace tagscout::testnet
