// The people of the simulation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/testnet/follower_curve.h"
#include "tests/support/testnet/options.h"

namespace tagscout::testnet {

// What is special about an account. All else about it is ordinary.
enum class Role : uint8_t {
  steady,              // stays in its band
  rises,               // enters a watched band from below, slowly
  falls,               // enters one from above, slowly
  hovers,              // enters one, then swings about its edge
  hovers_below,        // swings closely below an edge
  returns,             // enters, leaves and enters again
  leaves,              // starts in a band and leaves it
  jumps_over,          // is below a band, then above it, and nobody saw it inside
  rises_at_once,       // by so much that one reading is not believed
  falls_at_once,       // likewise
  spikes,              // one answer shows far too many followers
  zero_glitch,         // one answer shows 0 followers
  hides_counts,        // shows -1
  not_discoverable,    // says discoverable: false
  noindex,             // says so at its home alone
  no_unauthenticated,  // carries the label
  nobot,               // says so in its bio
  suspended,           // from some time on
  deleted,             // likewise
  deactivated,         // likewise
  reactivated,         // deactivated for a while
};

// A follower count that the account's own server showed, and when first and last in a row.
struct ShownFollowers {
  int64_t followers = 0;
  Time first{};
  Time last{};
};

struct Account {
  uint32_t index = 0;
  uint8_t place = 0;  // a Mastodon instance, or bluesky_place
  Role role = Role::steady;
  std::string name;
  std::string did;  // on Bluesky
  int64_t following = 0;
  int64_t statuses = 0;
  int64_t stale_followers = 0;  // what other instances believe
  FollowerCurve curve;
  Time gone_at = never;
  Time back_at = never;
  uint32_t answers = 0;              // of its own server that showed its counts
  bool glitched = false;             // its one wrong answer has been given
  bool left_out = false;             // a batch has once forgotten it
  std::optional<uint32_t> moved_to;  // its successor, by index
  Time read_at{};                    // last answer of its own server about it
  std::vector<ShownFollowers> shown;

  bool on_bluesky() const { return place == bluesky_place; }
  bool gone(Time now) const { return gone_at <= now && now < back_at; }
};

// True where the account's wish is that nothing is kept of it.
bool opts_out(const Account& account);

// The accounts of a simulation that starts at `start`, from its seed alone.
std::vector<Account> make_accounts(const Options& options, Time start);

}  // namespace tagscout::testnet
