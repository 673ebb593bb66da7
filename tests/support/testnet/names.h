// How the accounts and posts of the simulation are called: on their servers, and by the daemon.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/testnet/account.h"
#include "tests/support/testnet/options.h"
#include "tests/support/testnet/post.h"

namespace tagscout::testnet {

class Names {
 public:
  explicit Names(Hosts hosts) : hosts_(std::move(hosts)) {}

  const Hosts& hosts() const { return hosts_; }

  // The domain that an instance reports, which is not the name of its host.
  static std::string_view domain(size_t place);

  // The actor's URI or the DID; with the network's prefix it is the daemon's id.
  std::string native(const Account& account) const;
  std::string native(const Post& post, const Account& author) const;
  std::string id(const Account& account) const;
  std::string id(const Post& post, const Account& author) const;

  // user@domain or a Bluesky handle.
  std::string handle(const Account& account) const;
  std::string url(const Account& account) const;

  // An account's id on one instance, and back. The instance that is its home knows it by another
  // one than the others do.
  static std::string local_id(size_t place, uint32_t account);
  static std::optional<uint32_t> account_of_local_id(size_t place, std::string_view id);

 private:
  Hosts hosts_;
};

}  // namespace tagscout::testnet
