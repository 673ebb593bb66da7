#include "tests/support/testnet/tag_stream.h"

#include <rapidjson/document.h>

#include <algorithm>

namespace tagscout::testnet {
namespace {

// Enough of Unicode's marks for the words here: U+0900 to U+0903 and U+093A to U+094F in UTF-8.
bool is_mark(std::string_view letter) {
  return letter.size() == 3 &&
         ((letter >= "\u0900" && letter <= "\u0903") || (letter >= "\u093a" && letter <= "\u094f"));
}

size_t letter_size(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

}  // namespace

std::string streamed_form(std::string_view tag) {
  std::string form;
  while (!tag.empty()) {
    const std::string_view letter = tag.substr(0, letter_size(tag.front()));
    if (!is_mark(letter)) form.append(letter);
    tag.remove_prefix(letter.size());
  }
  return form;
}

TagStream::TagStream(World& world, size_t place, const std::string& tag, Time now)
    : world_(world),
      place_(place),
      text_(world, place),
      last_(world.shown_time(now)),
      ends_(now + world.faults().stream_life()) {
  subscribe(tag);
  if (!world.options().stream_changes) return;
  for (const Post& post : world.posts()) {
    const bool changes = post.edited_at != never || post.deleted_at != never;
    if (!changes || post.arrived[place] == never) continue;
    changes_.push_back({.post = post.index,
                        .edited = text_.tags(post, now) != post.tags,
                        .deleted = post.arrived[place] <= last_ && !text_.shows(post, now)});
  }
}

void TagStream::subscribe(const std::string& tag) {
  subscriptions_.push_back({tag, find_tag(streamed_form(tag))});
}

void TagStream::hear(const std::string& text, Time now) {
  (void)now;
  rapidjson::Document message;
  message.Parse(text.c_str());
  if (!message.IsObject() || !message.HasMember("type") || !message.HasMember("tag")) return;
  const std::string type = message["type"].GetString();
  const std::string tag = message["tag"].GetString();
  if (type == "subscribe") subscribe(tag);
  if (type == "unsubscribe") {
    std::erase_if(subscriptions_, [&](const Subscription& one) { return one.tag == tag; });
  }
}

bool TagStream::wants(const Post& post) const {
  const Options& options = world_.options();
  const size_t home = world_.accounts()[post.account].place;
  const bool read =
      options.streamed_language.empty() || language_of(post) == options.streamed_language;
  return read &&
         std::find(options.blocked.begin(), options.blocked.end(), home) == options.blocked.end();
}

std::string TagStream::frame(const std::string& tag, std::string_view event,
                             std::string_view payload) const {
  JsonText json;
  json.begin_object();
  json.array("stream");
  json.value("hashtag");
  json.value(tag);
  json.end_array();
  json.field("event", event);
  json.field("payload", payload);
  json.end_object();
  const bool lines = world_.names().software(place_).headers == BudgetHeaders::gotosocial;
  return json.take() + (lines ? "\n" : "");
}

void TagStream::show(std::string_view event, Post& post, Time now,
                     std::vector<std::string>& frames) {
  const TagSet tags = text_.tags(post, now);
  for (const Subscription& one : subscriptions_) {
    if ((tags & one.wanted) == 0 || !wants(post) || !text_.shows(post, now)) continue;
    JsonText payload;
    text_.write(payload, post, timeline_id(post, place_), now);
    frames.push_back(frame(one.tag, event, payload.take()));
  }
}

void TagStream::tell_changes(Time now, std::vector<std::string>& frames) {
  const bool silent = world_.names().software(place_).streams_are_silent;
  for (Change& change : changes_) {
    Post& post = world_.posts()[change.post];
    if (change.deleted || post.arrived[place_] > last_) continue;
    if (!change.edited && text_.tags(post, now) != post.tags) {
      change.edited = true;
      if (!silent) show("status.update", post, now, frames);
    }
    if (text_.shows(post, now)) continue;
    change.deleted = true;
    const std::string id = write_id(world_.names().software(place_).ids, timeline_id(post, place_));
    // Whoever is subscribed hears of every deletion.
    frames.push_back(frame(subscriptions_.front().tag, "delete", id));
  }
}

std::vector<std::string> TagStream::pull(Time now, size_t limit) {
  world_.advance(now);
  std::vector<std::string> frames;
  const Time shown = world_.shown_time(now);
  const bool lies = world_.faults().lies(Fault::silent, std::to_string(place_), now);
  const bool silent = lies || world_.names().software(place_).streams_are_silent;
  const std::vector<TimelineEntry> news = world_.timeline(place_).arrived(last_, shown);
  last_ = shown;
  for (const TimelineEntry& entry : news) {
    if (silent || frames.size() >= limit) continue;
    show("update", world_.posts()[entry.post], now, frames);
  }
  if (!lies && !subscriptions_.empty()) tell_changes(now, frames);
  return frames;
}

bool TagStream::broken(Time now) const {
  return world_.muted() || (now >= ends_ && !world_.frozen(now)) ||
         world_.faults().broken(std::to_string(place_), now) == Fault::unreachable;
}

}  // namespace tagscout::testnet
