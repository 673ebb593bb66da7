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
  void in_flight(int requests) override;

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
  // `world` must outlive it.
  explicit JetstreamSite(World& world) : world_(world) {}

  SiteReply answer(const SiteRequest& request, Time now) override;
  std::unique_ptr<SiteStream> subscribe(const std::string& target, Time now) override;

 private:
  World& world_;
};

}  // namespace tagscout::testnet
