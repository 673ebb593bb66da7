#include "crawlers/sources/mastodon_stream.h"

#include <algorithm>
#include <array>
#include <utility>

#include "crawlers/backoff.h"
#include "crawlers/tag.h"
#include "crawlers/url.h"

namespace tagscout {
namespace {

using boost::asio::awaitable;
using namespace std::chrono_literals;

// Not more than a connection takes to send at once.
constexpr size_t streamed_tags_max = 50;

constexpr size_t seen_max = 10'000;

constexpr Duration retry_base = 1s;

// A server that has refused the user so often in a row is asked again after a day.
constexpr int refusals_max = 3;
constexpr Duration refused_retry = 24h;

// A connection that held so long, or brought anything, was none of a row of failures.
constexpr Duration stable_after = 60s;

bool is_refusal(const Error& error) {
  return error.kind == ErrorKind::auth || error.kind == ErrorKind::forbidden ||
         error.kind == ErrorKind::not_found || error.kind == ErrorKind::bad_request;
}

}  // namespace

MastodonStream::MastodonStream(MastodonStreamOptions options, SourceTools tools)
    : options_(std::move(options)), tools_(std::move(tools)), seen_(seen_max) {
  std::erase_if(options_.tags, [](const std::string& tag) { return !is_plain_tag(tag); });
  if (options_.tags.size() > streamed_tags_max) options_.tags.resize(streamed_tags_max);
}

bool MastodonStream::carries(const std::string& tag) const {
  return std::find(options_.tags.begin(), options_.tags.end(), tag) != options_.tags.end();
}

awaitable<bool> MastodonStream::connect(Batch& batch) {
  if (socket_ || retry_in() > Duration::zero()) co_return false;
  std::string url = options_.address +
                    "/api/v1/streaming?stream=hashtag&tag=" + percent_encode(options_.tags.front());
  std::string token = options_.token;
  Result<std::unique_ptr<WebSocket>> socket =
      co_await tools_.web_sockets.connect_as(std::move(url), std::move(token));
  if (!socket) {
    lose(socket.error(), batch);
    co_return false;
  }
  socket_ = std::move(*socket);
  connected_at_ = tools_.clock.steady();
  const Result<void> subscribed = co_await subscribe();
  if (!subscribed) lose(subscribed.error(), batch);
  co_return connected();
}

awaitable<Result<void>> MastodonStream::subscribe() {
  for (size_t i = 1; i < options_.tags.size(); ++i) {
    // A plain tag has nothing in it that JSON would escape.
    std::string text =
        R"({"type":"subscribe","stream":"hashtag","tag":")" + options_.tags[i] + "\"}";
    const Result<void> sent = co_await socket_->send(std::move(text));
    if (!sent) co_return sent.error();
  }
  co_return Result<void>();
}

awaitable<void> MastodonStream::read(Duration patience, MastodonView view, Batch& batch) {
  if (!socket_) co_return;
  const Result<std::vector<std::string>> frames = co_await socket_->read(patience);
  if (!frames) {
    lose(frames.error(), batch);
    co_return;
  }
  if (!frames->empty() || tools_.clock.steady() - connected_at_ >= stable_after) failures_ = 0;
  view.stale = false;
  for (const std::string& frame : *frames) read_frame(frame, view, batch);
}

void MastodonStream::read_frame(std::string_view frame, const MastodonView& view, Batch& batch) {
  JsonProblem problem;
  const Result<JsonValue> root = parser_.parse(frame, problem);
  if (!root) {
    ++batch.dropped["protocol"];
    return;
  }
  const std::string_view event = root->field("event").text();
  const bool shows = event == "update" || event == "status.update";
  const bool deletes = event == "delete";
  std::vector<std::string> stream;
  if (shows) {
    root->field("stream").each(
        [&stream](const JsonValue& part) { stream.emplace_back(part.text()); });
  }
  const std::string_view payload =
      shows || deletes ? root->field("payload").text() : std::string_view();
  if (problem.found()) {
    ++batch.dropped["protocol"];
    return;
  }
  if (shows) read_post(payload, stream.size() > 1 ? stream[1] : std::string(), view, batch);
  if (deletes) read_delete(payload, view, batch);
}

void MastodonStream::read_post(std::string_view payload, std::string_view tag,
                               const MastodonView& view, Batch& batch) {
  // The payload is JSON once more, in a string.
  const std::string timeline = "[" + std::string(payload) + "]";
  Result<MastodonPage> page = parse_timeline(timeline, tag_key_exact(tag), view);
  if (!page) {
    ++batch.dropped["protocol"];
    return;
  }
  for (const auto& [reason, count] : page->dropped) batch.dropped[reason] += count;
  for (MastodonStatus& row : page->rows) {
    seen_.add(row, true);
    if (row.event) batch.events.push_back(std::move(*row.event));
  }
}

void MastodonStream::read_delete(std::string_view id, const MastodonView& view, Batch& batch) {
  std::optional<MastodonSeen::Post> post = seen_.take(std::string(id));
  if (!post) return;
  // This server may have thrown out its copy alone: the post's own server is asked then.
  if (home_host(post->id.text()) == view.server) {
    batch.events.emplace_back(
        PostDeleted{.id = std::move(post->id), .author = std::move(post->author), .rev = {}});
  } else {
    batch.events.emplace_back(
        PostMissing{.id = std::move(post->id), .author = std::move(post->author)});
  }
}

void MastodonStream::lose(const Error& why, Batch& batch) {
  socket_.reset();
  if (failures_++ == 0) batch.notes.push_back("the stream: " + why.detail + ": polling goes on");
  const bool refused = is_refusal(why) && failures_ >= refusals_max;
  retry_at_ = tools_.clock.steady() +
              (refused ? refused_retry : backoff(retry_base, failures_, tools_.chance));
}

}  // namespace tagscout
