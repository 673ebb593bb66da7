// The streams of tags on one instance, as those with a token may read them over one connection: no
// cursor, no past, and no more than the token's user wants to see.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/testnet/mastodon_text.h"
#include "tests/support/testnet/site.h"
#include "tests/support/testnet/world.h"

namespace tagscout::testnet {

// What the streaming server takes a tag for: it drops marks that the other servers keep, so that
// nothing ever comes under such a tag.
std::string streamed_form(std::string_view tag);

class TagStream final : public SiteStream {
 public:
  // What arrives at `place` after `now`. `world` must outlive it.
  TagStream(World& world, size_t place, const std::string& tag, Time now);

  // {"stream":["hashtag",TAG],"event":"update","payload":"JSON of the post"}; with
  // Options::stream_changes also status.update, and delete with an id for its payload.
  std::vector<std::string> pull(Time now, size_t limit) override;
  bool broken(Time now) const override;
  // {"type":"subscribe","stream":"hashtag","tag":TAG}, or unsubscribe.
  void hear(const std::string& text, Time now) override;

 private:
  struct Subscription {
    std::string tag;
    TagSet wanted = 0;
  };
  struct Change {
    uint32_t post = 0;
    bool edited = false;
    bool deleted = false;
  };
  void subscribe(const std::string& tag);
  bool wants(const Post& post) const;
  std::string frame(const std::string& tag, std::string_view event, std::string_view payload) const;
  void show(std::string_view event, Post& post, Time now, std::vector<std::string>& frames);
  void tell_changes(Time now, std::vector<std::string>& frames);

  World& world_;
  size_t place_;
  std::vector<Subscription> subscriptions_;
  std::vector<Change> changes_;  // posts to which something happens, and what has been told
  MastodonText text_;
  Time last_;
  Time ends_;
};

}  // namespace tagscout::testnet
