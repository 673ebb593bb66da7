// How the accounts and posts of the simulation are called: on their servers, and by the daemon.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/testnet/account.h"
#include "tests/support/testnet/options.h"
#include "tests/support/testnet/post.h"
#include "tests/support/testnet/software.h"

namespace tagscout::testnet {

class Names {
 public:
  // By options.software and .split_domains. Throws std::invalid_argument for unknown software.
  Names(Hosts hosts, const Options& options);

  const Hosts& hosts() const { return hosts_; }
  const Software& software(size_t place) const { return *software_[place]; }
  size_t instances() const { return software_.size(); }

  // The domain that an instance reports, which need not be the name of its host.
  std::string domain(size_t place) const;

  // The actor's URI or the DID; with the network's prefix it is the daemon's id.
  std::string native(const Account& account) const;
  std::string native(const Post& post, const Account& author) const;
  std::string id(const Account& account) const;
  std::string id(const Post& post, const Account& author) const;

  // As instances see them: Bluesky's people and posts are copies behind a bridge.
  std::string ap_uri(const Account& account) const;
  std::string ap_uri(const Post& post, const Account& author) const;
  std::string ap_handle(const Account& account) const;

  // user@domain or a Bluesky handle.
  std::string handle(const Account& account) const;
  std::string url(const Account& account) const;
  std::string url(const Post& post, const Account& author) const;

  // An account's id on one instance, and back. The instance that is its home knows it by another
  // one than the others do.
  std::string local_id(size_t place, uint32_t account) const;
  std::optional<uint32_t> account_of_local_id(size_t place, std::string_view id) const;

 private:
  std::string fill(std::string_view shape, const Post& post, const Account& author) const;

  Hosts hosts_;
  std::vector<const Software*> software_;
  bool split_domains_;
};

}  // namespace tagscout::testnet
