// The origin of a network whose servers run different software: each home is asked by whoever
// speaks its language, as its nodeinfo names it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crawlers/source.h"

namespace tagscout {

class HomeRouter final : public Origin {
 public:
  struct Speaker {
    std::vector<std::string_view>
        software;  // names in nodeinfo; empty: whatever nobody else speaks
    std::unique_ptr<Origin> origin;
  };

  // One of the speakers must be for whatever nobody else speaks.
  HomeRouter(std::vector<Speaker> speakers, SourceTools tools);

  size_t accounts_max(const std::string& host,
                      const std::vector<AccountTarget>& targets) const override;
  size_t posts_max(const std::string& host, const std::vector<PostTarget>& targets) const override;
  boost::asio::awaitable<Result<Batch>> read_accounts(std::string host,
                                                      std::vector<AccountTarget> targets) override;
  boost::asio::awaitable<Result<Batch>> read_posts(std::string host,
                                                   std::vector<PostTarget> targets) override;
  boost::asio::awaitable<Result<AccountId>> resolve(std::string handle) override;

 private:
  Origin& speaker_of(std::string_view software) const;
  Origin& other() const { return speaker_of({}); }

  std::vector<Speaker> speakers_;
  SourceTools tools_;
};

// Who reads again on each network that there is a type of source for.
std::map<Network, std::unique_ptr<Origin>> make_origins(const std::vector<SourceSection>& sections,
                                                        const SourceTools& tools);

}  // namespace tagscout
