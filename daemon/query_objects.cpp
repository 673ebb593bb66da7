#include "daemon/query_objects.h"

#include <algorithm>
#include <array>

#include "storage/name_store.h"
#include "storage/post_store.h"

namespace tagscout {
namespace {

constexpr size_t readings_shown = 30;
constexpr size_t posts_shown = 20;

void time(JsonWriter& json, std::string_view key, std::optional<Time> value) {
  json.key(key);
  if (value && *value != Time{}) {
    json.text(format_time(*value));
  } else {
    json.null();
  }
}

std::string_view network_text(std::string_view id) {
  const auto network = network_of_id(id);
  return network ? network_name(*network) : std::string_view();
}

void counts(JsonWriter& json, const CountsReading& reading) {
  json.key("followers").integer(reading.counts.followers);
  json.key("following").integer(reading.counts.following);
  json.key("posts").integer(reading.counts.posts);
  time(json, "as_of", reading.at);
  json.key("provenance").text(provenance_name(reading.provenance));
}

const CountsReading& best_reading(const AccountFacts& facts) {
  return facts.origin.provenance == Provenance::unknown ? facts.foreign : facts.origin;
}

// One counter of posts and of their sum.
struct Counter {
  std::string_view name;
  std::optional<int64_t> Engagement::*value;
  int64_t EngagementSums::*sum;
};

constexpr std::array<Counter, 5> counters = {{
    {"likes", &Engagement::likes, &EngagementSums::likes},
    {"reposts", &Engagement::reposts, &EngagementSums::reposts},
    {"replies", &Engagement::replies, &EngagementSums::replies},
    {"quotes", &Engagement::quotes, &EngagementSums::quotes},
    {"views", &Engagement::views, &EngagementSums::views},
}};

// What an account's posts tell beside their sums.
struct PostSurvey {
  EngagementMeter meter;
  bool any = false;
  std::array<bool, counters.size()> reported{};

