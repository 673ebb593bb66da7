#include "config/options.h"

#include <type_traits>

namespace tagscout {
namespace {

constexpr Option<DaemonSection> daemon_options[] = {
    {"state_dir", &DaemonSection::state_dir, "/var/lib/tagscout", any_text, "folder of the store"},
    {"runtime_dir", &DaemonSection::runtime_dir, "/run/tagscout", any_text,
     "folder of admin.sock (everything) and ro.sock (reading only)"},
    {"contact", &DaemonSection::contact, "", "",
     "how operators of servers reach you: a mail address or a web page; goes into the User-Agent"},
    {"log_level", &DaemonSection::log_level, "info", "debug|info|warn|error",
     "least weighty kind of line that is logged"},
    {"degraded_after", &DaemonSection::degraded_after, "5m", "1s..",
     "a source without success for this long (and for three of its intervals) degrades the daemon"},
    {"admin_group", &DaemonSection::admin_group, "", "",
     "group that may use admin.sock; empty = the daemon's own"},
    {"read_group", &DaemonSection::read_group, "", "",
     "group that may use ro.sock; empty = the daemon's own"},
};

constexpr Option<HttpSection> http_options[] = {
    {"allow_private", &HttpSection::allow_private, "[]", any_text,
     "host:port pairs on loopback or private addresses that may be reached, also without TLS"},
    {"gap", &HttpSection::gap, "3s", "0s..1h",
     "least time between two requests to one host; below 3s only where all sources are private"},
    {"ca_file", &HttpSection::ca_file, "", "",
     "file of certificates that are trusted beside the system's"},
    {"respect_robots", &HttpSection::respect_robots, "true", "",
     "whether robots.txt is asked first and obeyed"},
    {"refused_retry", &HttpSection::refused_retry, "24h", "1s..",
     "a source that was refused is asked again after this time"},
};

constexpr Option<Band> band_options[] = {
    {"name", &Band::name, required, any_name, "name of the band"},
    {"from", &Band::from, required, "0..", "lower edge in followers, inclusive"},
    {"to", &Band::to, "", "1..", "upper edge, exclusive; absent = none"},
    {"watch", &Band::watch, "false", "", "whether entries raise flags"},
    {"ladder", &Band::ladder, "default", any_name,
     "ladder that the band belongs to; ladders run side by side"},
    {"networks", &Band::networks, "[]", "", "networks that it holds for; empty = all"},
    {"hysteresis", &Band::hysteresis, "0.05", "0..<1",
     "an account is out again only below (1 - hysteresis) of the lower edge"},
};

constexpr Option<NicheSection> niche_options[] = {
    {"name", &NicheSection::name, required, any_name, "name of the niche"},
    {"tags", &NicheSection::tags, required, any_text, "hashtags that make up the niche"},
};

constexpr Option<SourceSection> source_options[] = {
    {"name", &SourceSection::name, required, any_name, "names the source in status and metrics"},
    {"type", &SourceSection::type, required, any_text, "kind of source"},
    {"url", &SourceSection::url, "", "", "scheme and name of the server"},
    {"jetstream", &SourceSection::jetstream, "[]", any_text,
     "addresses of the stream; the next is tried when one fails"},
    {"appview", &SourceSection::appview, "", "", "server that is asked for profiles and counts"},
    {"zstd_dictionary", &SourceSection::zstd_dictionary, "", "",
     "dictionary file; with it the stream is asked for compressed"},
    {"silence", &SourceSection::silence, "60s", "0s..1d",
     "a stream that sends no event for so long is left for the next; 0 = never"},
    {"token_file", &SourceSection::token_file, "", "",
     "file that holds the access token; also $CREDENTIALS_DIRECTORY/NAME"},
    {"niches", &SourceSection::niches, "[]", any_text, "niches it is read for; empty = all"},
    {"poll", &SourceSection::poll, "2m", "10ms..1d",
     "floor of the adaptive poll interval; below 60s only for a private source"},
    {"gap", &SourceSection::gap, "", "0s..1h",
     "least time between two requests to this source's host; absent = as [http] says"},
    {"lookback", &SourceSection::lookback, "24h", "0s..", "how far back a new tag is read"},
    {"sweep", &SourceSection::sweep, "6h", "1s..",
     "how often the overlap behind the cursor is walked again"},
    {"catch_up", &SourceSection::catch_up, "72h", "1s..",
     "further behind than this: jump to now - lookback and record the gap"},
};

constexpr Option<MaturitySection> maturity_options[] = {
    {"reread_after", &MaturitySection::reread_after, "[1h, 24h, 72h]", "10ms..365d",
     "ages at which a post's counters are read again"},
    {"mature_after", &MaturitySection::mature_after, "24h", "0s..365d",
     "age from which a post counts for rates"},
    {"window", &MaturitySection::window, "30d", "1s..365d", "posts of this time make up a rate"},
    {"confirm_missing", &MaturitySection::confirm_missing, "1h", "0s..7d",
     "a post or account must be missing twice, this far apart, to be gone"},
};

constexpr Option<OriginSection> origin_options[] = {
    {"read", &OriginSection::read, "true", "", "whether accounts are read at their own server"},
    {"allow_hosts", &OriginSection::allow_hosts, "[]", any_text,
     "servers that may be asked; empty = all public ones"},
    {"deny_hosts", &OriginSection::deny_hosts, "[]", any_text, "servers that are never asked"},
    {"bridges", &OriginSection::bridges, "[brid.gy, bsky.brid.gy, mostr.pub]", any_text,
     "servers that mirror other networks; their accounts raise no flags"},
    {"near_edge", &OriginSection::near_edge, "6h", "10ms..",
     "how often an account within 10 % of an edge is read again"},
    {"in_band", &OriginSection::in_band, "24h", "10ms..",
     "how often an account in a watched band is read again"},
    {"other", &OriginSection::other, "7d", "10ms..", "how often every other account is read again"},
    {"min_interval", &OriginSection::min_interval, "10m", "0s..",
     "an account is never asked for more often, except on the hint of a crossing"},
    {"confirm_after", &OriginSection::confirm_after, "10m", "0s..",
     "a suspicious reading waits for a second one at least this much later"},
    {"suspicious_below", &OriginSection::suspicious_below, "0.5", "0..<1",
     "a reading below this share of the last one is suspicious"},
    {"suspicious_above", &OriginSection::suspicious_above, "5", "1..1000000",
     "a reading above this many times the last one is suspicious"},
    {"suspicious_from", &OriginSection::suspicious_from, "1000", "0..",
     "followers from which a reading can be suspicious"},
    {"extra_per_hour", &OriginSection::extra_per_hour, "4", "0..3600",
     "readings an hour beyond min_interval that hints and confirmations may cause, an account"},
    {"give_up_after", &OriginSection::give_up_after, "24h", "0s..",
     "an account shows origin_error after 3 failures over this time"},
};

constexpr Option<RetentionSection> retention_options[] = {
    {"stubs", &RetentionSection::stubs, "400d", "1s..",
     "how long it is remembered that a post was counted"},
    {"readings", &RetentionSection::readings, "400d", "1s..", "how long readings are kept"},
    {"flags", &RetentionSection::flags, "0", "0s..", "how long flags are kept; 0 = for ever"},
};

constexpr Option<StoreSection> store_options[] = {
    {"cache", SizeMember<StoreSection>{&StoreSection::cache_bytes}, "96MiB", "1MiB..1TiB",
     "block cache; write buffers take 64MiB more"},
    {"disk_reserve", SizeMember<StoreSection>{&StoreSection::disk_reserve_bytes}, "256MiB",
     "0..1TiB", "free space below which the daemon is degraded"},
};

constexpr Option<ExportSection> export_options[] = {
    {"what", &ExportSection::what, required, "flags|accounts|posts", "what is exported"},
    {"format", &ExportSection::format, required, "csv|ndjson|ndjson.zst", "format of the files"},
    {"directory", &ExportSection::directory, required, any_text, "folder of the files"},
    {"filter", &ExportSection::filter, "", "", "which rows; empty = all"},
};

struct DefaultBand {
  std::string_view name;
  int64_t from;
  int64_t to;  // 0 = no upper edge
  bool watch;
};

constexpr DefaultBand default_bands[] = {
    {"nano", 1'000, 10'000, false},   {"micro", 10'000, 100'000, true},
    {"mid", 100'000, 500'000, false}, {"macro", 500'000, 1'000'000, false},
    {"mega", 1'000'000, 0, false},
};

// The names of the types, in the order of Member's alternatives.
constexpr std::string_view type_names[] = {"text",
                                           "true or false",
                                           "number",
                                           "size",
                                           "fraction",
                                           "duration",
                                           "number",
                                           "list of texts",
                                           "list of durations",
                                           "list of networks"};
static_assert(std::size(type_names) == std::variant_size_v<Member<DaemonSection>>);

template <class Section>
void append_options(std::string_view section, std::vector<OptionInfo>& infos) {
  for (const Option<Section>& option : options_of<Section>()) {
    infos.push_back({section, option.key, type_names[option.member.index()], option.fallback,
                     option.allowed, option.help});
  }
}

}  // namespace

template <>
std::span<const Option<DaemonSection>> options_of() {
  return daemon_options;
}
template <>
std::span<const Option<HttpSection>> options_of() {
  return http_options;
}
template <>
std::span<const Option<Band>> options_of() {
  return band_options;
}
template <>
std::span<const Option<NicheSection>> options_of() {
  return niche_options;
}
template <>
std::span<const Option<SourceSection>> options_of() {
  return source_options;
}
template <>
std::span<const Option<MaturitySection>> options_of() {
  return maturity_options;
}
template <>
std::span<const Option<OriginSection>> options_of() {
  return origin_options;
}
template <>
std::span<const Option<RetentionSection>> options_of() {
  return retention_options;
}
template <>
std::span<const Option<StoreSection>> options_of() {
  return store_options;
}
template <>
std::span<const Option<ExportSection>> options_of() {
  return export_options;
}

std::vector<Band> default_ladder() {
  std::vector<Band> ladder;
  for (const DefaultBand& row : default_bands) {
    Band band;
    band.name = row.name;
    band.from = row.from;
    band.watch = row.watch;
    if (row.to > 0) band.to = row.to;
    ladder.push_back(std::move(band));
  }
  return ladder;
}

std::vector<std::string_view> section_names() {
  std::vector<std::string_view> names;
  const Config config;
  const auto take = [&names](std::string_view name, const auto&) { names.push_back(name); };
  for_each_single(config, take);
  for_each_list(config, take);
  names.push_back("export");
  return names;
}

std::vector<OptionInfo> all_options() {
  std::vector<OptionInfo> infos;
  const Config config;
  for_each_single(config, [&infos](std::string_view name, const auto& section) {
    append_options<std::decay_t<decltype(section)>>(name, infos);
  });
  for_each_list(config, [&infos](std::string_view name, const auto& sections) {
    append_options<typename std::decay_t<decltype(sections)>::value_type>(name, infos);
  });
  append_options<ExportSection>("export", infos);
  return infos;
}

}  // namespace tagscout
