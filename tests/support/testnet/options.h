// What a simulation is made from.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "storage/model/time.h"

namespace tagscout::testnet {

// Nothing ever happens at this time.
constexpr Time never = Time::max();

// How many Mastodon instances there are. The place after the last one is Bluesky.
constexpr size_t instances = 3;
constexpr size_t bluesky_place = instances;

struct Options {
  uint64_t seed = 1;
  size_t accounts = 2000;
  double bluesky_share = 0.7;                   // of the accounts
  double posts_per_second = 500;                // while the script runs
  size_t history_posts = 4000;                  // before the start
  Duration history = std::chrono::minutes(20);  // how far back they lie at most
  Duration duration = std::chrono::seconds(36);
  // Ages at which the daemon is told to read posts again. Counters of a post rest before the last.
  std::vector<Duration> rereads = {std::chrono::seconds(2), std::chrono::seconds(6),
                                   std::chrono::seconds(13)};
  Duration refresh = std::chrono::seconds(3);  // how often the daemon reads accounts again
  double federated = 0.6;                      // share of posts that another instance shows, each
  bool plain = false;  // only accounts and posts to which nothing special happens
  bool faults = true;
};

// Where the parts of the simulation listen; scheme and authority, no trailing slash.
struct Hosts {
  std::array<std::string, instances> mastodon;
  std::string jetstream;  // "ws://…"
  std::string appview;
  std::string control;
};

}  // namespace tagscout::testnet
