#include "tests/support/testnet/tag_stream.h"

namespace tagscout::testnet {

TagStream::TagStream(World& world, size_t place, std::string tag, Time now)
    : world_(world),
      place_(place),
      tag_(std::move(tag)),
      wanted_(find_tag(tag_)),
      text_(world, place),
      last_(world.shown_time(now)),
      ends_(now + world.faults().stream_life()) {}

std::vector<std::string> TagStream::pull(Time now, size_t limit) {
  world_.advance(now);
  std::vector<std::string> frames;
  const Time shown = world_.shown_time(now);
  const bool silent = world_.names().software(place_).streams_are_silent ||
                      world_.faults().lies(Fault::silent, std::to_string(place_), now);
  const std::vector<TimelineEntry> news = world_.timeline(place_).arrived(last_, shown);
  last_ = shown;
  for (const TimelineEntry& entry : news) {
    Post& post = world_.posts()[entry.post];
    const bool wanted = (text_.tags(post, now) & wanted_) != 0 && text_.shows(post, now);
    if (silent || !wanted || frames.size() >= limit) continue;
    JsonText payload;
    text_.write(payload, post, entry.id, now);
    JsonText json;
    json.begin_object();
    json.array("stream");
    json.value("hashtag");
    json.value(tag_);
    json.end_array();
    json.field("event", "update");
    json.field("payload", payload.take());
    json.end_object();
    frames.push_back(json.take());
  }
  return frames;
}

bool TagStream::broken(Time now) const {
  return world_.muted() || (now >= ends_ && !world_.frozen(now)) ||
         world_.faults().broken(std::to_string(place_), now) == Fault::unreachable;
}

}  // namespace tagscout::testnet
