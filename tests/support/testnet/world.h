// The whole simulation: who is there, what was posted, what was shown of it to whom. Pure: it knows
// no sockets, and the time is passed in.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "tests/support/testnet/account.h"
#include "tests/support/testnet/faults.h"
#include "tests/support/testnet/names.h"
#include "tests/support/testnet/options.h"
#include "tests/support/testnet/post.h"
#include "tests/support/testnet/served.h"
#include "tests/support/testnet/stream_log.h"
#include "tests/support/testnet/timeline.h"

namespace tagscout::testnet {

class World {
 public:
  // A world whose script runs from `start` for options.duration and then rests for ever. Throws
  // std::invalid_argument for software that nobody knows.
  World(Options options, Hosts hosts, Time start);

  // Lets everything happen that is due. Called at least every 100 ms.
  void advance(Time now);

  // Nothing changes after this time; the script's end at the latest.
  void freeze(Time now);
  Time frozen_at() const { return frozen_at_; }
  bool frozen(Time now) const { return now >= frozen_at_; }
  // The moment that the world shows at `now`.
  Time shown_time(Time now) const { return std::min(now, frozen_at_); }

  // From now on every request is refused, so that nothing more is shown.
  void mute() { muted_ = true; }
  bool muted() const { return muted_; }

  // The follower count that the account's own server or the AppView puts into an answer at `now`,
  // -1 if the account hides it. Remembered as shown.
  int64_t show_followers(Account& account, Time now);

  // A post with these tags goes into an answer at `now`, of its own server or another one.
  void show_post(Post& post, TagSet tags, bool at_home, Time now);

  // True if its own server still has the post, and the author.
  bool stands(const Post& post, Time now) const;
  // The post's tags and counters at its own server.
  TagSet tags(const Post& post, Time now) const;
  PostCounts counts(const Post& post, Time now) const;

  // By what follows the last underscore of a user name, the whole of which must be right.
  Account* find_name(std::string_view name);
  Account* find_did(const std::string& did);
  // By at:// URI.
  Post* find_post(const std::string& uri);

  const Options& options() const { return options_; }
  const Names& names() const { return names_; }
  Time start() const { return start_; }
  std::vector<Account>& accounts() { return accounts_; }
  std::vector<Post>& posts() { return posts_; }
  const std::vector<Account>& accounts() const { return accounts_; }
  const std::vector<Post>& posts() const { return posts_; }
  const Timeline& timeline(size_t place) const { return timelines_[place]; }
  const StreamLog& stream() const { return stream_; }
  Faults& faults() { return faults_; }
  const Faults& faults() const { return faults_; }
  Served& served() { return served_; }
  const Served& served() const { return served_; }

 private:
  void make_noise(Time now);

  Options options_;
  Names names_;
  Time start_;
  Time frozen_at_;
  bool muted_ = false;
  std::vector<Account> accounts_;
  std::vector<Post> posts_;
  std::vector<Timeline> timelines_;
  StreamLog stream_;
  Faults faults_;
  Served served_;
  std::unordered_map<std::string, uint32_t> dids_;
  std::unordered_map<std::string, uint32_t> records_;  // Bluesky posts by "DID/rkey"
  Time looked_at_{};                                   // when the curves were last let go on
  uint64_t noises_ = 0;
};

}  // namespace tagscout::testnet