  void add(const PostRecord& record) {
    any = true;
    meter.add(record);
    for (size_t i = 0; i < counters.size(); ++i) {
      if (record.counts.*counters[i].value) reported[i] = true;
    }
  }
};

}  // namespace

const Band* find_band(const std::vector<Band>& bands, std::string_view ladder, int64_t from,
                      std::string_view account_id) {
  const auto network = network_of_id(account_id);
  for (const Band& band : bands) {
    const bool applies =
        band.networks.empty() || (network && std::find(band.networks.begin(), band.networks.end(),
                                                       *network) != band.networks.end());
    if (applies && band.ladder == ladder && band.from == from) return &band;
  }
  return nullptr;
}

bool is_listed(const AccountFacts& facts) {
  return facts.verified && !facts.opt_outs.has(OptOut::not_discoverable);
}

void QueryObjects::account(JsonWriter& json, const AccountKey& key,
                           const AccountFacts& facts) const {
  json.begin_object();
  account_fields(json, key, facts);
  json.end_object();
}

void QueryObjects::account_in_full(JsonWriter& json, const AccountKey& key,
                                   const AccountFacts& facts) const {
  json.begin_object();
  account_fields(json, key, facts);
  json.key("readings").begin_array();
  for (const CountsReading& reading : accounts::readings(reader_, key, readings_shown)) {
    json.begin_object();
    counts(json, reading);
    json.key("source").text_or_null(reading.source);
    json.end_object();
  }
  json.end_array();
  recent_posts(json, key, facts);
  json.end_object();
}

void QueryObjects::account_fields(JsonWriter& json, const AccountKey& key,
                                  const AccountFacts& facts) const {
  json.key("id").text(facts.id.text());
  json.key("network").text_or_null(network_text(facts.id.text()));
  json.key("handle").text_or_null(facts.handle);
  json.key("display_name").text_or_null(facts.display_name);
  json.key("url").text_or_null(facts.url);
  counts(json, best_reading(facts));
  time(json, "first_seen_at", facts.first_seen_at);
  time(json, "last_seen_at", facts.last_seen_at);
  bands(json, facts);
  sums(json, key, facts);
  json.key("bot").boolean(facts.bot);
  json.key("state").text(facts.verified ? "verified" : "unverified");
  json.key("origin_error").text_or_null(facts.origin_error);
  json.key("moved_to").text_or_null(facts.moved_to);
  json.key("opt_out").begin_array();
  for (const std::string_view wish : opt_out_names(facts.opt_outs)) json.text(wish);
  json.end_array();
  json.key("bridged").boolean(facts.bridged);
  json.key("key").text(to_hex(key));
}

void QueryObjects::bands(JsonWriter& json, const AccountFacts& facts) const {
  // Every configured ladder has its entry: null where the account is in no named band of it.
  std::map<std::string_view, const Band*> found;
  for (const Band& band : options_.bands) found.emplace(band.ladder, nullptr);
  for (const BandState& state : facts.bands) {
    const auto entry = found.find(name(NameKind::ladder, state.ladder));
    if (entry == found.end()) continue;
    entry->second = find_band(options_.bands, entry->first, state.from, facts.id.text());
  }
  json.key("bands").begin_object();
  for (const auto& [ladder, band] : found) {
    json.key(ladder);
    if (band) {
      json.text(band->name);
    } else {
      json.null();
    }
  }
  json.end_object();
}

void QueryObjects::sums(JsonWriter& json, const AccountKey& key, const AccountFacts& facts) const {
  const AccountSums sums = accounts::sums(reader_, key);
  PostSurvey survey{.meter = EngagementMeter(options_.maturity, now_)};
  posts::for_each_of(reader_, key, 0, [&](const PostKey&, const PostRecord& record) {
    survey.add(record);
    return true;
  });
  counted(json.key("niches"), NameKind::niche, sums.niches);
  counted(json.key("tags"), NameKind::tag, sums.tags);
  json.key("posts_seen").integer(sums.posts_seen);
  json.key("engagement").begin_object();
  for (size_t i = 0; i < counters.size(); ++i) {
    const int64_t sum = sums.engagement.*counters[i].sum;
    // A counter that no post reports is unknown, not 0.
    const bool unknown = sum == 0 && survey.any && !survey.reported[i];
    json.key(counters[i].name).integer(unknown ? std::nullopt : std::optional(sum));
  }
  json.end_object();
  const EngagementRate rate = survey.meter.rate(facts.origin.counts.followers);
  json.key("engagement_rate").real(rate.rate);
  json.key("engagement_sample").integer(rate.sample);
}

void QueryObjects::counted(JsonWriter& json, NameKind kind,
                           const std::map<NameId, int64_t>& counts) const {
  std::map<std::string_view, int64_t> named;
  for (const auto& [id, count] : counts) named.emplace(name(kind, id), count);
  json.begin_object();
  for (const auto& [text, count] : named) json.key(text).integer(count);
  json.end_object();
}

void QueryObjects::recent_posts(JsonWriter& json, const AccountKey& key,
                                const AccountFacts& facts) const {
  std::vector<PostRecord> newest;
  const auto is_newer = [](const PostRecord& left, const PostRecord& right) {
    return left.born_at() > right.born_at();
  };
  posts::for_each_of(reader_, key, 0, [&](const PostKey&, const PostRecord& record) {
    newest.insert(std::upper_bound(newest.begin(), newest.end(), record, is_newer), record);
    if (newest.size() > posts_shown) newest.pop_back();
    return true;
  });
  json.key("recent_posts").begin_array();
  for (const PostRecord& record : newest) post(json, facts.id, record);
  json.end_array();
}

void QueryObjects::post(JsonWriter& json, const AccountId& author, const PostRecord& record) const {
  json.begin_object();
  json.key("id").text(record.id.text());
  json.key("network").text_or_null(network_text(record.id.text()));
  json.key("account").text(author.text());
  json.key("url").text_or_null(record.url);
  time(json, "created_at", record.created_at);
  time(json, "first_seen_at", record.first_seen_at);
  json.key("tags").begin_array();
  for (const NameId tag : record.tags) json.text(name(NameKind::tag, tag));
  json.end_array();
  json.key("language").text_or_null(record.language);
  for (const Counter& counter : counters) {
    json.key(counter.name).integer(record.counts.*counter.value);
  }
  time(json, "counts_as_of", record.counts_at);
  json.key("provenance").text(provenance_name(record.provenance));
  json.end_object();
}

void QueryObjects::flag(JsonWriter& json, const Flag& flag) {
  json.begin_object();
  json.key("id").integer(static_cast<int64_t>(flag.id));
  time(json, "at", flag.at);
  json.key("kind").text(flag_kind_name(flag.kind));
  json.key("ladder").text(flag.ladder);
  json.key("band").text_or_null(flag.band);
  json.key("account").text(flag.account.text());
  json.key("network").text_or_null(network_text(flag.account.text()));
  json.key("handle").text_or_null(flag.handle);
  json.key("url").text_or_null(flag.url);
  json.key("followers").integer(flag.followers);
  json.key("followers_before").integer(flag.followers_before);
  time(json, "as_of", flag.as_of);
  json.key("provenance").text(provenance_name(flag.provenance));
  json.key("source").text(flag.source);
  json.key("niches").begin_array();
  for (const std::string& niche : flag.niches) json.text(niche);
  json.end_array();
  json.key("engagement_rate").real(flag.engagement_rate);
  json.key("engagement_sample").integer(flag.engagement_sample);
  json.end_object();
}

const std::string& QueryObjects::name(NameKind kind, NameId id) const {
  const auto known = names_.find({kind, id});
  if (known != names_.end()) return known->second;
  return names_.emplace(std::pair(kind, id), names::text(reader_, kind, id)).first->second;
}

}  // namespace tagscout
