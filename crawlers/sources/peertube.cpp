#include "crawlers/sources/peertube.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "crawlers/sources/peertube_parse.h"
#include "crawlers/url.h"

namespace tagscout {
namespace {

using boost::asio::awaitable;

// What one answer holds at most.
constexpr size_t page_max = 100;
// Videos of other servers arrive late, under the time at which they were published at home.
constexpr Duration overlap = std::chrono::hours(6);
// More than this of one tag at once is read in several rounds.
constexpr size_t offset_max = 10'000;

constexpr std::string_view home_source = "_home";

PeerTubeView view_of(const std::string& server, const HttpResponse& response,
                     const std::vector<std::string>& bridges) {
  return {.server = server, .stale = from_stale_cache(response), .bridges = bridges};
}

// One tag: everything published before `position` has been handed over, but for what arrives late.
struct TagFeed {
  std::string tag;
  std::optional<Time> position;  // as stored; none before the first reading
  Time from{};                   // the present round reads from there
  Time reached{};
  size_t offset = 0;  // of the next page in the round; 0: a new round begins
  PostId first;       // of the page before: a server that gives it again does not turn pages
  bool idle = false;
};

class PeerTubeSource final : public Source {
 public:
  PeerTubeSource(SourceSetup setup, SourceTools tools)
      : section_(std::move(setup.section)),
        tools_(std::move(tools)),
        bridges_(std::move(setup.bridges)) {
    const std::optional<Url> url = parse_url(section_.url);
    server_ = url ? url->origin() : section_.url;
    for (std::string& tag : setup.tags) {
      const auto cursor = setup.cursors.find(tag);
      TagFeed feed;
      feed.tag = std::move(tag);
      if (cursor != setup.cursors.end()) feed.position = cursor->second.position;
      feeds_.push_back(std::move(feed));
    }
  }

  awaitable<Result<Batch>> next() override {
    Batch batch;
    batch.source = section_.name;
    if (!std::exchange(told_feeds_, true)) {
      batch.feeds.emplace();
      for (const TagFeed& feed : feeds_) batch.feeds->push_back(feed.tag);
    }
    const auto is_due = [](const TagFeed& feed) { return !feed.idle; };
    const auto due = std::find_if(feeds_.begin(), feeds_.end(), is_due);
    if (due != feeds_.end()) {
      const Result<void> read = co_await read_page(*due, batch);
      if (!read) co_return read.error();
    }
    batch.caught_up = std::none_of(feeds_.begin(), feeds_.end(), is_due);
    if (batch.caught_up) {
      for (TagFeed& feed : feeds_) feed.idle = false;
    }
    batch.now = tools_.clock.now();
    batch.clock_right = tools_.fetcher.clock_right();
    co_return batch;
  }

 private:
  // Where a new round of a feed starts; what it leaves out is noted.
  Time start_of(const TagFeed& feed, Batch& batch) const {
    const Time now = tools_.clock.now();
    const Time fresh = now - section_.lookback;
    if (!feed.position) return fresh;
    const bool too_far = now - *feed.position > std::max(section_.catch_up, section_.lookback);
    if (!too_far || !tools_.fetcher.clock_right()) return *feed.position - overlap;
    ++batch.dropped["gap"];
    batch.notes.push_back("#" + feed.tag + ": last read at " + format_time(*feed.position) +
                          ", further back than catch_up: going on at " + format_time(fresh));
    return fresh;
  }

  // Oldest first, so that what is published meanwhile moves no page.
  std::string page_url(const TagFeed& feed) const {
    return server_ + "/api/v1/search/videos?tagsOneOf=" + percent_encode(feed.tag) +
           "&sort=publishedAt&nsfw=both&count=" + std::to_string(page_max) +
           "&start=" + std::to_string(feed.offset) +
           "&startDate=" + percent_encode(format_time(feed.from));
  }

  awaitable<Result<void>> read_page(TagFeed& feed, Batch& batch) {
    if (feed.offset == 0) {
      feed.from = start_of(feed, batch);
      feed.reached = feed.position.value_or(feed.from);
    }
    HttpRequest request(page_url(feed));
    const Result<HttpResponse> response =
        co_await tools_.fetcher.get(std::move(request), section_.name);
    if (!response) co_return response.error();
    const PeerTubeView view = view_of(server_, *response, bridges_);
    Result<PeerTubePage> page = parse_videos(response->body, feed.tag, view);
    if (!page) co_return page.error();
    for (const auto& [reason, count] : page->dropped) batch.dropped[reason] += count;
    const PostId first = page->posts.empty() ? PostId() : page->posts.front().id;
    for (PostSighting& post : page->posts) {
      // By a server's word alone nothing lies in the future.
      feed.reached = std::max(feed.reached, std::min(post.created_at, tools_.clock.now()));
      batch.events.emplace_back(std::move(post));
    }
    end_page(feed, *page, first);
    batch.cursors.push_back(
        {.feed = feed.tag, .value = "publishedAt", .position = feed.position.value_or(feed.from)});
    co_return Result<void>();
  }

  static void end_page(TagFeed& feed, const PeerTubePage& page, const PostId& first) {
    const bool stuck = !first.empty() && first == feed.first;
    feed.first = first;
    feed.offset += page.rows;
    if (page.rows > 0 && !stuck && feed.offset < offset_max) return;
    feed.idle = page.rows == 0 || stuck;
    feed.offset = 0;
    feed.first = PostId();
    feed.position = feed.reached;
  }

