#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include "config/check.h"
#include "config/endpoint.h"
#include "config/files.h"
#include "config/units.h"

namespace tagscout {
namespace {

constexpr Duration public_poll_min = std::chrono::seconds(60);
constexpr Duration public_gap_min = std::chrono::seconds(3);
// An appview is made to be asked by everybody's client.
constexpr Duration public_appview_gap_min = std::chrono::milliseconds(100);

// Keys that depend on the source's type.
constexpr std::string_view typed_keys[] = {"url", "jetstream", "appview", "zstd_dictionary",
                                           "token_file"};

bool contains(const std::vector<std::string_view>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The host of a mail address or web page, without port, in lower case.
std::string host_of_contact(std::string_view contact) {
  const std::optional<Endpoint> page = parse_endpoint(contact);
  if (page) return page->host;
  if (const size_t at = contact.rfind('@'); at != std::string_view::npos)
    contact.remove_prefix(at + 1);
  const std::optional<Endpoint> address = parse_host_port(std::string(contact) + ":1");
  return address ? address->host : std::string(contact);
}

bool is_placeholder(std::string_view contact) {
  if (contact.find_first_not_of(' ') == std::string_view::npos) return true;
  const std::string host = "." + host_of_contact(contact);
  constexpr std::string_view reserved[] = {".example.com", ".example.org", ".example.net",
                                           ".example", ".invalid"};
  return std::any_of(std::begin(reserved), std::end(reserved),
                     [&host](std::string_view end) { return host.ends_with(end); });
}

class SourceChecker {
 public:
  SourceChecker(Draft& draft, const ConfigRequest& request, Problems& problems)
      : draft_(draft), config_(draft.config), request_(request), problems_(problems) {
    for (const std::string& text : config_.http.allow_private) {
      if (const auto pair = parse_host_port(text)) private_.insert({pair->host, pair->port});
    }
  }

  void check_all() {
    Place first_public;
    bool any_public = false;
    for (size_t i = 0; i < config_.sources.size(); ++i) {
      const bool lies_outside = check(config_.sources[i], *draft_.sources[i]);
      if (lies_outside && !any_public) first_public = draft_.sources[i]->place;
      any_public = any_public || lies_outside;
    }
    if (any_public) check_public_manners(first_public);
  }

 private:
  // True if some host of the source lies outside allow_private.
  bool check(SourceSection& source, const Value& table) {
    const SourceSchema* schema = check_type(source, table);
    if (schema != nullptr) check_keys(source, *schema, table);
    bool outside = false;
    outside |= check_server(source.url, table, "url");
    outside |= check_server(source.appview, table, "appview");
    outside |= check_streams(source.jetstream, table);
    if (outside) check_pace(source, table);
    check_niches(source, table);
    if (source.catch_up < source.lookback)
      add(table, "catch_up", "must be at least lookback: " + format_duration(source.lookback));
    if (schema != nullptr && contains(schema->optional, "token_file")) read_token(source, table);
    if (!source.zstd_dictionary.empty()) {
      const Place place = place_of(table, "zstd_dictionary");
      source.zstd_dictionary = resolve_path(source.zstd_dictionary, place, request_);
      if (const std::optional<std::string> wrong = why_unreadable(source.zstd_dictionary))
        add(table, "zstd_dictionary", *wrong);
    }
    return outside;
  }

  const SourceSchema* check_type(const SourceSection& source, const Value& table) {
    std::vector<std::string_view> types;
    for (const SourceSchema& schema : request_.source_types) {
      if (schema.type == source.type) return &schema;
      types.push_back(schema.type);
    }
    if (source.type.empty()) return nullptr;  // reported already
    std::string what = "is not a type of source";
    const std::string hint = suggestion(source.type, types);
    if (hint.empty()) {
      what += "; there are";
      for (const std::string_view type : types) what.append(" ").append(type);
    }
    add(table, "type", what + hint);
    return nullptr;
  }

  void check_keys(const SourceSection& source, const SourceSchema& schema, const Value& table) {
    for (const std::string_view key : typed_keys) {
      const Entry* entry = table.table()->find(key);
      const bool needed = contains(schema.required, key);
      if (entry == nullptr && needed) {
        problems_.add(table.place, "source." + std::string(key),
                      "missing; a source of type " + source.type + " needs it");
      }
      if (entry == nullptr || needed || contains(schema.optional, key)) continue;
      problems_.add(entry->place, "source." + std::string(key),
                    "unknown key for a source of type " + source.type);
    }
    if (contains(schema.required, "jetstream") && table.table()->find("jetstream") != nullptr &&
        source.jetstream.empty()) {
      add(table, "jetstream", "must name one address at least");
    }
  }

  bool is_private(const Endpoint& endpoint) const {
    return private_.count({endpoint.host, endpoint.port}) > 0;
  }

  // Checks an https URL without path; true if it lies outside allow_private.
  bool check_server(std::string& url, const Value& table, std::string_view key) {
    const Entry* entry = table.table()->find(key);
    if (entry == nullptr || (url.empty() && !entry->value.is_text())) return false;
    const std::optional<Endpoint> endpoint = parse_endpoint(url);
    const bool http = endpoint && endpoint->scheme.starts_with("http");
    if (!http || (!endpoint->path.empty() && endpoint->path != "/")) {
      add(table, key, "must be https:// and a host, without a path");
      return false;
    }
    url = endpoint->base();
    return check_plain(*endpoint, place_of(table, key), key);
  }

  // Checks wss URLs; true if one lies outside allow_private.
  bool check_streams(const std::vector<std::string>& urls, const Value& table) {
    bool outside = false;
    for (size_t i = 0; i < urls.size(); ++i) {
      const std::optional<Endpoint> endpoint = parse_endpoint(urls[i]);
      if (!endpoint || !endpoint->scheme.starts_with("ws")) {
        add(table, "jetstream", "item " + std::to_string(i + 1) + " must be a wss:// address");
        continue;
      }
      const Entry* entry = table.table()->find("jetstream");
      const Value::List* items = entry->value.list();
      outside |= check_plain(*endpoint, items != nullptr ? (*items)[i].place : entry->value.place,
                             "jetstream");
    }
    return outside;
  }

  bool check_plain(const Endpoint& endpoint, Place place, std::string_view key) {
    const bool outside = !is_private(endpoint);
    if (outside && !endpoint.secure()) {
      problems_.add(place, "source." + std::string(key),
                    endpoint.scheme + ":// is accepted only for hosts in http.allow_private; use " +
                        endpoint.scheme + "s://");
    }
    return outside;
  }

  void check_pace(const SourceSection& source, const Value& table) {
    if (source.poll < public_poll_min) {
      add(table, "poll",
          "must be at least " + format_duration(public_poll_min) +
              " unless all hosts of the source are in http.allow_private");
    }
    const Duration gap_min = source.appview.empty() ? public_gap_min : public_appview_gap_min;
    if (source.gap_set && source.gap < gap_min) {
      add(table, "gap",
          "must be at least " + format_duration(gap_min) +
              " unless all hosts of the source are in http.allow_private");
    }
  }

  void check_niches(const SourceSection& source, const Value& table) {
    std::vector<std::string_view> names;
    for (const NicheSection& niche : config_.niches) names.push_back(niche.name);
    for (const std::string& niche : source.niches) {
      if (!contains(names, niche))
        add(table, "niches", "there is no niche " + niche + suggestion(niche, names));
    }
  }

  void read_token(SourceSection& source, const Value& table) {
    const bool named = !source.token_file.empty();
    if (named) {
      source.token_file = resolve_path(source.token_file, place_of(table, "token_file"), request_);
    }
    // A credential was handed over by the service manager for this daemon alone.
    std::string path = source.token_file;
    if (!named && !request_.credentials_dir.empty() && !source.name.empty())
      path = request_.credentials_dir + "/" + source.name;
    if (path.empty() || (!named && !std::filesystem::exists(path))) return;
    try {
      source.token = read_secret(path, named);
    } catch (const std::runtime_error& error) {
      add(table, "token_file", error.what());
    }
  }

  // What strangers' servers may expect, whatever the source says.
  void check_public_manners(Place first_public) {
    const Entry* http = draft_.document.table()->find("http");
    if (config_.http.gap < public_gap_min) {
      problems_.add(http != nullptr ? place_of(http->value, "gap") : Place{}, "http.gap",
                    "must be at least " + format_duration(public_gap_min) +
                        " unless all sources are in http.allow_private");
    }
    if (!is_placeholder(config_.daemon.contact)) return;
    const Entry* daemon = draft_.document.table()->find("daemon");
    const Entry* contact = daemon != nullptr ? daemon->value.table()->find("contact") : nullptr;
    problems_.add(
        contact != nullptr ? contact->value.place : first_public, "daemon.contact",
        "is a placeholder; servers must know whom to ask about this crawler: set your mail "
        "address or web page, as contact = \"…\" in [daemon] or with --set "
        "daemon.contact=ADDRESS");
  }

  void add(const Value& table, std::string_view key, std::string_view what) {
    problems_.add(place_of(table, key), "source." + std::string(key), what);
  }

  Draft& draft_;
  Config& config_;
  const ConfigRequest& request_;
  Problems& problems_;
  std::set<std::pair<std::string, uint16_t>> private_;
};

}  // namespace

void check_sources(Draft& draft, const ConfigRequest& request, Problems& problems) {
  SourceChecker(draft, request, problems).check_all();
}

}  // namespace tagscout
