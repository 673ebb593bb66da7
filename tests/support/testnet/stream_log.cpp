#include "tests/support/testnet/stream_log.h"

#include <algorithm>

namespace tagscout::testnet {

StreamLog::StreamLog(const std::vector<Account>& accounts, const std::vector<Post>& posts) {
  for (const Post& post : posts) {
    const Account& author = accounts[post.account];
    if (!author.on_bluesky()) continue;
    const auto happens = [&](StreamKind kind, Time at) {
      if (at == never || at < post.created || author.gone(at)) return;
      script_.push_back({at, kind, post.index});
    };
    happens(StreamKind::post_create, post.created);
    if (post.edited_at < post.deleted_at) happens(StreamKind::post_update, post.edited_at);
    happens(StreamKind::post_delete, post.deleted_at);
  }
  for (const Account& account : accounts) {
    if (!account.on_bluesky() || account.gone_at == never) continue;
    script_.push_back({account.gone_at, StreamKind::account_gone, account.index});
    if (account.back_at == never) continue;
    script_.push_back({account.back_at, StreamKind::account_back, account.index});
  }
  std::stable_sort(script_.begin(), script_.end(),
                   [](const StreamEvent& a, const StreamEvent& b) { return a.at < b.at; });
}

void StreamLog::advance(Time now) {
  for (; script_next_ < script_.size() && script_[script_next_].at <= now; ++script_next_) {
    const StreamEvent& event = script_[script_next_];
    add(event.kind, event.subject, event.at);
  }
}

void StreamLog::add(StreamKind kind, uint32_t subject, Time now) {
  const Time at = events_.empty() ? now : std::max(now, events_.back().at + Duration(1));
  events_.push_back({at, kind, subject});
}

size_t StreamLog::find(Time cursor) const {
  const auto first =
      std::lower_bound(events_.begin(), events_.end(), cursor,
                       [](const StreamEvent& event, Time at) { return event.at < at; });
  return static_cast<size_t>(first - events_.begin());
}

}  // namespace tagscout::testnet
