// The order of events on the Jetstream: a log that grows, and that can be replayed from any time.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tests/support/testnet/post.h"

namespace tagscout::testnet {

enum class StreamKind : uint8_t {
  post_create,
  post_update,
  post_delete,
  follow,
  unfollow,
  account_gone,
  account_back,
  identity,
  unheard_of,  // a kind of event that nobody knows
};

struct StreamEvent {
  Time at{};  // strictly growing: also the event's time_us
  StreamKind kind = StreamKind::unheard_of;
  uint32_t subject = 0;  // a post or an account, by kind
};

class StreamLog {
 public:
  // Everything that the script says about Bluesky's accounts and posts.
  StreamLog(const std::vector<Account>& accounts, const std::vector<Post>& posts);

  // Takes over what the script says up to `now`.
  void advance(Time now);

  // Something that happens now, beside the script; at `now` or just after the newest event.
  void add(StreamKind kind, uint32_t subject, Time now);

  // The first event at or after `cursor`.
  size_t find(Time cursor) const;

  const std::vector<StreamEvent>& events() const { return events_; }

 private:
  std::vector<StreamEvent> script_;  // ascending
  size_t script_next_ = 0;
  std::vector<StreamEvent> events_;
};

}  // namespace tagscout::testnet
