// What a simulation is made from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/model/time.h"
#include "tests/support/testnet/faults.h"

namespace tagscout::testnet {

// Nothing ever happens at this time.
constexpr Time never = Time::max();

// There are at most so many instances; Bluesky's people live at a place of their own.
constexpr size_t instances_max = 5;
constexpr size_t bluesky_place = 255;

// Where copies of Bluesky's people live, as instances see them.
constexpr const char* bridge_host = "bsky.bridge.example";

// The one token that servers take.
constexpr const char* access_token = "testnet-token";

struct Options {
  uint64_t seed = 1;
  // What each instance runs: rows of software.h.
  std::vector<std::string> software = {"mastodon", "glitch", "mastodon-4.2"};
  bool split_domains = true;  // the domains of handles are not the names of hosts
  size_t bridges = 1;         // Jetstream hosts
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
  Duration lag{};        // of every sixth of these beyond the usual; of those, half come behind
                         // what is already there, for they are given ids by their age
  size_t page_max = 40;  // posts on a page, whatever was asked for
  int64_t limit = 1'000'000;                        // requests to an instance in limit_period
  int64_t paging_limit = 1'000'000;                 // those with a place in the feed among them
  Duration limit_period = std::chrono::minutes(5);  // from one multiple of it to the next
  Duration stream_keeps = std::chrono::hours(24);   // older cursors are clamped in silence
  Duration gap{};                                   // between two requests, as the daemon is told
  bool robots = false;                              // servers disallow what the real ones do
  // What only simulations have that ask for it.
  bool paging_hidden = false;          // budgets that are announced say nothing of paging
  size_t moves = 0;                    // accounts that have moved to another instance
  double bridged = 0;                  // share of Bluesky's posts that each instance has a copy of
  bool odd_tags = false;               // some posts bear tags that not all servers write alike
  bool forged_times = false;           // some of Bluesky's posts claim to be of another year
  bool stream_changes = false;         // tag streams tell of edits and deletions too
  std::string streamed_language = {};  // all that the token's user reads; empty: any
  std::vector<size_t> blocked = {};    // instances that the token's user has blocked
  int jetstream_generation = 1;        // the second adds keys and refuses old cursors
  std::string zstd_dictionary = {};    // with which streams are compressed if asked to
  bool plain = false;                  // only accounts and posts to which nothing special happens
  bool faults = true;
  std::vector<Spell> spells;  // beside the faults
};

// Where the parts of the simulation listen; scheme and authority, no trailing slash.
struct Hosts {
  std::vector<std::string> mastodon;
  std::vector<std::string> jetstream;  // "ws://…"
  std::string appview;
  std::string control;
};

}  // namespace tagscout::testnet
