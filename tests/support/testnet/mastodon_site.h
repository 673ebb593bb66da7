// A simulated Mastodon instance: the part of its API that is read without a token.
#pragma once

#include <string>

#include "tests/support/testnet/mastodon_text.h"
#include "tests/support/testnet/query.h"
#include "tests/support/testnet/site.h"
#include "tests/support/testnet/world.h"

namespace tagscout::testnet {

class MastodonSite final : public Site {
 public:
  // `world` must outlive it.
  MastodonSite(World& world, size_t place)
      : world_(world),
        place_(place),
        text_(world, place),
        base_(world.names().hosts().mastodon[place]) {}

  SiteReply answer(const SiteRequest& request, Time now) override;
  void in_flight(int requests) override;

 private:
  SiteReply route(const Query& query, Time now);
  SiteReply tag_page(const std::string& tag, const Query& query, Time now);
  SiteReply status(const std::string& id, Time now);
  SiteReply statuses(const Query& query, Time now);
  SiteReply account(Account* account, Time now);
  SiteReply accounts(const Query& query, Time now);
  Account* find_account(const std::string& local_id);
  Account* look_up(const std::string& acct);
  SiteReply about(const std::string& path) const;
  bool writes_status(JsonText& json, const std::string& id, Time now);
  void add_budget(SiteReply& reply, Time now);

  World& world_;
  size_t place_;
  MastodonText text_;
  std::string base_;
  int64_t used_ = 0;  // of the budget of this period
  int64_t period_ = 0;
};

}  // namespace tagscout::testnet
