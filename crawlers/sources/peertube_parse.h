// What the PeerTube API answers, as sightings. Pure. People follow channels there, so that a
// video's author is its channel.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "crawlers/error.h"
#include "crawlers/event.h"

namespace tagscout {

// Who answered, and how far that can be believed.
struct PeerTubeView {
  std::string server;                // scheme and authority of the server that was asked
  bool stale = false;                // the answer came from a cache: nothing in it is an origin's
  std::vector<std::string> bridges;  // hosts of copies from another network
};

// One page of videos, in the order of the answer.
struct PeerTubePage {
  std::vector<PostSighting> posts;
  size_t rows = 0;                         // with those that were dropped
  std::map<std::string, int64_t> dropped;  // "protocol", "visibility"
};

// GET /api/v1/search/videos. `tag` is the exact key of the tag that was asked for; empty: these are
// re-reads. Fails with protocol if the answer is no list of videos.
Result<PeerTubePage> parse_videos(std::string_view body, std::string_view tag,
                                  const PeerTubeView& view);

// GET /api/v1/videos/{uuid}: the one answer that names all tags.
Result<PostSighting> parse_video(std::string_view body, const PeerTubeView& view);

// GET /api/v1/video-channels/{name}.
Result<AccountSighting> parse_channel(std::string_view body, const PeerTubeView& view);

// The id of a video at its home, as its uri tells it; empty if it does not.
std::string_view video_id_of(std::string_view uri);

// The name of a channel, as its uri tells it; empty if it does not.
std::string_view channel_name_of(std::string_view uri);

}  // namespace tagscout
