#include "tests/support/testnet/account.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "tests/support/testnet/dice.h"
#include "tests/support/testnet/software.h"

namespace tagscout::testnet {
namespace {

enum class Where { anywhere, mastodon, bluesky };

struct RoleShare {
  Role role;
  double share;
  Where where;
};

constexpr std::array<RoleShare, 20> role_shares = {{
    {Role::rises, 0.05, Where::anywhere},
    {Role::falls, 0.03, Where::anywhere},
    {Role::hovers, 0.025, Where::anywhere},
    {Role::hovers_below, 0.015, Where::anywhere},
    {Role::returns, 0.02, Where::anywhere},
    {Role::leaves, 0.02, Where::anywhere},
    {Role::jumps_over, 0.02, Where::anywhere},
    {Role::rises_at_once, 0.015, Where::anywhere},
    {Role::falls_at_once, 0.01, Where::anywhere},
    {Role::spikes, 0.015, Where::anywhere},
    {Role::zero_glitch, 0.02, Where::bluesky},
    {Role::hides_counts, 0.01, Where::mastodon},
    {Role::not_discoverable, 0.015, Where::mastodon},
    {Role::noindex, 0.015, Where::mastodon},
    {Role::no_unauthenticated, 0.015, Where::bluesky},
    {Role::nobot, 0.015, Where::anywhere},
    {Role::suspended, 0.015, Where::anywhere},
    {Role::deleted, 0.01, Where::anywhere},
    {Role::deactivated, 0.01, Where::bluesky},
    {Role::reactivated, 0.015, Where::bluesky},
}};

constexpr std::array<int64_t, 7> edges = {1'000,   10'000,  20'000,   50'000,
                                          100'000, 500'000, 1'000'000};
constexpr std::array<std::string_view, 8> adjectives = {"amber", "quiet", "mossy", "brisk",
                                                        "plain", "salty", "early", "woolly"};
constexpr std::array<std::string_view, 8> nouns = {"thimble", "heron",  "button", "lantern",
                                                   "bramble", "kettle", "spool",  "harbour"};
constexpr Duration slowly = std::chrono::seconds(2);

Role draw_role(Dice& dice, bool bluesky) {
  double rest = dice.share();
  for (const RoleShare& row : role_shares) {
    if (row.where == (bluesky ? Where::mastodon : Where::bluesky)) continue;
    if (rest < row.share) return row.role;
    rest -= row.share;
  }
  return Role::steady;
}

// Far enough from every edge to grow by two per cent without meeting one.
int64_t draw_away_from_edges(Dice& dice) {
  for (;;) {
    const auto base = static_cast<int64_t>(60 * std::pow(5'000.0, dice.share()));
    const bool near = std::any_of(edges.begin(), edges.end(), [&](int64_t edge) {
      return base * 100 > edge * 93 && base * 100 < edge * 106;
    });
    if (!near) return base;
  }
}

// Not all that people wish can be said in every server's API.
bool can_tell(const std::string& row, Role role) {
  const Software* software = find_software(row);
  if (software == nullptr) return false;
  return (role != Role::noindex || software->tells_noindex) &&
         (role != Role::not_discoverable || software->tells_discoverable) &&
         (role != Role::hides_counts || software->hiding != Hiding::shown);
}

struct Story {
  int64_t start;
  std::vector<Leg> legs;
};

// The edge that the story is about: of the band "micro", or of "sweet" inside it.
Story tell_story(Role role, Dice& dice) {
  const bool tight = dice.chance(0.4);
  const int64_t lower = tight ? 20'000 : 10'000;
  const int64_t upper = tight ? 50'000 : 100'000;
  const auto percent = [&dice](int64_t edge, int64_t low, int64_t high) {
    return edge * dice.between(low * 10, high * 10) / 1000;
  };
  const int64_t below = percent(lower, 90, 94);
  const int64_t inside = percent(lower, 101, 120);
  switch (role) {
    case Role::rises:
      return {below, {{inside, slowly}, {inside * 11 / 10, slowly}}};
    case Role::falls:
      return {percent(upper, 107, 130), {{percent(upper, 80, 94), slowly}}};
    case Role::hovers: {
      const Leg swing{percent(lower, 101, 104), {}, percent(lower, 96, 99)};
      if (dice.chance(0.5)) return {below, {swing}};
      return {below, {{inside, slowly}, swing}};
    }
    case Role::hovers_below:
      return {percent(lower, 96, 99), {{percent(lower, 98, 99), {}, percent(lower, 91, 95)}}};
    case Role::returns:
      return {below, {{inside, slowly}, {below - 7, slowly}, {inside + 5, slowly}}};
    case Role::leaves:
      return {inside, {{below, slowly}}};
    case Role::jumps_over:
      return {below, {{percent(upper, 102, 112), {}}}};
    case Role::rises_at_once:
      return {percent(1'000, 130, 190), {{percent(10'000, 110, 140), {}}}};
    case Role::falls_at_once:
      return {percent(100'000, 220, 300), {{percent(100'000, 60, 90), {}}}};
    case Role::spikes:
      return {percent(1'000, 130, 240), {}};
    case Role::zero_glitch:
      return {percent(10'000, 60, 92), {}};
    default:
      return {percent(10'000, 110, 180), {}};
  }
}

void set_fate(Account& account, const Options& options, Time start, Dice& dice) {
  switch (account.role) {
    case Role::suspended:
    case Role::deleted:
    case Role::deactivated:
    case Role::reactivated: {
      const int64_t early = options.duration.count() / 5;
      account.gone_at = start + Duration(dice.between(early, 3 * early));
      if (account.role != Role::reactivated) return;
      account.back_at = account.gone_at + Duration(early / 2);
      return;
    }
    default:
      return;
  }
}

// To whoever comes next somewhere else.
void move_some(std::vector<Account>& accounts, size_t moves) {
  for (uint32_t i = 0; i < accounts.size() && moves > 0; ++i) {
    Account& old = accounts[i];
    if (old.on_bluesky() || old.role != Role::steady) continue;
    uint32_t next = i + 1;
    const auto fits = [&](const Account& one) {
      return !one.on_bluesky() && one.place != old.place && one.role == Role::steady;
    };
    while (next < accounts.size() && !fits(accounts[next])) ++next;
    if (next == accounts.size()) return;
    old.moved_to = next;
    i = next;
    --moves;
  }
}

std::string make_did(uint64_t seed, uint32_t index) {
  Dice dice(seed, 71, index);
  std::string did = "did:plc:";
  for (int i = 0; i < 24; ++i) did += "abcdefghijklmnopqrstuvwxyz234567"[dice.below(32)];
  return did;
}

}  // namespace

bool opts_out(const Account& account) {
  switch (account.role) {
    case Role::noindex:
    case Role::no_unauthenticated:
    case Role::nobot:
      return true;
    default:
      return false;
  }
}

std::vector<Account> make_accounts(const Options& options, Time start) {
  const Duration leg_min = 2 * options.refresh + std::chrono::seconds(2);
  std::vector<Account> accounts(options.accounts);
  for (uint32_t i = 0; i < accounts.size(); ++i) {
    Dice dice(options.seed, 1, i);
    Account& account = accounts[i];
    account.index = i;
    const bool bluesky = dice.chance(options.bluesky_share);
    account.place =
        static_cast<uint8_t>(bluesky ? bluesky_place : dice.below(options.software.size()));
    account.role = options.plain ? Role::steady : draw_role(dice, bluesky);
    if (!bluesky && !can_tell(options.software[account.place], account.role)) {
      account.role = Role::steady;
    }
    account.name = std::string(adjectives[dice.below(8)])
                       .append("_")
                       .append(nouns[dice.below(8)])
                       .append("_")
                       .append(std::to_string(i));
    if (bluesky) account.did = make_did(options.seed, i);
    account.following = dice.between(10, 900);
    account.statuses = dice.between(40, 9'000);
    if (account.role == Role::steady) {
      const int64_t base = draw_away_from_edges(dice);
      std::vector<Leg> growth;
      if (!options.plain) growth.push_back({base * 51 / 50, 3 * slowly});
      account.curve = FollowerCurve(base, std::move(growth), leg_min);
    } else {
      Story story = tell_story(account.role, dice);
      account.curve = FollowerCurve(story.start, std::move(story.legs), leg_min);
    }
    // Other instances know a few followers of their own, an old number, or something absurd.
    const std::array<int64_t, 3> beliefs = {dice.between(0, 200), account.curve.start() * 9 / 10,
                                            dice.between(10'000, 40'000)};
    account.stale_followers = beliefs[dice.below(beliefs.size())];
    set_fate(account, options, start, dice);
  }
  move_some(accounts, options.moves);
  return accounts;
}

}  // namespace tagscout::testnet
