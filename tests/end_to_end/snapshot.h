// All that a daemon knows, or should know, as lines of text that can be compared.
#pragma once

#include <rapidjson/document.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/end_to_end/api_client.h"

namespace tagscout::end_to_end {

struct Snapshot {
  std::map<std::string, std::string> posts;     // by id: all that is compared, as text
  std::map<std::string, std::string> accounts;  // likewise
  std::multiset<std::string> flags;             // "rose default/micro ID"
};

// What the simulation says must be known.
struct TruthSnapshot {
  Snapshot must;
  std::set<std::string> unlisted;   // accounts that no list shows
  std::set<std::string> absent;     // accounts of which nothing may be known
  std::set<std::string> undecided;  // accounts that nothing is claimed about
};

TruthSnapshot read_truth(const rapidjson::Document& truth);

// What the daemon's lists say; of accounts that no list shows it is asked singly. What truth does
// not decide is left out, and so are posts of unlisted accounts.
Snapshot read_daemon(ApiClient& daemon, const TruthSnapshot& truth);

// Those of the absent accounts that the daemon knows all the same.
std::vector<std::string> known_absentees(ApiClient& daemon, const TruthSnapshot& truth);

// What differs, in words, at most `limit` of each kind and then how many more. Empty: nothing.
std::vector<std::string> differences(const Snapshot& must, const Snapshot& is, size_t limit);

// What differs in flags alone.
std::vector<std::string> flag_differences(const Snapshot& must, const Snapshot& is, size_t limit);

}  // namespace tagscout::end_to_end
