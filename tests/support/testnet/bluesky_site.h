// The simulated AppView, and the simulated Jetstream (its first wire format).
#pragma once

#include <memory>
#include <string>

#include "tests/support/testnet/bluesky_text.h"
#include "tests/support/testnet/query.h"
#include "tests/support/testnet/site.h"
#include "tests/support/testnet/world.h"

namespace tagscout::testnet {

class AppViewSite final : public Site {
 public:
  // `world` must outlive it.
  explicit AppViewSite(World& world) : world_(world), text_(world) {}

  SiteReply answer(const SiteRequest& request, Time now) override;

 private:
  SiteReply profiles(const Query& query, Time now);
  SiteReply profile(const Query& query, Time now);
  SiteReply posts(const Query& query, Time now);
  Account* find_actor(const std::string& actor);

  World& world_;
  BlueskyText text_;
};

class JetstreamSite final : public Site {
 public:
  // The bridges to one network differ in what they add and repeat. `world` must outlive it.
  explicit JetstreamSite(World& world, size_t bridge = 0)
      : world_(world), bridge_(bridge), where_("jetstream-" + std::to_string(bridge)) {}

  SiteReply answer(const SiteRequest& request, Time now) override;
  std::unique_ptr<SiteStream> subscribe(const SiteRequest& request, Time now) override;
  SiteReply refuse(const SiteRequest& request, Time now) override;

 private:
  bool too_old(const Query& query, Time now) const;

  World& world_;
  size_t bridge_;
  std::string where_;
};

}  // namespace tagscout::testnet
