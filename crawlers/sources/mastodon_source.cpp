#include "crawlers/sources/mastodon_source.h"

#include <algorithm>
#include <utility>

#include "crawlers/url.h"

namespace tagscout {
namespace {

using boost::asio::awaitable;

// "host" or "host:port": the domain of handles where the instance does not name one.
std::string authority_of(const std::string& url) {
  const size_t scheme_end = url.find("://");
  return scheme_end == std::string::npos ? url : url.substr(scheme_end + 3);
}

const FeedCursor* find_cursor(const SourceSetup& setup, const std::string& tag) {
  const auto found = setup.cursors.find(tag);
  return found == setup.cursors.end() ? nullptr : &found->second;
}

}  // namespace

MastodonSource::MastodonSource(SourceSetup setup, SourceTools tools)
    : section_(setup.section), tools_(std::move(tools)) {
  const std::optional<Url> url = parse_url(section_.url);
  view_.server = url ? url->origin() : section_.url;
  view_.domain = authority_of(view_.server);
  view_.bridges = setup.bridges;
  const MastodonFeedOptions options{
      .lookback = section_.lookback, .sweep = section_.sweep, .catch_up = section_.catch_up};
  for (const std::string& tag : setup.tags) {
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

MastodonSource::Entry& MastodonSource::next_entry() {
  while (entries_[turn_].feed.idle()) turn_ = (turn_ + 1) % entries_.size();
  Entry& entry = entries_[turn_];
  turn_ = (turn_ + 1) % entries_.size();
  return entry;
}

// Built by hand: a Link header leaves out parameters that matter, and may name another host.
std::string MastodonSource::page_url(const MastodonFeed& feed) const {
  return view_.server + "/api/v1/timelines/tag/" + percent_encode(feed.tag()) + "?" + feed.query() +
         scope_;
}

awaitable<Result<Batch>> MastodonSource::next() {
  if (!met_) {
    const Result<void> met = co_await meet();
    if (!met) co_return met.error();
  }
  Batch batch;
  batch.source = section_.name;
  batch.notes = std::exchange(notes_, {});
  if (!std::exchange(told_feeds_, true)) {
    batch.feeds.emplace();
    for (const Entry& entry : entries_) batch.feeds->push_back(entry.feed.tag());
  }
  if (!entries_.empty()) {
    const Result<void> read = co_await read_page(next_entry(), batch);
    if (!read) co_return read.error();
  }
  batch.caught_up = std::all_of(entries_.begin(), entries_.end(),
                                [](const Entry& entry) { return entry.feed.idle(); });
  if (batch.caught_up) {
    for (Entry& entry : entries_) entry.feed.wake();
  }
  batch.now = tools_.clock.now();
  batch.clock_right = tools_.fetcher.clock_right();
  co_return batch;
}

awaitable<Result<void>> MastodonSource::read_page(Entry& entry, Batch& batch) {
  entry.feed.begin(moment(), batch);
  HttpRequest request(page_url(entry.feed), section_.token);
  const Result<HttpResponse> response =
      co_await tools_.fetcher.get(std::move(request), section_.name);
  view_.stale = response && from_stale_cache(*response);
  Result<MastodonPage> page = response ? parse_timeline(response->body, entry.feed.tag(), view_)
                                       : page_of(response.error(), entry, batch);
  if (!page) co_return page.error();
  snowflakes_ = snowflakes_ || has_snowflake_ids(*page);
  entry.feed.take(std::move(*page), moment(), batch);
  if (entry.refused) entry.feed.rest();
  co_return Result<void>();
}

Result<MastodonPage> MastodonSource::page_of(const Error& error, Entry& entry, Batch& batch) {
  if (error.kind == ErrorKind::not_found) return MastodonPage();
  if (error.kind != ErrorKind::bad_request) return error;
  // One tag that this server takes for none must not keep the others from being read.
  if (!entry.refused) batch.notes.push_back("#" + entry.feed.tag() + ": " + error.detail);
  entry.refused = true;
  const bool all_refused =
      std::all_of(entries_.begin(), entries_.end(), [](const Entry& each) { return each.refused; });
  if (all_refused) return error;
  return MastodonPage();
}

awaitable<Result<void>> MastodonSource::meet() {
  HttpRequest request(view_.server + "/api/v2/instance", section_.token);
  const Result<HttpResponse> response =
      co_await tools_.fetcher.get(std::move(request), section_.name);
  const ErrorKind kind = response ? ErrorKind::protocol : response.error().kind;
  const bool passing = kind == ErrorKind::transient || kind == ErrorKind::rate_limited ||
                       kind == ErrorKind::quota || kind == ErrorKind::forbidden;
  if (!response && passing) co_return response.error();
  met_ = true;
  const Result<MastodonInstance> instance =
      response ? parse_instance(response->body) : Result<MastodonInstance>(response.error());
  if (!instance) {
    notes_.push_back("the instance does not describe itself (" + instance.error().detail +
                     "): handles bear the host of its address");
    co_return Result<void>();
  }
  if (!instance->domain.empty()) view_.domain = instance->domain;
  if (section_.token.empty()) {
    if (instance->local_public && !instance->remote_public) scope_ = "&local=true";
    if (!instance->local_public && instance->remote_public) scope_ = "&remote=true";
  }
  co_return Result<void>();
}

}  // namespace tagscout
