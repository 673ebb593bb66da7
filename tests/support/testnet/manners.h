// How the client behaves towards one host, by what goes over the wire alone: whether it keeps to
// what it was told.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/testnet/site.h"

namespace tagscout::testnet {

struct Behaviour {
  uint64_t requests = 0;
  int in_flight_max = 0;         // requests at one time
  uint64_t above_limit = 0;      // asked while none was left by the last announcement
  uint64_t before_reset = 0;     // asked before the time that a 429 named
  uint64_t before_robots = 0;    // asked before robots.txt was
  uint64_t against_robots = 0;   // asked for what robots.txt disallows
  uint64_t gaps_short = 0;       // asked sooner after an answer than the gap
  uint64_t spent = 0;            // answers that left nothing of the budget
  uint64_t refused = 0;          // 429s that were answered
  std::set<std::string> agents;  // all that it called itself; "" if it did not
};

// Watches over the requests to a site and passes them on.
class Manners final : public Site {
 public:
  // `site` must outlive it. `gap`: the least time from an answer to the next request.
  Manners(Site& site, Duration gap) : site_(site), gap_(gap) {}

  SiteReply answer(const SiteRequest& request, Time now) override;
  void in_flight(int requests) override;
  std::unique_ptr<SiteStream> subscribe(const SiteRequest& request, Time now) override;
  SiteReply refuse(const SiteRequest& request, Time now) override {
    return site_.refuse(request, now);
  }

  const Behaviour& behaviour() const { return behaviour_; }

 private:
  void judge(const SiteRequest& request, Time now);
  void learn(const SiteRequest& request, const SiteReply& reply, Time now);

  Site& site_;
  Duration gap_;
  Behaviour behaviour_;
  std::optional<Time> answered_at_;
  std::optional<Time> exhausted_until_;
  std::optional<Time> held_until_;
  bool robots_known_ = false;
  std::vector<std::string> disallowed_;
};

}  // namespace tagscout::testnet
