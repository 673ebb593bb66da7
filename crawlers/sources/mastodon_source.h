// Discovers posts on one Mastodon instance.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "crawlers/source.h"
#include "crawlers/sources/mastodon_feed.h"
#include "crawlers/sources/mastodon_parse.h"

namespace tagscout {

// One next() asks for one page of one tag, the tags in turn. `caught_up` says that every tag came
// up empty since it last said so.
class MastodonSource final : public Source {
 public:
  MastodonSource(SourceSetup setup, SourceTools tools);

  boost::asio::awaitable<Result<Batch>> next() override;

 private:
  struct Entry {
    MastodonFeed feed;
    bool refused = false;  // the server takes this text for no tag
  };

  // Learns what the instance says of itself, once.
  boost::asio::awaitable<Result<void>> meet();
  // Asks for the entry's next page and lets the feed take it.
  boost::asio::awaitable<Result<void>> read_page(Entry& entry, Batch& batch);

  Entry& next_entry();
  MastodonMoment moment() const;
  std::string page_url(const MastodonFeed& feed) const;
  // An answer without a page: nothing there is an empty one, all but that is an error.
  Result<MastodonPage> page_of(const Error& error, Entry& entry, Batch& batch);

  SourceSection section_;
  SourceTools tools_;
  MastodonView view_;
  std::string scope_;               // "&local=true" where only that much is public
  std::vector<std::string> notes_;  // for the next batch
  std::vector<Entry> entries_;
  size_t turn_ = 0;
  bool met_ = false;
  bool told_feeds_ = false;
  bool snowflakes_ = false;
};

}  // namespace tagscout
