// The hashtag stream of a Mastodon server, beside polling and for latency alone: it has no memory,
// shows what its token's user likes to see, and some servers accept it and never send a post.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crawlers/batch.h"
#include "crawlers/json.h"
#include "crawlers/source.h"
#include "crawlers/sources/mastodon_parse.h"
#include "crawlers/sources/mastodon_seen.h"

namespace tagscout {

struct MastodonStreamOptions {
  std::string address;            // ws or wss, no trailing slash
  std::string token;              // of a user
  std::vector<std::string> tags;  // wished for, by key_exact
};

class MastodonStream {
 public:
  MastodonStream(MastodonStreamOptions options, SourceTools tools);

  // True if posts of the tag are to be expected. Tags that the streaming server would take for
  // others, and those beyond streamed_tags_max, are not streamed.
  bool carries(const std::string& tag) const;

  // True if there is no tag that it could carry.
  bool idle() const { return options_.tags.empty(); }

  bool connected() const { return socket_ != nullptr; }
  const std::string& address() const { return options_.address; }
  // Until the next attempt to connect; not positive if it is due. Only while not connected.
  Duration retry_in() const { return retry_at_ - tools_.clock.steady(); }

  // Connects if that is due. True if it has: what came before has to be polled for. A failure is
  // noted in the batch, the first of a row only.
  boost::asio::awaitable<bool> connect(Batch& batch);

  // Appends what has arrived; waits for the first of it at most `patience`. Not connected any more
  // afterwards if the connection is lost.
  boost::asio::awaitable<void> read(Duration patience, MastodonView view, Batch& batch);

  // What is known of the posts of this server.
  MastodonSeen& seen() { return seen_; }

 private:
  boost::asio::awaitable<Result<void>> subscribe();
  void read_frame(std::string_view frame, const MastodonView& view, Batch& batch);
  void read_post(std::string_view payload, std::string_view tag, const MastodonView& view,
                 Batch& batch);
  void read_delete(std::string_view id, const MastodonView& view, Batch& batch);
  void lose(const Error& why, Batch& batch);

  MastodonStreamOptions options_;  // tags: those that it carries
  SourceTools tools_;
  std::unique_ptr<WebSocket> socket_;
  MastodonSeen seen_;
  JsonParser parser_;
  int failures_ = 0;  // in a row
  Duration connected_at_{};
  Duration retry_at_{};
};

}  // namespace tagscout
