// One sighting of counts: an account's or a post's, with where it came from.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tagscout {

// Where counts come from. The values are stored on disk: never renumber.
enum class Provenance : uint8_t {
  unknown = 0,  // hidden or absent
  origin = 1,   // the account's own server or the network's AppView
  foreign = 2,  // another server's copy, or a stale cache
  approx = 3,   // rounded or estimated
};

// "unknown", "origin", "foreign", "approx".
std::string_view provenance_name(Provenance provenance);

// An account's counts. Absent means unknown, never 0.
struct Counts {
  std::optional<int64_t> followers;
  std::optional<int64_t> following;
  std::optional<int64_t> posts;
  bool any() const { return followers || following || posts; }
  bool operator==(const Counts&) const = default;
};

// A post's counters, each kept apart. Absent means that the server does not report it.
struct Engagement {
  std::optional<int64_t> likes;
  std::optional<int64_t> reposts;
  std::optional<int64_t> replies;
  std::optional<int64_t> quotes;
  std::optional<int64_t> views;
  // A counter was hidden (negative): the total of this post is unknown.
  bool hidden = false;
  bool operator==(const Engagement&) const = default;
};

// Sums of the contributions of many posts.
struct EngagementSums {
  int64_t likes = 0;
  int64_t reposts = 0;
  int64_t replies = 0;
  int64_t quotes = 0;
  int64_t views = 0;
  bool operator==(const EngagementSums&) const = default;

  // Adds `sign` times each counter; an absent one adds nothing.
  void add(const Engagement& engagement, int64_t sign);
  void add(const EngagementSums& other);
};

// Likes + reposts + replies + quotes of what is reported; nothing if a counter is hidden or none is
// reported.
std::optional<int64_t> interactions(const Engagement& engagement);

}  // namespace tagscout
