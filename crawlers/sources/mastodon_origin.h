// Reads accounts and posts again at their own server, if that speaks the Mastodon API.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "crawlers/source.h"
#include "crawlers/sources/mastodon_parse.h"
#include "crawlers/sources/mastodon_probe.h"

namespace tagscout {

class MastodonOrigin final : public Origin {
 public:
  MastodonOrigin(const std::vector<SourceSection>& sections, SourceTools tools);

  // Several only where the server is known to take them, and their ids there are known.
  size_t accounts_max(const std::string& host,
                      const std::vector<AccountTarget>& targets) const override;
  size_t posts_max(const std::string& host, const std::vector<PostTarget>& targets) const override;

  boost::asio::awaitable<Result<Batch>> read_accounts(std::string host,
                                                      std::vector<AccountTarget> targets) override;
  boost::asio::awaitable<Result<Batch>> read_posts(std::string host,
                                                   std::vector<PostTarget> targets) override;
  boost::asio::awaitable<Result<AccountId>> resolve(std::string handle) override;

 private:
  template <class Target>
  boost::asio::awaitable<Result<Batch>> read(std::string host, std::vector<Target> targets);
  boost::asio::awaitable<Result<void>> read_listed(std::string host,
                                                   std::vector<AccountTarget> targets,
                                                   std::vector<Event>& events);
  boost::asio::awaitable<Result<void>> read_listed(std::string host,
                                                   std::vector<PostTarget> targets,
                                                   std::vector<Event>& events);
  // Reads the first few of them one by one.
  template <class Target>
  boost::asio::awaitable<Result<void>> read_singly(std::string host, std::vector<Target> targets,
                                                   std::vector<Event>& events);
  boost::asio::awaitable<Result<Event>> read_one(const std::string& host,
                                                 const AccountTarget& target);
  boost::asio::awaitable<Result<Event>> read_one(const std::string& host, const PostTarget& target);

  // Learns what `host` is; says why it cannot be asked for anything, if so.
  boost::asio::awaitable<Result<std::string>> unfit(std::string host);
  // Asks `host` for the path, with the token of the source that is configured for it.
  boost::asio::awaitable<Result<HttpResponse>> ask(const std::string& host, std::string path);

  const SourceSection* section_of(const std::string& host) const;
  std::string source_name(const std::string& host) const;
  MastodonView view(const std::string& host, const HttpResponse& response) const;
  Batch make_batch(const std::string& host, std::vector<Event> events) const;

  std::map<std::string, SourceSection> sections_;  // by the origin of their url
  SourceTools tools_;
  MastodonProbe probe_;
};

}  // namespace tagscout
