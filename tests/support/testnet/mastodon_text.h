// What one Mastodon instance says about accounts and posts, as JSON: the truth about its own, and
// stale copies of all others.
#pragma once

#include <cstdint>

#include "tests/support/testnet/json_text.h"
#include "tests/support/testnet/world.h"

namespace tagscout::testnet {

class MastodonText {
 public:
  // `world` must outlive it.
  MastodonText(World& world, size_t place)
      : world_(world), place_(place), software_(world.names().software(place)) {}

  // Writes the account as it is at `now`; its own server's answer is remembered as shown.
  void write(JsonText& json, Account& account, Time now) const;

  // Writes the post, which this instance knows as `id`, its author included.
  void write(JsonText& json, Post& post, uint64_t id, Time now) const;

  // True if this instance still shows the post, and under which tags.
  bool shows(const Post& post, Time now) const;
  TagSet tags(const Post& post, Time now) const;
  // True if there is more than text to it.
  bool has_media(const Post& post) const;

 private:
  bool at_home(const Account& account) const { return account.place == place_; }
  void write_counts(JsonText& json, const Post& post, Time now) const;
  void write_profile(JsonText& json, const Account& account) const;
  void write_successor(JsonText& json, uint32_t index) const;
  void write_privacy(JsonText& json, const Account& account) const;
  void write_media(JsonText& json, const Post& post) const;

  World& world_;
  size_t place_;
  const Software& software_;
};

}  // namespace tagscout::testnet
