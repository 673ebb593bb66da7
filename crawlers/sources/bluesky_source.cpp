#include "crawlers/sources/bluesky_source.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "crawlers/sources/bluesky_ids.h"

namespace tagscout {
namespace {

using boost::asio::awaitable;
using namespace std::chrono_literals;

constexpr std::string_view feed_name = "jetstream";

// A batch a second keeps the stored cursor close behind.
constexpr Duration patience = 1s;

// Jetstream's order is not strict: what was under way when the connection ended comes again.
constexpr Duration rewind = 5s;

// What a Jetstream keeps at least. It starts later without a word where it keeps less than was
// asked for.
constexpr Duration history = 24h;
constexpr Duration clamp_tolerance = 1h;

// Instead, those of the second generation refuse the upgrade, in these words.
constexpr std::string_view cursor_too_old = "\"CursorTooOld\"";

// A time further in the future than this is not the network's.
constexpr Duration future_max = 1h;

// Over this long a stream that is live gets no further than the clock.
constexpr Duration mark_every = 2s;

constexpr size_t frame_bytes_max = 2u << 20;

int64_t read_cursor(const SourceSetup& setup) {
  const auto stored = setup.cursors.find(std::string(feed_name));
  if (stored == setup.cursors.end()) return 0;
  const std::string& value = stored->second.value;
  int64_t time_us = 0;
  std::from_chars(value.data(), value.data() + value.size(), time_us);
  return std::max<int64_t>(time_us, 0);
}

}  // namespace

BlueskySource::BlueskySource(SourceSetup setup, SourceTools tools)
    : section_(std::move(setup.section)),
      tools_(std::move(tools)),
      reader_(WatchedTags(setup.tags)),
      cursor_us_(read_cursor(setup)) {
  if (section_.jetstream.empty()) broken_ = "no jetstream is configured";
  // Any of them, so that not everybody who reads this network sits on the same one.
  if (!section_.jetstream.empty()) host_ = tools_.chance.next() % section_.jetstream.size();
  if (section_.zstd_dictionary.empty()) return;
  std::ifstream file(section_.zstd_dictionary, std::ios::binary);
  const std::string dictionary{std::istreambuf_iterator<char>(file), {}};
  try {
    inflater_.emplace(dictionary, frame_bytes_max);
  } catch (const std::invalid_argument& error) {
    broken_ = section_.zstd_dictionary + ": " + error.what();
  }
}

awaitable<Result<Batch>> BlueskySource::next() {
  if (!broken_.empty()) co_return Error(ErrorKind::bad_request, broken_);
  if (!socket_) {
    const Result<void> resumed = co_await resume();
    if (!resumed) co_return resumed.error();
  }
  const Result<std::vector<std::string>> frames = co_await socket_->read(patience);
  if (!frames) co_return frames.error();
  if (frames->empty()) {
    leave_if_silent();
  } else {
    heard_at_ = tools_.clock.steady();
  }
  Batch batch = std::exchange(pending_, {});
  batch.source = section_.name;
  const int64_t before_us = cursor_us_;
  for (const std::string& frame : *frames) read_frame(frame, batch);
  live_ = live_ || frames->empty();
  if (cursor_us_ != before_us) {
    note_time();
    batch.cursors.push_back({.feed = std::string(feed_name),
                             .value = std::to_string(cursor_us_),
                             .position = time_from_us(cursor_us_)});
  }
  batch.now = tools_.clock.now();
  batch.clock_right = tools_.fetcher.clock_right();
  co_return batch;
}

std::string BlueskySource::connected_to() const {
  return socket_ ? section_.jetstream[host_] : std::string();
}

void BlueskySource::leave_if_silent() {
  const Duration silent = tools_.clock.steady() - heard_at_;
  if (section_.silence <= Duration::zero() || silent < section_.silence) return;
  pending_.notes.push_back(section_.jetstream[host_] + ": no event for " +
                           std::to_string(silent / 1s) + " s, connecting anew");
  socket_.reset();
  host_ = (host_ + 1) % section_.jetstream.size();
}

awaitable<Result<void>> BlueskySource::resume() {
  const int64_t from_us = resume_from();
  Result<void> connected = co_await connect(from_us);
  const std::array<int64_t, 2> later_starts{to_us(freshest_start()), 0};
  for (const int64_t later_us : later_starts) {
    const bool too_old =
        !connected && connected.error().body.find(cursor_too_old) != std::string::npos;
    if (!too_old) break;
    if (later_us == 0 || later_us > from_us) connected = co_await connect(later_us);
    if (!connected) continue;
    resumed_us_ = 0;  // that it begins later is known
    if (cursor_us_ != 0) ++pending_.dropped["gap"];
    pending_.notes.push_back(
        "asked from " + format_time(time_from_us(from_us)) +
        ", which no host goes back to: going on at " +
        format_time(later_us == 0 ? tools_.clock.now() : time_from_us(later_us)));
  }
  co_return connected;
}

awaitable<Result<void>> BlueskySource::connect(int64_t from_us) {
  const size_t count = section_.jetstream.size();
  Error failed;
  for (size_t tried = 0; tried < count; ++tried) {
    const std::string& host = section_.jetstream[host_];
    Result<std::unique_ptr<WebSocket>> socket =
        co_await tools_.web_sockets.connect(stream_url(host, from_us));
    if (socket) {
      socket_ = std::move(*socket);
      resumed_us_ = from_us;
      live_ = false;
      mark_us_ = 0;
      mark_at_ = heard_at_ = tools_.clock.steady();
      if (tried > 0) pending_.notes.push_back(failed.detail + "; reading from " + host);
      co_return Result<void>();
    }
    const std::string before = tried > 0 ? failed.detail + "; " : std::string();
    failed = socket.error();
    failed.detail = before + host + ": " + failed.detail;
    host_ = (host_ + 1) % count;
  }
  co_return failed;
}

Time BlueskySource::freshest_start() const {
  return tools_.clock.now() - std::min(section_.lookback, history);
}

int64_t BlueskySource::resume_from() {
  const Time now = tools_.clock.now();
  const Time fresh = freshest_start();
  // A host that was left before it sent anything has not moved the start.
  if (cursor_us_ == 0) return resumed_us_ != 0 ? resumed_us_ : to_us(fresh);
  const Duration behind = now - time_from_us(cursor_us_);
  const bool too_far = behind > std::max(section_.catch_up, section_.lookback);
  if (!too_far || !tools_.fetcher.clock_right()) {
    return std::max<int64_t>(cursor_us_ - rewind.count(), 1);
  }
  ++pending_.dropped["gap"];
  pending_.notes.push_back("last read at " + format_time(time_from_us(cursor_us_)) +
                           ", further back than catch_up: going on at " + format_time(fresh));
  return to_us(fresh);
}

std::string BlueskySource::stream_url(const std::string& host, int64_t from_us) const {
  std::string url = host;
  url.append(host.find('?') == std::string::npos ? "?" : "&")
      .append("wantedCollections=")
      .append(post_collection)
      .append("&wantedCollections=")
      .append(follow_collection);
  if (from_us != 0) url.append("&cursor=").append(std::to_string(from_us));
  if (inflater_) url.append("&compress=true");
  return url;
}

void BlueskySource::read_frame(std::string_view frame, Batch& batch) {
  const std::optional<std::string_view> text =
      inflater_ ? inflater_->inflate(frame) : std::optional<std::string_view>(frame);
  const size_t before = batch.events.size();
  const Result<int64_t> time_us =
      text ? reader_.read(*text, batch.events) : Error(ErrorKind::protocol, "not a zstd frame");
  const bool future = time_us && tools_.fetcher.clock_right() &&
                      time_from_us(*time_us) > tools_.clock.now() + future_max;
  if (!time_us || future) {
    // A cursor in the future would skip all that comes until then.
    batch.events.erase(batch.events.begin() + static_cast<std::ptrdiff_t>(before),
                       batch.events.end());
    ++batch.dropped["protocol"];
    return;
  }
  if (*time_us == 0) return;
  if (resumed_us_ != 0) check_clamp(*time_us, batch);
  // A host may go back further than it was asked to: the cursor never does.
  cursor_us_ = std::max(cursor_us_, *time_us);
}

void BlueskySource::check_clamp(int64_t first_us, Batch& batch) {
  const Time asked = time_from_us(std::exchange(resumed_us_, 0));
  const Time first = time_from_us(first_us);
  if (cursor_us_ == 0 || first - asked <= clamp_tolerance) return;
  if (tools_.clock.now() - asked <= history) return;
  ++batch.dropped["gap"];
  batch.notes.push_back("asked from " + format_time(asked) + ", the stream begins at " +
                        format_time(first));
}

void BlueskySource::note_time() {
  const Duration now = tools_.clock.steady();
  if (now - mark_at_ >= mark_every) {
    const Duration moved(cursor_us_ - mark_us_);
    live_ = live_ || (mark_us_ != 0 && moved < 2 * (now - mark_at_));
    mark_at_ = now;
    mark_us_ = cursor_us_;
  }
  if (live_) tools_.fetcher.note_server_time(time_from_us(cursor_us_));
}

}  // namespace tagscout
