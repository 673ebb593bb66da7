#include "tests/support/testnet/served.h"

namespace tagscout::testnet {

void Served::asked(const std::string& name, uint64_t cursor) {
  ServedFeed& feed = feeds_[name];
  feed.asked = cursor;
  if (!feed.killed) return;
  feed.killed = false;
  ++restarts_.back().asked;
  if (cursor < feed.before) restarts_.back().behind.push_back(name);
}

void Served::answered(const std::string& name, uint64_t cursor) { feeds_[name].answered = cursor; }

void Served::killed(Time now) {
  restarts_.push_back(ServedRestart{.at = now, .behind = {}});
  for (auto& [name, feed] : feeds_) {
    if (feed.answered == 0) continue;
    feed.before = feed.answered;
    feed.killed = true;
  }
}

}  // namespace tagscout::testnet
