// Discovers posts on one Mastodon instance.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "crawlers/source.h"
#include "crawlers/sources/mastodon_access.h"
#include "crawlers/sources/mastodon_dialect.h"
#include "crawlers/sources/mastodon_feed.h"
#include "crawlers/sources/mastodon_parse.h"
#include "crawlers/sources/mastodon_stream.h"

namespace tagscout {

// One next() asks for one page of one feed that is due, the feeds in turn. A feed is a tag or,
// where the server knows any[], a pack of tags that have caught up. `caught_up` says that none is
// due before rest() is over. While the server streams, next() waits for the stream instead.
class MastodonSource final : public Source {
 public:
  MastodonSource(SourceSetup setup, SourceTools tools);

  boost::asio::awaitable<Result<Batch>> next() override;
  std::optional<Duration> rest() const override;
  std::string connected_to() const override;

 private:
  struct Entry {
    MastodonFeed feed;
    Duration due{};         // on the steady time; when to ask again, while the feed is idle
    bool refused = false;   // the server takes this text for no tag
    bool alone = false;     // never to be packed
    bool watched = false;   // read to its end since the stream has begun
    bool streamed = false;  // since then the stream has shown all that polling has brought
  };

  // Learns what the instance says of itself, once.
  boost::asio::awaitable<Result<void>> meet();
  Result<void> take_instance(const Result<HttpResponse>& response);
  // Takes what the stream has, and waits for it while no feed is due.
  boost::asio::awaitable<void> listen(Batch& batch);
  // Asks for the entry's next page and lets the feed take it.
  boost::asio::awaitable<Result<void>> read_page(size_t place, Batch& batch);
  void take_page(Entry& entry, MastodonPage page, Batch& batch);

  void wake_due();
  bool all_idle() const;
  Duration until_due() const;
  std::optional<size_t> next_place();
  void compare_with_stream(Entry& entry, const MastodonPage& page);
  void schedule(Entry& entry);
  void pack_idle_feeds();
  // Those that were read together before the last stop.
  void pack_level_feeds();
  void pack(const std::vector<size_t>& places);
  void unpack(size_t place);
  bool streams(const MastodonFeed& feed) const;
  MastodonMoment moment() const;
  std::string page_url(const MastodonFeed& feed) const;
  // An answer without a page: nothing there is an empty one, all but that is an error.
  Result<MastodonPage> page_of(const Error& error, Entry& entry, Batch& batch);

  SourceSection section_;
  SourceTools tools_;
  MastodonView view_;
  MastodonAccess access_;
  MastodonDialect dialect_;
  std::vector<std::string> notes_;  // for the next batch
  std::vector<std::string> tags_;   // all of them, ascending
  std::vector<Entry> entries_;
  std::optional<MastodonStream> stream_;
  size_t turn_ = 0;
  bool rested_ = false;  // the last batch said that none was due
  bool met_ = false;
  bool told_feeds_ = false;
  bool snowflakes_ = false;
};

}  // namespace tagscout
