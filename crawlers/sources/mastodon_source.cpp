#include "crawlers/sources/mastodon_source.h"

#include <algorithm>
#include <utility>

#include "crawlers/sources/mastodon_packs.h"
#include "crawlers/url.h"

namespace tagscout {
namespace {

using boost::asio::awaitable;
using namespace std::chrono_literals;

// How long one next() waits for the stream.
constexpr Duration stream_patience = 10s;

// What a stream that delivers slows polling down by.
constexpr int streamed_slowdown = 4;

// "host" or "host:port": the domain of handles where the instance does not name one.
std::string authority_of(const std::string& url) {
  const size_t scheme_end = url.find("://");
  return scheme_end == std::string::npos ? url : url.substr(scheme_end + 3);
}

const FeedCursor* find_cursor(const SourceSetup& setup, const std::string& tag) {
  const auto found = setup.cursors.find(tag);
  return found == setup.cursors.end() ? nullptr : &found->second;
}

// Without its tags nobody can tell what a post of a pack is to be counted for.
void drop_untagged(MastodonPage& page) {
  for (MastodonStatus& row : page.rows) {
    const PostSighting* const post = row.event ? std::get_if<PostSighting>(&*row.event) : nullptr;
    if (post == nullptr || post->tags) continue;
    row.event.reset();
    ++page.dropped["protocol"];
  }
}

}  // namespace

MastodonSource::MastodonSource(SourceSetup setup, SourceTools tools)
    : section_(std::move(setup.section)), tools_(std::move(tools)), tags_(std::move(setup.tags)) {
  const std::optional<Url> url = parse_url(section_.url);
  view_.server = url ? url->origin() : section_.url;
  view_.domain = authority_of(view_.server);
  view_.bridges = std::move(setup.bridges);
  const MastodonFeedOptions options{
      .lookback = section_.lookback, .sweep = section_.sweep, .catch_up = section_.catch_up};
  for (const std::string& tag : tags_) {
    entries_.push_back({.feed = MastodonFeed(tag, find_cursor(setup, tag), options)});
  }
  // A tag that fails ends the source. Starting anywhere keeps it from starving those behind it.
  if (!entries_.empty()) turn_ = tools_.chance.next() % entries_.size();
}

MastodonMoment MastodonSource::moment() const {
  return {.now = tools_.clock.now(),
          .clock_right = tools_.fetcher.clock_right(),
          .snowflakes = snowflakes_,
          .stale = view_.stale};
}

std::optional<size_t> MastodonSource::next_place() {
  for (size_t i = 0; i < entries_.size(); ++i) {
    const size_t place = (turn_ + i) % entries_.size();
    if (entries_[place].feed.idle()) continue;
    turn_ = place + 1;
    return place;
  }
  return std::nullopt;
}

// Built by hand: a Link header leaves out parameters that matter, and may name another host.
std::string MastodonSource::page_url(const MastodonFeed& feed) const {
  return view_.server + "/api/v1/timelines/tag/" + percent_encode(feed.path_tag()) + "?" +
         feed.query() + std::string(dialect_.timeline_parameters) + access_.scope;
}

awaitable<Result<Batch>> MastodonSource::next() {
  if (!met_) {
    const Result<void> met = co_await meet();
    if (!met) co_return met.error();
  }
  Batch batch;
  batch.source = section_.name;
  batch.notes = std::exchange(notes_, {});
  if (!std::exchange(told_feeds_, true)) batch.feeds = tags_;
  wake_due();
  if (stream_) co_await listen(batch);
  if (const std::optional<size_t> place = next_place()) {
    const Result<void> read = co_await read_page(*place, batch);
    if (!read) co_return read.error();
  }
  batch.caught_up = all_idle() && !(stream_ && stream_->connected());
  rested_ = batch.caught_up;
  batch.now = tools_.clock.now();
  batch.clock_right = tools_.fetcher.clock_right();
  co_return batch;
}

std::optional<Duration> MastodonSource::rest() const {
  const Duration rest = until_due();
  return stream_ ? std::clamp<Duration>(stream_->retry_in(), Duration::zero(), rest) : rest;
}

std::string MastodonSource::connected_to() const {
  return stream_ && stream_->connected() ? stream_->address() : std::string();
}

void MastodonSource::wake_due() {
  const Duration now = tools_.clock.steady();
  // In the middle of a round nobody is asked again before its time has passed, so that a round
  // ends however short the interval is.
  const bool at_once = rested_ || (stream_ && stream_->connected());
  for (Entry& entry : entries_) {
    if (entry.due < now || (at_once && entry.due == now)) entry.feed.wake();
  }
}

bool MastodonSource::all_idle() const {
  return std::all_of(entries_.begin(), entries_.end(),
                     [](const Entry& entry) { return entry.feed.idle(); });
}

Duration MastodonSource::until_due() const {
  if (!all_idle()) return Duration::zero();
  const auto first = std::min_element(entries_.begin(), entries_.end(),
                                      [](const Entry& a, const Entry& b) { return a.due < b.due; });
  if (first == entries_.end()) return section_.poll;
  return std::max<Duration>(first->due - tools_.clock.steady(), Duration::zero());
}

void MastodonSource::schedule(Entry& entry) {
  Duration interval = entry.feed.interval(tools_.clock.now(), section_.poll);
  if (entry.streamed && section_.poll >= adaptive_poll_min) {
    interval = std::min(streamed_slowdown * interval, std::max(adaptive_poll_max, interval));
  }
  entry.due = tools_.clock.steady() + interval;
}

awaitable<void> MastodonSource::listen(Batch& batch) {
  if (!stream_->connected()) {
    const bool fresh = co_await stream_->connect(batch);
    if (!fresh) co_return;
    // The stream has no memory: what came until now is polled for.
    for (Entry& entry : entries_) entry.feed.wake();
  }
  const Duration patience = std::min<Duration>(until_due(), stream_patience);
  co_await stream_->read(patience, view_, batch);
  if (!stream_->connected()) {
    for (Entry& entry : entries_) {
      entry.watched = entry.streamed = false;
      const Duration due = entry.due;
      schedule(entry);
      entry.due = std::min(entry.due, due);
    }
  }
  wake_due();
}

awaitable<Result<void>> MastodonSource::read_page(size_t place, Batch& batch) {
  entries_[place].feed.begin(moment(), batch);
  HttpRequest request(page_url(entries_[place].feed), section_.token);
  const Result<HttpResponse> response =
      co_await tools_.fetcher.get(std::move(request), section_.name);
  view_.stale = response && from_stale_cache(*response);
  const std::vector<std::string> tags = entries_[place].feed.tags();
  const bool packed = tags.size() > 1;
  if (!response && packed &&
      (response.error().kind == ErrorKind::bad_request ||
       response.error().kind == ErrorKind::not_found)) {
    batch.notes.push_back(entries_[place].feed.name() + ": " + response.error().detail +
                          ": asking for each by itself");
    unpack(place);
    co_return Result<void>();
  }
  Result<MastodonPage> page =
      response ? parse_timeline(response->body, packed ? std::string() : tags.front(), view_)
               : page_of(response.error(), entries_[place], batch);
  if (!page) co_return page.error();
  if (packed) drop_untagged(*page);
  take_page(entries_[place], std::move(*page), batch);
  pack_idle_feeds();
  co_return Result<void>();
}

void MastodonSource::take_page(Entry& entry, MastodonPage page, Batch& batch) {
  snowflakes_ = snowflakes_ || has_snowflake_ids(page);
  if (stream_) compare_with_stream(entry, page);
  entry.feed.take(std::move(page), moment(), batch);
  if (entry.refused) entry.feed.rest();
  if (!entry.feed.idle()) return;
  entry.watched = stream_ && stream_->connected() && streams(entry.feed);
  schedule(entry);
}

// A stream that is silent, or leaves out what its user does not want to see, is found out here.
void MastodonSource::compare_with_stream(Entry& entry, const MastodonPage& page) {
  const bool counts = entry.watched && entry.feed.asks_forward() && !page.rows.empty();
  if (counts) {
    entry.streamed =
        std::all_of(page.rows.begin(), page.rows.end(),
                    [this](const MastodonStatus& row) { return stream_->seen().streamed(row.id); });
  }
  for (const MastodonStatus& row : page.rows) stream_->seen().add(row, false);
}

bool MastodonSource::streams(const MastodonFeed& feed) const {
  const std::vector<std::string> tags = feed.tags();
  return std::all_of(tags.begin(), tags.end(),
                     [this](const std::string& tag) { return stream_->carries(tag); });
}

Result<MastodonPage> MastodonSource::page_of(const Error& error, Entry& entry, Batch& batch) {
  if (error.kind == ErrorKind::not_found) return MastodonPage();
  if (error.kind != ErrorKind::bad_request) return error;
  // One tag that this server takes for none must not keep the others from being read.
  if (!entry.refused) batch.notes.push_back(entry.feed.name() + ": " + error.detail);
  entry.refused = true;
  const bool all_refused =
      std::all_of(entries_.begin(), entries_.end(), [](const Entry& each) { return each.refused; });
  if (all_refused) return error;
  return MastodonPage();
}

void MastodonSource::pack_idle_feeds() {
  if (dialect_.tags_max == 1) return;
  std::vector<size_t> places;
  for (size_t i = 0; i < entries_.size(); ++i) {
    const Entry& entry = entries_[i];
    const bool fit = entry.feed.idle() && entry.feed.packable() && !entry.refused && !entry.alone;
    if (fit) places.push_back(i);
  }
  pack(places);
}

void MastodonSource::pack_level_feeds() {
  for (size_t first = 0; first < entries_.size(); ++first) {
    std::vector<size_t> places;
    for (size_t i = first; i < entries_.size(); ++i) {
      const MastodonFeed& feed = entries_[i].feed;
      const bool level = i == first || feed.level_with(entries_[first].feed);
      if (level && feed.packable() && feed.tags().size() == 1) places.push_back(i);
    }
    pack(places);
  }
}

void MastodonSource::pack(const std::vector<size_t>& places) {
  std::vector<const MastodonFeed*> feeds;
  feeds.reserve(places.size());
  for (const size_t place : places) feeds.push_back(&entries_[place].feed);
  std::vector<Entry> packs;
  std::vector<bool> gone(entries_.size());
  for (const std::vector<size_t>& group : plan_packs(feeds)) {
    std::vector<MastodonFeed> members;
    Entry whole = entries_[places[group.front()]];
    for (const size_t place : group) {
      const Entry& part = entries_[places[place]];
      members.push_back(part.feed);
      whole.due = std::min(whole.due, part.due);
      whole.watched = whole.watched && part.watched;
      whole.streamed = whole.streamed && part.streamed;
      gone[places[place]] = true;
    }
    whole.feed = MastodonFeed::pack(members);
    packs.push_back(std::move(whole));
  }
  if (packs.empty()) return;
  std::vector<Entry> entries = std::move(packs);
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (!gone[i]) entries.push_back(std::move(entries_[i]));
  }
  entries_ = std::move(entries);
}

