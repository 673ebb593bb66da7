#include "daemon/query_tags.h"

#include <algorithm>
#include <map>
#include <set>

#include "daemon/json_writer.h"
#include "storage/name_store.h"
#include "storage/tag_store.h"

namespace tagscout {
namespace {

constexpr int32_t average_days = 7;
constexpr int32_t hint_days = 7;

// What was met of one spelling, or of several together.
struct Met {
  int64_t posts = 0;
  std::optional<Time> last_seen_at;
  std::map<int32_t, int64_t> days;

  void add(const TagUse& use) {
    posts += use.posts;
    last_seen_at = std::max(last_seen_at.value_or(use.last_seen_at), use.last_seen_at);
    for (const TagUse::Day& day : use.days) days[day.day] += day.posts;
  }
};

// Everything that is known of one tag.
struct Knowledge {
  std::optional<Time> watched_since;
  Met all;
  std::map<std::string, Met> sources;
  std::map<std::string, Met> spellings;  // by exact key
};

Knowledge knowledge(const Reader& reader, std::string_view exact, std::string_view folded) {
  Knowledge known;
  for (const std::string_view spelling : std::set<std::string_view>{exact, folded}) {
    const std::optional<NameId> tag = names::find(reader, NameKind::tag, spelling);
    if (!tag) continue;
    if (spelling == exact) known.watched_since = tags::watched_since(reader, *tag);
    tags::for_each_use(reader, *tag, [&](NameId source, const TagUse& use) {
      known.all.add(use);
      known.sources[names::text(reader, NameKind::source, source)].add(use);
      known.spellings[std::string(spelling)].add(use);
    });
  }
  return known;
}

// Over the last seven days with today, or as many as the tag has been watched for.
std::optional<double> posts_per_day(const Met& met, std::optional<Time> watched_since, Time now) {
  if (!watched_since) return std::nullopt;
  const int32_t today = TagUse::day_of(now);
  const int32_t watched = today - TagUse::day_of(*watched_since) + 1;
  const int32_t span = std::clamp(watched, 1, average_days);
  int64_t posts = 0;
  for (auto day = met.days.upper_bound(today - span); day != met.days.end(); ++day) {
    posts += day->second;
  }
  return static_cast<double>(posts) / span;
}

// What an operator might do about a tag under which nobody seems to post.
std::string hint(const Knowledge& known, Time now) {
  if (!known.watched_since) return {};
  const Time quiet_since = known.all.last_seen_at.value_or(*known.watched_since);
  if (now - quiet_since < std::chrono::days(hint_days)) return {};
  return known.all.last_seen_at
             ? "not seen for 7 days"
             : "never seen in 7 days: check its spelling, or add a source that knows it";
}

void time_field(JsonWriter& json, std::string_view key, const std::optional<Time>& value) {
  json.key(key).text_or_null(value ? format_time(*value) : std::string());
}

void names_field(JsonWriter& json, std::string_view key, const std::vector<std::string>& names) {
  json.key(key).begin_array();
  for (const std::string& name : names) json.text(name);
  json.end_array();
}

std::vector<std::string> keys_of(const std::map<std::string, Met>& met) {
  std::vector<std::string> keys;
  keys.reserve(met.size());
  for (const auto& [key, value] : met) keys.push_back(key);
  return keys;
}

void common_fields(JsonWriter& json, std::string_view exact, const WatchedTag* watched,
                   const Knowledge& known, Time now) {
  json.key("tag").text(exact);
  names_field(json, "niches", watched == nullptr ? std::vector<std::string>() : watched->niches);
  json.key("posts_per_day").real(posts_per_day(known.all, known.watched_since, now));
  json.key("posts_total").integer(known.all.posts);
  time_field(json, "last_seen_at", known.all.last_seen_at);
  time_field(json, "watched_since", known.watched_since);
  json.key("hint").text_or_null(watched == nullptr ? std::string() : hint(known, now));
}

void met_fields(JsonWriter& json, const Met& met, std::optional<Time> watched_since, Time now) {
  json.key("posts_per_day").real(posts_per_day(met, watched_since, now));
  json.key("posts_total").integer(met.posts);
  time_field(json, "last_seen_at", met.last_seen_at);
}

}  // namespace

const WatchedTag* TagQuery::find(std::string_view exact) const {
  const auto found = std::find_if(watched_.begin(), watched_.end(),
                                  [&](const WatchedTag& tag) { return tag.exact == exact; });
  return found == watched_.end() ? nullptr : &*found;
}

std::string TagQuery::list() const {
  JsonWriter json;
  json.begin_object().key("items").begin_array();
  for (const WatchedTag& tag : watched_) {
    const Knowledge known = knowledge(reader_, tag.exact, tag.folded);
    json.begin_object();
    common_fields(json, tag.exact, &tag, known, now_);
    names_field(json, "sources", keys_of(known.sources));
    names_field(json, "spellings", keys_of(known.spellings));
    json.end_object();
  }
  json.end_array().key("next").null().end_object();
  return json.take();
}

std::optional<std::string> TagQuery::tag(std::string_view exact, std::string_view folded) const {
  const WatchedTag* const watched = find(exact);
  const Knowledge known = knowledge(reader_, exact, folded);
  if (watched == nullptr && known.sources.empty() && !known.watched_since) return std::nullopt;
  JsonWriter json;
  json.begin_object();
  common_fields(json, exact, watched, known, now_);
  json.key("days").begin_array();
  for (const auto& [day, posts] : known.all.days) {
    json.begin_object();
    json.key("day").text(format_time(Time(std::chrono::days(day))).substr(0, 10));
    json.key("posts").integer(posts);
    json.end_object();
  }
  json.end_array().key("sources").begin_array();
  for (const auto& [source, met] : known.sources) {
    json.begin_object().key("source").text(source);
    met_fields(json, met, known.watched_since, now_);
    json.end_object();
  }
  json.end_array().key("spellings").begin_array();
  for (const auto& [spelling, met] : known.spellings) {
    json.begin_object().key("spelling").text(spelling);
    json.key("match").text(spelling == exact ? "exact" : "folded");
    met_fields(json, met, known.watched_since, now_);
    json.end_object();
  }
  json.end_array().end_object();
  return json.take();
}

}  // namespace tagscout