  SourceSection section_;
  SourceTools tools_;
  std::vector<std::string> bridges_;
  std::string server_;
  std::vector<TagFeed> feeds_;
  bool told_feeds_ = false;
};

class PeerTubeOrigin final : public Origin {
 public:
  PeerTubeOrigin(const std::vector<SourceSection>& sections, SourceTools tools)
      : tools_(std::move(tools)) {
    for (const SourceSection& section : sections) {
      const std::optional<Url> url = parse_url(section.url);
      if (url) names_.try_emplace(url->origin(), section.name);
    }
  }

  size_t accounts_max(const std::string&, const std::vector<AccountTarget>&) const override {
    return 1;
  }
  size_t posts_max(const std::string&, const std::vector<PostTarget>& targets) const override {
    // What a list left out is asked for singly.
    return targets.front().missing ? 1 : page_max;
  }

  awaitable<Result<Batch>> read_accounts(std::string host,
                                         std::vector<AccountTarget> targets) override {
    Batch batch = make_batch(host);
    for (const AccountTarget& target : targets) {
      const std::string name(channel_name_of(target.id.native()));
      if (name.empty()) {
        batch.events.emplace_back(AccountUnreadable{
            .id = target.id, .why = "its uri does not name a channel", .refused = true});
        continue;
      }
      const Result<HttpResponse> response =
          co_await ask(host, "/api/v1/video-channels/" + percent_encode(name));
      if (!response && response.error().kind != ErrorKind::not_found) co_return response.error();
      batch.events.push_back(response ? account_event(host, target, *response)
                                      : Event(AccountMissing{.id = target.id}));
    }
    co_return batch;
  }

  awaitable<Result<Batch>> read_posts(std::string host, std::vector<PostTarget> targets) override {
    if (targets.size() == 1) co_return co_await read_post(std::move(host), std::move(targets[0]));
    std::string path = "/api/v1/search/videos?nsfw=both&count=" + std::to_string(page_max);
    for (const PostTarget& target : targets) {
      path.append("&uuids=").append(percent_encode(video_id_of(target.id.native())));
    }
    const Result<HttpResponse> response = co_await ask(host, std::move(path));
    if (!response) co_return response.error();
    Result<PeerTubePage> page =
        parse_videos(response->body, {}, view_of(host, *response, tools_.bridges));
    if (!page) co_return page.error();
    Batch batch = make_batch(host);
    for (const PostTarget& target : targets) {
      const auto found =
          std::find_if(page->posts.begin(), page->posts.end(),
                       [&](const PostSighting& post) { return post.id == target.id; });
      if (found != page->posts.end()) {
        batch.events.emplace_back(std::move(*found));
      } else {
        batch.events.emplace_back(PostMissing{.id = target.id, .author = target.author});
      }
    }
    co_return batch;
  }

 private:
  awaitable<Result<Batch>> read_post(std::string host, PostTarget target) {
    Batch batch = make_batch(host);
    const std::string id(video_id_of(target.id.native()));
    if (id.empty()) {
      batch.events.emplace_back(PostUnreadable{
          .id = target.id, .author = target.author, .why = "its uri does not tell its id"});
      co_return batch;
    }
    const Result<HttpResponse> response =
        co_await ask(host, "/api/v1/videos/" + percent_encode(id));
    if (!response && response.error().kind != ErrorKind::not_found) co_return response.error();
    if (!response) {
      batch.events.emplace_back(PostDeleted{.id = target.id, .author = target.author, .rev = {}});
      co_return batch;
    }
    Result<PostSighting> post =
        parse_video(response->body, view_of(host, *response, tools_.bridges));
    if (post && post->id == target.id) {
      batch.events.emplace_back(std::move(*post));
    } else {
      batch.events.emplace_back(
          PostUnreadable{.id = target.id,
                         .author = target.author,
                         .why = post ? "its home answers another video" : post.error().detail});
    }
    co_return batch;
  }

  Event account_event(const std::string& host, const AccountTarget& target,
                      const HttpResponse& response) const {
    Result<AccountSighting> channel =
        parse_channel(response.body, view_of(host, response, tools_.bridges));
    if (channel && channel->id == target.id) return *std::move(channel);
    return AccountUnreadable{
        .id = target.id,
        .why = channel ? "its home answers for another channel" : channel.error().detail};
  }

  awaitable<Result<HttpResponse>> ask(const std::string& host, std::string path) {
    HttpRequest request(host + path);
    co_return co_await tools_.fetcher.get(std::move(request), name_of(host));
  }

  std::string name_of(const std::string& host) const {
    const auto name = names_.find(host);
    return name == names_.end() ? std::string(home_source) : name->second;
  }

  Batch make_batch(const std::string& host) const {
    Batch batch;
    batch.source = name_of(host);
    batch.now = tools_.clock.now();
    batch.clock_right = tools_.fetcher.clock_right();
    return batch;
  }

  SourceTools tools_;
  std::map<std::string, std::string> names_;  // of the sources, by server
};

std::unique_ptr<Source> make_source(SourceSetup setup, SourceTools tools) {
  return std::make_unique<PeerTubeSource>(std::move(setup), std::move(tools));
}

std::unique_ptr<Origin> make_origin(const std::vector<SourceSection>& sections, SourceTools tools) {
  return std::make_unique<PeerTubeOrigin>(sections, std::move(tools));
}

std::vector<std::string> hosts(const SourceSection& section) {
  const std::optional<Url> url = parse_url(section.url);
  return url ? std::vector<std::string>{url->origin()} : std::vector<std::string>();
}

}  // namespace

const SourceType peertube_source_type{
    .schema = {.type = "peertube", .required = {"url"}, .optional = {}},
    .network = Network::activitypub,
    .software = {"peertube"},
    .make_source = make_source,
    .make_origin = make_origin,
    .hosts = hosts};

}  // namespace tagscout
