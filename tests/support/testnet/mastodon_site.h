// A simulated instance of the Mastodon family: the part of its API that reads, in the dialect of
// its software.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "tests/support/testnet/budget.h"
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
        where_(std::to_string(place)),
        software_(world.names().software(place)),
        text_(world, place),
        base_(world.names().hosts().mastodon[place]),
        budget_(software_, world.options()) {}

  SiteReply answer(const SiteRequest& request, Time now) override;
  std::unique_ptr<SiteStream> subscribe(const SiteRequest& request, Time now) override;
  SiteReply refuse(const SiteRequest& request, Time now) override;

 private:
  SiteReply read(const SiteRequest& request, const Query& query, Time now);
  SiteReply broken(Fault fault, Time now) const;
  SiteReply route(const Query& query, Time now);
  SiteReply tag_page(const std::string& tag, const Query& query, Time now);
  std::optional<uint64_t> place_in_feed(const Query& query, std::string_view name) const;
  bool in_scope(const Query& query, const Post& post, Time now) const;
  int refusal(const SiteRequest& request, const Query& query, Time now) const;
  SiteReply status(const std::string& id, Time now);
  SiteReply statuses(const Query& query, Time now);
  SiteReply account(Account* account, Time now);
  SiteReply accounts(const Query& query, Time now);
  Account* find_account(const std::string& local_id);
  Account* look_up(const std::string& acct);
  bool writes_status(JsonText& json, const std::string& id, Time now);

  World& world_;
  size_t place_;
  std::string where_;
  const Software& software_;
  MastodonText text_;
  std::string base_;
  Budget budget_;
  std::map<std::string, SiteReply> cache_;  // what a cache before it would still have
};

}  // namespace tagscout::testnet
