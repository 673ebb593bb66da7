// A slow and simple model of what the store must hold: it keeps every sighting of a post for ever
// and computes all sums anew from the best of them.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "storage/model/account.h"
#include "storage/model/flag.h"
#include "tests/daemon/pipeline/sightings.h"

namespace tagscout {

class ReferenceModel {
 public:
  void see(const Event& event);

  // Names of accounts that are known, and what their posts add up to.
  std::set<std::string> accounts() const;
  int64_t posts_seen(const std::string& account) const;
  int64_t likes(const std::string& account) const;
  std::map<std::string, int64_t> tags(const std::string& account) const;
  std::map<std::string, int64_t> niches(const std::string& account) const;
  // "account kind followers" of every flag that must have been raised, in order.
  const std::vector<std::string>& flags() const { return flags_; }

 private:
  struct Sighting {
    bool origin = false;
    int64_t likes = 0;
    std::vector<std::string> tags;
  };
  struct Account {
    std::map<std::string, std::vector<Sighting>> posts;  // by id
    std::set<std::string> deleted;                       // ids
    std::optional<int64_t> followers;                    // by its home
    bool above = false;                                  // of the one watched band [10k, 100k)
    bool inside = false;
  };

  void see_post(const PostSighting& post);
  void see_account(const AccountSighting& sighting);
  static const Sighting& best(const std::vector<Sighting>& sightings);
  static std::set<std::string> niches_of(const std::vector<std::string>& tags);
  template <class Visit>
  void for_each_best(const std::string& account, const Visit& visit) const;

  std::map<std::string, Account> accounts_;
  std::set<std::string> gone_;
  std::vector<std::string> flags_;
};

}  // namespace tagscout
