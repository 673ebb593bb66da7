// What a daemon that has read everything must know in the end, from the script alone; or, where it
// was stopped before the end, from what it was shown.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/testnet/band_truth.h"
#include "tests/support/testnet/world.h"

namespace tagscout::testnet {

struct TruthPost {
  std::string id;
  std::string account;
  std::vector<std::string> tags;
  PostCounts counts;
  bool counts_quotes = true;  // its server reports quotes
};

struct TruthAccount {
  std::string id;
  std::optional<int64_t> followers;  // nothing if hidden
  int64_t following = 0;
  int64_t posts = 0;
  int64_t posts_seen = 0;
  PostCounts sums;
  std::map<std::string, int64_t> tags;
  int64_t niche_posts = 0;  // that carry a watched tag
  bool listed = true;       // false: to be found by id alone
};

struct TruthFlag {
  std::string account;
  ExpectedFlag flag;
};

struct Truth {
  std::vector<TruthPost> posts;
  std::vector<TruthAccount> accounts;
  std::vector<TruthFlag> flags;
  std::vector<std::string> absent;     // accounts of which nothing may be kept
  std::vector<std::string> idle;       // accounts that may be known, but have no post left
  std::vector<std::string> undecided;  // accounts that nothing is claimed about
};

// The truth about what rests since world.frozen_at().
Truth scripted_truth(const World& world);

// The truth about what was shown up to now: the posts shown under a watched tag, and the flags that
// the follower counts shown imply. `confirm_after`: as the daemon was told.
Truth shown_truth(const World& world, Duration confirm_after);

std::string to_json(const Truth& truth);

}  // namespace tagscout::testnet
