#include "tests/support/testnet/bluesky_site.h"

#include <algorithm>

#include "tests/support/testnet/frame_compressor.h"

namespace tagscout::testnet {
namespace {

constexpr size_t batch_limit = 25;
// A reader that reconnects goes back by so much behind what it has committed.
constexpr uint64_t rewind_us = 5'000'000;
constexpr const char* stream_feed = "jetstream";
// The second bridge goes further back than it was asked to, without a word, and servers of the
// second generation all do.
constexpr Duration replayed = std::chrono::seconds(8);
constexpr Duration replayed_by_second = std::chrono::hours(1);
constexpr const char* appview_place = "appview";

SiteReply error(int status, std::string_view name, std::string_view message) {
  JsonText json;
  json.begin_object();
  json.field("error", name);
  json.field("message", message);
  json.end_object();
  SiteReply reply;
  reply.status = status;
  reply.body = json.take();
  return reply;
}

// What stands before the servers says so, in HTML.
SiteReply forbidden_page() {
  SiteReply reply;
  reply.status = 403;
  reply.content_type = "text/html";
  reply.body =
      "<html><body><h1>403 Forbidden</h1>\nRequest forbidden by administrative rules.\n"
      "</body></html>";
  return reply;
}

SiteReply refusal(Fault fault, Time now) {
  SiteReply reply;
  if (fault == Fault::rate_limited) {
    reply = error(429, "RateLimitExceeded", "Rate Limit Exceeded");
    const int64_t reset = to_us(now) / 1'000'000 + 1;
    reply.headers.emplace_back("RateLimit-Limit", "3000");
    reply.headers.emplace_back("RateLimit-Remaining", "0");
    reply.headers.emplace_back("RateLimit-Reset", std::to_string(reset));
    reply.headers.emplace_back("RateLimit-Policy", "3000;w=300");
    reply.headers.emplace_back("Retry-After", "1");
  } else if (fault == Fault::denied) {
    reply = forbidden_page();
  } else if (fault == Fault::unavailable) {
    reply.status = 503;
    reply.content_type = "text/html; charset=utf-8";
    reply.body = "<html><body><h1>503 Service Unavailable</h1></body></html>";
  } else {
    reply.body = "{" + std::string(20'000, ' ') + "}";
    reply.cut_off = true;
  }
  reply.hang_up = fault == Fault::unreachable;
  return reply;
}

class JetstreamStream final : public SiteStream {
 public:
  JetstreamStream(World& world, std::string where, size_t next, std::vector<std::string> wanted)
      : world_(world),
        text_(world),
        where_(std::move(where)),
        next_(next),
        cut_over_(world.stream().events().size()),
        replays_(next < cut_over_),
        wanted_(std::move(wanted)) {}

  void end(Time at) { ends_ = at; }
  void compress() { compressor_.emplace(world_.options().zstd_dictionary); }
  bool binary() const override { return compressor_.has_value(); }

  std::vector<std::string> pull(Time now, size_t limit) override {
    world_.advance(now);
    std::vector<std::string> frames;
    const auto& events = world_.stream().events();
    if (world_.faults().lies(Fault::silent, where_, now)) return frames;
    for (; next_ < events.size() && frames.size() < limit; ++next_) {
      const std::optional<size_t> place = in_order(next_);
      if (!place) break;
      const StreamEvent& event = events[*place];
      if (!wants(collection(event.kind))) continue;
      frames.push_back(packed(text_.frame(event, now), *place));
      world_.served().answered(stream_feed, static_cast<uint64_t>(to_us(event.at)));
    }
    return frames;
  }

  bool broken(Time now) const override {
    const bool lost = world_.faults().broken(where_, now) != Fault::none;
    return world_.muted() || lost || (now >= ends_ && !world_.frozen(now));
  }

 private:
  // Which event stands at this place: the last of the past and the first of the present change
  // places. Nothing while that is not known yet.
  std::optional<size_t> in_order(size_t place) {
    const size_t first = cut_over_;
    if (replays_ && place + 1 == first && world_.faults().enabled()) {
      if (world_.stream().events().size() == first) return {};
      swapped_ = true;
      return first;
    }
    return swapped_ && place == first ? first - 1 : place;
  }

  // The frame as this server sends it.
  std::string packed(std::string frame, size_t place) const {
    if (world_.options().jetstream_generation > 1) {
      frame.back() = ',';
      frame += "\"cursor\":" + std::to_string(4'000'000 + place) + "}";
    }
    return compressor_ ? compressor_->compress(frame) : frame;
  }

  bool wants(std::string_view collection) const {
    if (collection.empty() || wanted_.empty()) return true;
    return std::any_of(wanted_.begin(), wanted_.end(), [&](const std::string& wanted) {
      if (!wanted.ends_with(".*")) return wanted == collection;
      return collection.starts_with(std::string_view(wanted).substr(0, wanted.size() - 1));
    });
  }

  World& world_;
  BlueskyText text_;
  std::string where_;
  size_t next_;
  size_t cut_over_;  // what happens from here on happened after the stream was opened
  bool replays_;
  bool swapped_ = false;
  std::vector<std::string> wanted_;
  std::optional<FrameCompressor> compressor_;
  Time ends_ = never;
};

}  // namespace

SiteReply AppViewSite::answer(const SiteRequest& request, Time now) {
  world_.advance(now);
  const Query query(request.target);
  if (request.method != "GET" || !query.path().starts_with("/xrpc/")) {
    return error(404, "NotFound", "no such thing");
  }
  const std::string& host_name = world_.names().hosts().appview;
  Fault fault = world_.muted() ? Fault::unavailable : world_.faults().broken(appview_place, now);
  if (fault == Fault::none) {
    fault = world_.faults().strike(host_name, now);
    if (fault != Fault::none) ++world_.served().host(host_name).faults;
  }
  if (fault != Fault::none) return refusal(fault, now);
  if (query.path() == "/xrpc/app.bsky.actor.getProfiles") return profiles(query, now);
  if (query.path() == "/xrpc/app.bsky.actor.getProfile") return profile(query, now);
  if (query.path() == "/xrpc/app.bsky.feed.getPosts") return posts(query, now);
  // Not for those without a session.
  if (query.path() == "/xrpc/app.bsky.feed.searchPosts") return forbidden_page();
  return error(501, "MethodNotImplemented", "Method Not Implemented");
}

Account* AppViewSite::find_actor(const std::string& actor) {
  if (actor.starts_with("did:")) return world_.find_did(actor);
  std::string name = actor.substr(0, actor.find('.'));
  std::replace(name.begin(), name.end(), '-', '_');
  Account* account = world_.find_name(name);
  return account != nullptr && world_.names().handle(*account) == actor ? account : nullptr;
}

SiteReply AppViewSite::profiles(const Query& query, Time now) {
  const std::vector<std::string> actors = query.all("actors");
  if (actors.empty() || actors.size() > batch_limit) {
    return error(400, "InvalidRequest", "Error: actors must have 1 to 25 elements");
  }
  JsonText json;
  json.begin_object();
  json.array("profiles");
  for (const std::string& actor : actors) {
    Account* account = find_actor(actor);
    if (account == nullptr) continue;
    if (account->gone(world_.shown_time(now))) {
      account->read_at = now;
      continue;
    }
    const bool forgets = !account->left_out && account->index % 61 == 0 && actors.size() > 1;
    if (forgets && !world_.options().plain && !world_.frozen(now)) {
      account->left_out = true;
      continue;
    }
    text_.write_profile(json, *account, now);
  }
  json.end_array();
  json.end_object();
  SiteReply reply;
  reply.body = json.take();
  return reply;
}

SiteReply AppViewSite::profile(const Query& query, Time now) {
  Account* account = find_actor(query.get("actor").value_or(""));
  if (account == nullptr) return error(400, "InvalidRequest", "Profile not found");
  if (account->gone(world_.shown_time(now))) {
    account->read_at = now;
    if (account->role == Role::suspended) {
      return error(400, "AccountTakedown", "Account has been suspended");
    }
    if (account->role == Role::deleted) return error(400, "InvalidRequest", "Profile not found");
    return error(400, "AccountDeactivated", "Account is deactivated");
  }
  JsonText json;
  text_.write_profile(json, *account, now);
  SiteReply reply;
  reply.body = json.take();
  return reply;
}

SiteReply AppViewSite::posts(const Query& query, Time now) {
  const std::vector<std::string> uris = query.all("uris");
  if (uris.empty() || uris.size() > batch_limit) {
    return error(400, "InvalidRequest", "Error: uris must have 1 to 25 elements");
  }
  JsonText json;
  json.begin_object();
  json.array("posts");
  for (const std::string& uri : uris) {
    Post* post = world_.find_post(uri);
    if (post == nullptr || !world_.stands(*post, now)) continue;
    const bool forgets = !post->left_out && post->index % 97 == 0 && uris.size() > 1;
    if (forgets && !world_.options().plain && !world_.frozen(now)) {
      post->left_out = true;
      continue;
    }
    text_.write_post(json, *post, now);
  }
  json.end_array();
  json.end_object();
  SiteReply reply;
  reply.body = json.take();
  return reply;
}

SiteReply JetstreamSite::answer(const SiteRequest& request, Time now) {
  (void)request;
  (void)now;
  return error(404, "NotFound", "no such thing");
}

bool JetstreamSite::too_old(const Query& query, Time now) const {
  const auto cursor = query.number("cursor");
  return world_.options().jetstream_generation > 1 && cursor &&
         time_from_us(static_cast<int64_t>(*cursor)) < now - world_.options().stream_keeps;
}

SiteReply JetstreamSite::refuse(const SiteRequest& request, Time now) {
  if (world_.muted()) return refusal(Fault::unavailable, now);
  const Fault fault = world_.faults().broken(where_, now);
  if (fault != Fault::none && fault != Fault::cut_off) return refusal(fault, now);
  if (fault == Fault::cut_off) return refusal(Fault::unreachable, now);
  const Query query(request.target);
  if (query.path() != "/subscribe") return error(404, "NotFound", "no such thing");
  if (too_old(query, now)) return error(400, "CursorTooOld", "The cursor is too old");
  return error(400, "InvalidRequest", "no such compression");
}

std::unique_ptr<SiteStream> JetstreamSite::subscribe(const SiteRequest& request, Time now) {
  world_.advance(now);
  const Query query(request.target);
  const bool compressed = query.get("compress") == "true";
  const bool unfit = compressed && world_.options().zstd_dictionary.empty();
  if (query.path() != "/subscribe" || unfit || world_.muted() || too_old(query, now) ||
      world_.faults().broken(where_, now) != Fault::none) {
    return nullptr;
  }
  const auto cursor = query.number("cursor");
  if (cursor) world_.served().asked(stream_feed, *cursor + rewind_us);
  size_t next = world_.stream().events().size();
  if (cursor) {
    const bool second = world_.options().jetstream_generation > 1;
    const Duration further = second         ? replayed_by_second
                             : bridge_ == 0 ? Duration::zero()
                                            : replayed;
    const Time wanted = time_from_us(static_cast<int64_t>(*cursor)) - further;
    next = world_.stream().find(std::max(wanted, now - world_.options().stream_keeps));
  }
  auto stream =
      std::make_unique<JetstreamStream>(world_, where_, next, query.all("wantedCollections"));
  stream->end(now + world_.faults().stream_life());
  if (compressed) stream->compress();
  return stream;
}

}  // namespace tagscout::testnet
