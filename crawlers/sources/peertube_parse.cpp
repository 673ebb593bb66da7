#include "crawlers/sources/peertube_parse.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "crawlers/json_document.h"
#include "crawlers/source.h"
#include "crawlers/tag.h"
#include "crawlers/text.h"
#include "crawlers/url.h"

namespace tagscout {
namespace {

// Longer addresses are refused, longer names cut.
constexpr size_t uri_bytes_max = 2048;
constexpr size_t name_bytes_max = 512;

constexpr int64_t privacy_public = 1;

std::string name_of(const JsonValue& value) {
  return std::string(clipped(value.optional_text().value_or(""), name_bytes_max));
}

// An address at which something can be asked for, and under which it can be stored.
std::string read_uri(const JsonValue& value) {
  std::string uri(value.text());
  if (uri.size() > uri_bytes_max || home_host("ap:" + uri).empty()) {
    value.note("is not a web address");
  }
  return uri;
}

bool is_bridged(const std::string& uri, const PeerTubeView& view) {
  const std::optional<Url> url = parse_url(uri);
  return url && std::any_of(view.bridges.begin(), view.bridges.end(), [&](const std::string& host) {
           return url->host == host || url->host.ends_with("." + host);
         });
}

Provenance provenance_of(const std::string& uri, const PeerTubeView& view) {
  const bool home = !view.stale && home_host("ap:" + uri) == view.server;
  return home ? Provenance::origin : Provenance::foreign;
}

std::optional<int64_t> read_count(const JsonValue& value) {
  const std::optional<int64_t> count = value.optional_count();
  return count && *count >= 0 ? count : std::nullopt;
}

// With counts where the answer is about the channel itself, without where it only names it.
AccountSighting read_channel(const JsonValue& channel, const PeerTubeView& view) {
  AccountSighting sighting;
  const std::string uri = read_uri(channel.field("url"));
  sighting.id = AccountId(Network::activitypub, uri);
  sighting.provenance = provenance_of(uri, view);
  sighting.handle = name_of(channel.field("name")) + "@" + name_of(channel.field("host"));
  sighting.display_name = name_of(channel.field("displayName"));
  sighting.url = uri;
  sighting.counts.followers = read_count(channel.field("followersCount"));
  sighting.counts.following = read_count(channel.field("followingCount"));
  const auto bio = [&](const JsonValue& of) {
    return has_bio_marker(of.field("description").optional_text().value_or(""));
  };
  sighting.opt_outs.set(OptOut::nobot_tag, bio(channel) || bio(channel.field("ownerAccount")));
  sighting.bridged = is_bridged(uri, view);
  return sighting;
}

Engagement read_counts(const JsonValue& video) {
  Engagement counts;
  counts.likes = read_count(video.field("likes"));
  counts.replies = read_count(video.field("comments"));
  counts.views = read_count(video.field("views"));
  return counts;
}

PostSighting read_video(const JsonValue& video, std::string_view tag, const PeerTubeView& view) {
  PostSighting post;
  const std::string uri = read_uri(video.field("url"));
  post.id = PostId(Network::activitypub, uri);
  post.url = uri;
  const JsonValue channel = video.field("channel");
  if (!channel.has_value()) channel.note("is missing");
  post.author = read_channel(channel, view);
  post.provenance =
      post.author.provenance == Provenance::origin ? provenance_of(uri, view) : Provenance::foreign;
  const std::optional<Time> published = parse_time(video.field("publishedAt").text());
  if (!published) video.field("publishedAt").note("is not a time");
  post.created_at = published.value_or(Time());
  post.language = name_of(video.field("language").field("id"));
  const JsonValue tags = video.field("tags");
  if (tags.has_value()) {
    std::vector<std::string>& keys = post.tags.emplace();
    tags.each([&keys](const JsonValue& each) { add_post_tag(each.text(), keys); });
  } else {
    post.queried_tag = tag;
  }
  post.counts = read_counts(video);
  post.reread = tag.empty();
  return post;
}

bool is_public(const JsonValue& video) {
  return read_count(video.field("privacy").field("id")) == privacy_public;
}

// The segment behind the first of these folders that the path of the address goes through.
template <size_t count>
std::string_view segment_behind(std::string_view uri,
                                const std::array<std::string_view, count>& folders) {
  for (const std::string_view folder : folders) {
    const size_t at = uri.rfind(folder);
    if (at == std::string_view::npos) continue;
    const std::string_view segment = uri.substr(at + folder.size());
    if (!segment.empty() && segment.find_first_of("/?#") == std::string_view::npos) return segment;
  }
  return {};
}

}  // namespace

Result<PeerTubePage> parse_videos(std::string_view body, std::string_view tag,
                                  const PeerTubeView& view) {
  return read_json(body, [&](const JsonValue& root) {
    const JsonValue data = root.field("data");
    if (!data.has_value()) data.note("is missing");
    PeerTubePage page;
    data.each([&](const JsonValue& value) {
      ++page.rows;
      JsonProblem wrong;
      const JsonValue video = value.reported_to(wrong);
      const bool shown = is_public(video);
      PostSighting post = read_video(video, tag, view);
      if (wrong.found()) {
        ++page.dropped["protocol"];
      } else if (!shown) {
        ++page.dropped["visibility"];
      } else {
        page.posts.push_back(std::move(post));
      }
    });
    return page;
  });
}

Result<PostSighting> parse_video(std::string_view body, const PeerTubeView& view) {
  return read_json(body, [&](const JsonValue& root) { return read_video(root, {}, view); });
}

Result<AccountSighting> parse_channel(std::string_view body, const PeerTubeView& view) {
  return read_json(body, [&](const JsonValue& root) { return read_channel(root, view); });
}

std::string_view video_id_of(std::string_view uri) {
  constexpr std::array<std::string_view, 2> folders{"/videos/watch/", "/w/"};
  return segment_behind(uri, folders);
}

std::string_view channel_name_of(std::string_view uri) {
  constexpr std::array<std::string_view, 2> folders{"/video-channels/", "/c/"};
  return segment_behind(uri, folders);
}

}  // namespace tagscout