void MastodonSource::unpack(size_t place) {
  const MastodonFeed pack = entries_[place].feed;
  entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(place));
  for (MastodonFeed& feed : pack.unpack()) {
    entries_.push_back({.feed = std::move(feed), .alone = true});
  }
}

awaitable<Result<void>> MastodonSource::meet() {
  HttpRequest request(view_.server + "/api/v2/instance", section_.token);
  const Result<HttpResponse> response =
      co_await tools_.fetcher.get(std::move(request), section_.name);
  const ErrorKind kind = response ? ErrorKind::protocol : response.error().kind;
  const bool passing = kind == ErrorKind::transient || kind == ErrorKind::rate_limited ||
                       kind == ErrorKind::quota || kind == ErrorKind::forbidden;
  if (!response && passing) co_return response.error();
  // Whoever does not name its software may still give it away by its version.
  const Result<ServerSoftware> named = co_await tools_.software.learn(view_.server, section_.name);
  const Result<ServerSoftware> imitated =
      response ? parse_instance_software(response->body) : Result<ServerSoftware>(response.error());
  if (named && !named->name.empty()) {
    dialect_ = dialect_of(*named);
  } else if (imitated) {
    dialect_ = dialect_of(*imitated);
  }
  met_ = true;
  view_.classic_actors = dialect_.classic_actors;
  if (dialect_.needs_token && section_.token.empty()) {
    co_return Error(ErrorKind::auth,
                    std::string(dialect_.software) +
                        " shows its tag timelines to users only: a token is needed");
  }
  co_return take_instance(response);
}

Result<void> MastodonSource::take_instance(const Result<HttpResponse>& response) {
  const bool with_token = !section_.token.empty();
  const Result<MastodonInstance> instance =
      response ? parse_instance(response->body) : Result<MastodonInstance>(response.error());
  Result<MastodonAccess> access = response ? parse_access(response->body, with_token)
                                           : Result<MastodonAccess>(response.error());
  if (!instance || !access) {
    const Error& error = instance ? access.error() : instance.error();
    notes_.push_back("the instance does not describe itself (" + error.detail +
                     "): handles bear the host of its address");
    return {};
  }
  if (!instance->domain.empty()) view_.domain = instance->domain;
  access_ = std::move(*access);
  if (!access_.closed.empty()) return Error(ErrorKind::auth, view_.server + ": " + access_.closed);
  notes_ = access_.notes;
  if (with_token && !access_.streaming.empty()) {
    stream_.emplace(
        MastodonStreamOptions{.address = access_.streaming, .token = section_.token, .tags = tags_},
        tools_);
    if (stream_->idle()) stream_.reset();
  }
  if (dialect_.tags_max > 1) pack_level_feeds();
  return {};
}

}  // namespace tagscout
