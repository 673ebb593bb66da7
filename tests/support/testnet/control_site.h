// Where a test asks the simulation what it did and tells it to stop.
#pragma once

#include "tests/support/testnet/json_text.h"
#include "tests/support/testnet/site.h"
#include "tests/support/testnet/world.h"

namespace tagscout::testnet {

// GET /control/truth          the truth by the script, as of the freeze (409 before it)
// GET /control/truth?shown=1  the truth by what was shown
// GET /control/state          counts, feeds, restarts
// POST /control/freeze        nothing changes any more
// POST /control/mute          freeze, and refuse everything
// POST /control/killed        the daemon has just been killed
class ControlSite final : public Site {
 public:
  // `world` must outlive it. `confirm_after`: as the daemon is told.
  ControlSite(World& world, Duration confirm_after)
      : world_(world), confirm_after_(confirm_after) {}

  SiteReply answer(const SiteRequest& request, Time now) override;

 private:
  std::string state(Time now) const;
  void write_progress(JsonText& json, Time now) const;

  World& world_;
  Duration confirm_after_;
};

}  // namespace tagscout::testnet
