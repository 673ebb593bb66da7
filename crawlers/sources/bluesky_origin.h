// Reads profiles and posts again at the AppView.
#pragma once

#include <string>
#include <vector>

#include "crawlers/source.h"
#include "crawlers/sources/bluesky_parse.h"

namespace tagscout {

// One AppView answers for the whole network: that of the first configured source. The `host` of a
// call is the network's name.
class BlueskyOrigin final : public Origin {
 public:
  BlueskyOrigin(const std::vector<SourceSection>& sections, SourceTools tools);

  size_t accounts_max(const std::string&, const std::vector<AccountTarget>&) const override {
    return 25;
  }
  size_t posts_max(const std::string&, const std::vector<PostTarget>&) const override { return 25; }

  // Profiles that the batch leaves out are asked for singly, which names the reason.
  boost::asio::awaitable<Result<Batch>> read_accounts(std::string host,
                                                      std::vector<AccountTarget> targets) override;
  boost::asio::awaitable<Result<Batch>> read_posts(std::string host,
                                                   std::vector<PostTarget> targets) override;

 private:
  boost::asio::awaitable<Result<HttpResponse>> ask(std::string method_and_query);
  // What became of an account that the batch left out. An error stands for the AppView.
  boost::asio::awaitable<Result<Event>> read_missing(const AccountId& id);

  AppViewMoment moment(const HttpResponse& response) const;
  Batch make_batch(std::vector<Event> events) const;

  std::string source_;   // the section's name
  std::string appview_;  // scheme and authority; empty if no source is configured
  SourceTools tools_;
};

}  // namespace tagscout
