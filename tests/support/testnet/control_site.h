// Where a test asks the simulation what it did and tells it to stop.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/support/testnet/json_text.h"
#include "tests/support/testnet/manners.h"
#include "tests/support/testnet/site.h"
#include "tests/support/testnet/world.h"

namespace tagscout::testnet {

// GET /control/truth          the truth by the script, as of the freeze (409 before it)
// GET /control/truth?shown=1  the truth by what was shown
// GET /control/state          counts, feeds, restarts
// POST /control/freeze        nothing changes any more
// POST /control/mute          freeze, and refuse everything
// POST /control/killed        the daemon has just been killed
// POST /control/spell?spell=FAULT:WHERE:FROM-TO   a fault, from now on in seconds
class ControlSite final : public Site {
 public:
  // `world` must outlive it. `confirm_after`: as the daemon is told.
  ControlSite(World& world, Duration confirm_after)
      : world_(world), confirm_after_(confirm_after) {}

  // Reports how the client behaves towards that host from now on, after those named before.
  // `manners` must outlive it.
  void report(std::string host, const Manners& manners) {
    manners_.emplace_back(std::move(host), &manners);
  }

  SiteReply answer(const SiteRequest& request, Time now) override;

 private:
  std::string state(Time now) const;
  void write_progress(JsonText& json, Time now) const;

  void write_hosts(JsonText& json) const;

  World& world_;
  Duration confirm_after_;
  std::vector<std::pair<std::string, const Manners*>> manners_;
};

}  // namespace tagscout::testnet
