// What tests of MastodonSource have in common.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "crawlers/sources/mastodon_source.h"
#include "tests/crawlers/sources/timeline_server.h"

namespace tagscout {

inline const Time noon = at("2026-11-22T12:00:00Z");

inline boost::asio::awaitable<bool> sleep_and_say_so(Clock& clock, Duration duration) {
  co_await clock.sleep(duration);
  co_return true;
}

// Afterwards some server has told the time.
inline void pass_time(SourceBench& bench, Duration duration) {
  bench.run(sleep_and_say_so(bench.clock, duration));
  bench.fetcher->note_server_time(bench.clock.now());
}

// One MastodonSource that reads one TimelineServer.
class MastodonSourceFixture : public testing::Test {
 protected:
  void SetUp() override {
    bench.http.otherwise([this](const HttpRequest& request) { return server.answer(request); });
    setup.section.name = "home";
    setup.section.type = "mastodon";
    setup.section.url = home_server;
    setup.section.lookback = std::chrono::hours(24);
    setup.section.sweep = std::chrono::hours(6);
    setup.section.catch_up = std::chrono::hours(72);
    setup.tags = {"knit"};
  }

  std::unique_ptr<MastodonSource> make() {
    return std::make_unique<MastodonSource>(setup, bench.tools());
  }

  Result<Batch> next(Source& source) { return bench.run(source.next()); }

  // Reads until everything is caught up, as the runner does; cursors go to the setup.
  std::vector<Batch> drain(Source& source) {
    std::vector<Batch> batches;
    for (int round = 0; round < 1000; ++round) {
      batches.push_back(next(source).value());
      for (const FeedCursor& cursor : batches.back().cursors) setup.cursors[cursor.feed] = cursor;
      if (batches.back().caught_up) break;
    }
    return batches;
  }

  static std::vector<std::string> ids(const std::vector<Batch>& batches) {
    std::vector<std::string> ids;
    for (const Batch& batch : batches) {
      for (const PostSighting& post : events_of<PostSighting>(batch)) ids.push_back(post.id.text());
    }
    return ids;
  }

  std::vector<std::string> timeline_urls() const {
    std::vector<std::string> urls = bench.http.urls();
    std::erase_if(urls, [](const std::string& url) { return url.find("/timelines/") == url.npos; });
    return urls;
  }

  // The tag in the path of a request and those in its any[], ascending.
  static std::vector<std::string> tags_asked(const std::string& url) {
    std::vector<std::string> tags = url_parameters(url, "any[]");
    const size_t start = url.rfind('/') + 1;
    tags.push_back(url.substr(start, url.find('?') - start));
    std::sort(tags.begin(), tags.end());
    return tags;
  }

  // A cursor that needs no sweep.
  void remember(const std::string& tag, const std::string& id, Time position = noon) {
    setup.cursors[tag] = {tag, id + ";" + std::to_string(to_us(noon)), position};
  }

  SourceBench bench;
  TimelineServer server;
  SourceSetup setup;
};

}  // namespace tagscout
