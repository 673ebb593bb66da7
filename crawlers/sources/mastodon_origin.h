// Reads accounts and posts again at their own server, if that speaks the Mastodon API.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "crawlers/source.h"
#include "crawlers/sources/mastodon_parse.h"

namespace tagscout {

class MastodonOrigin final : public Origin {
 public:
  MastodonOrigin(std::vector<SourceSection> sections, SourceTools tools);

  // Batch requests exist on some servers only, and then for posts of the server alone.
  size_t accounts_max() const override { return 1; }
  size_t posts_max() const override { return 1; }

  boost::asio::awaitable<Result<Batch>> read_accounts(std::string host,
                                                      std::vector<AccountTarget> targets) override;
  boost::asio::awaitable<Result<Batch>> read_posts(std::string host,
                                                   std::vector<PostTarget> targets) override;

 private:
  boost::asio::awaitable<Result<Event>> read_account(const std::string& host,
                                                     const AccountTarget& target);
  boost::asio::awaitable<Result<Event>> read_post(const std::string& host,
                                                  const PostTarget& target);

  // Asks `host` for the path, with the token of the source that is configured for it.
  boost::asio::awaitable<Result<HttpResponse>> ask(const std::string& host, std::string path);

  // Whether `host` speaks this API at all, so that its "not found" means what it says.
  boost::asio::awaitable<Result<bool>> speaks(const std::string& host);
  void note_answer(const std::string& host);

  std::string source_name(const std::string& host) const;
  MastodonView view(const std::string& host, const HttpResponse& response) const;
  Batch make_batch(const std::string& host) const;

  std::map<std::string, SourceSection> sections_;  // by the origin of their url
  SourceTools tools_;
  std::set<std::string> answered_;  // hosts that have spoken this API
};

}  // namespace tagscout
