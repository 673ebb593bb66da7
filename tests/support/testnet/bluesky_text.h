// What the AppView and the stream say about Bluesky's accounts and posts, as JSON.
#pragma once

#include <string>
#include <string_view>

#include "tests/support/testnet/json_text.h"
#include "tests/support/testnet/world.h"

namespace tagscout::testnet {

class BlueskyText {
 public:
  // `world` must outlive it.
  explicit BlueskyText(World& world) : world_(world) {}

  // profileViewDetailed; remembered as shown.
  void write_profile(JsonText& json, Account& account, Time now) const;

  // postView; no follower counts in it.
  void write_post(JsonText& json, const Post& post, Time now) const;

  // One frame of the stream.
  std::string frame(const StreamEvent& event, Time now);

 private:
  void write_labels(JsonText& json, const Account& account) const;
  void write_record(JsonText& json, const Post& post, TagSet tags) const;
  void write_post_commit(JsonText& json, const StreamEvent& event, Time now);
  void write_follow_commit(JsonText& json, const StreamEvent& event) const;
  void write_account(JsonText& json, const StreamEvent& event) const;
  void write_identity(JsonText& json, const StreamEvent& event) const;

  World& world_;
};

// The collection of an event's commit; empty if it is no commit.
std::string_view collection(StreamKind kind);

}  // namespace tagscout::testnet
