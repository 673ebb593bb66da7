// The stream of one tag on one instance, as those with a token may read it: no cursor, no past.
#pragma once

#include <string>

#include "tests/support/testnet/mastodon_text.h"
#include "tests/support/testnet/site.h"
#include "tests/support/testnet/world.h"

namespace tagscout::testnet {

class TagStream final : public SiteStream {
 public:
  // What arrives at `place` after `now`. `world` must outlive it.
  TagStream(World& world, size_t place, std::string tag, Time now);

  // {"stream":["hashtag",TAG],"event":"update","payload":"JSON of the post"}
  std::vector<std::string> pull(Time now, size_t limit) override;
  bool broken(Time now) const override;

 private:
  World& world_;
  size_t place_;
  std::string tag_;
  TagSet wanted_;
  MastodonText text_;
  Time last_;
  Time ends_;
};

}  // namespace tagscout::testnet
