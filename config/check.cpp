#include "config/check.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>

#include "config/endpoint.h"
#include "config/files.h"
#include "config/units.h"

namespace tagscout {
namespace {

// Where `section.key` stands; nowhere if the file has no such section.
Place place_in(const Value& document, std::string_view section, std::string_view key) {
  const Entry* entry = document.table()->find(section);
  return entry != nullptr ? place_of(entry->value, key) : Place{};
}

void check_daemon(const Draft& draft, Problems& problems) {
  constexpr size_t socket_path_bytes_max = 107;  // sockaddr_un holds 108, the last is 0
  const std::string socket = draft.config.daemon.runtime_dir + "/admin.sock";
  if (socket.size() > socket_path_bytes_max) {
    problems.add(place_in(draft.document, "daemon", "runtime_dir"), "daemon.runtime_dir",
                 "socket path " + socket + " has " + std::to_string(socket.size()) +
                     " bytes; at most " + std::to_string(socket_path_bytes_max) + " are possible");
  }
  const std::string& contact = draft.config.daemon.contact;
  const bool plain = std::all_of(contact.begin(), contact.end(), [](char c) {
    return c >= ' ' && c < 0x7f && c != '(' && c != ')';
  });
  if (!plain) {
    problems.add(place_in(draft.document, "daemon", "contact"), "daemon.contact",
                 "must be ASCII without parentheses, since it goes into the User-Agent");
  }
}

void check_http(Draft& draft, const ConfigRequest& request, Problems& problems) {
  std::string& ca_file = draft.config.http.ca_file;
  if (!ca_file.empty()) {
    const Place place = place_in(draft.document, "http", "ca_file");
    ca_file = resolve_path(ca_file, place, request);
    if (const auto wrong = why_unreadable(ca_file)) problems.add(place, "http.ca_file", *wrong);
  }
  const std::vector<std::string>& pairs = draft.config.http.allow_private;
  for (size_t i = 0; i < pairs.size(); ++i) {
    if (parse_host_port(pairs[i])) continue;
    problems.add(place_in(draft.document, "http", "allow_private"), "http.allow_private",
                 "item " + std::to_string(i + 1) + " must be host:port");
  }
}

void check_maturity(const Draft& draft, Problems& problems) {
  const std::vector<Duration>& ages = draft.config.maturity.reread_after;
  const Place place = place_in(draft.document, "maturity", "reread_after");
  if (ages.empty()) problems.add(place, "maturity.reread_after", "must name one age at least");
  if (std::adjacent_find(ages.begin(), ages.end(), std::greater_equal<>()) != ages.end())
    problems.add(place, "maturity.reread_after", "ages must ascend");
}

bool share_network(const Band& a, const Band& b) {
  if (a.networks.empty() || b.networks.empty()) return true;
  return std::any_of(a.networks.begin(), a.networks.end(), [&b](Network network) {
    return std::find(b.networks.begin(), b.networks.end(), network) != b.networks.end();
  });
}

bool overlap(const Band& a, const Band& b) {
  return (!b.to || a.from < *b.to) && (!a.to || b.from < *a.to);
}

void check_band(const Draft& draft, size_t index, Problems& problems) {
  const Band& band = draft.config.bands[index];
  const Value& table = *draft.bands[index];
  if (band.to && *band.to <= band.from) {
    problems.add(place_of(table, "to"), "band.to", "must lie above from");
    return;
  }
  for (size_t i = 0; i < index; ++i) {
    const Band& other = draft.config.bands[i];
    if (other.ladder != band.ladder || !share_network(band, other)) continue;
    if (!band.name.empty() && other.name == band.name) {
      problems.add(place_of(table, "name"), "band.name",
                   "ladder " + band.ladder + " has a band " + band.name + " already");
    } else if (overlap(band, other)) {
      problems.add(place_of(table, "from"), "band.from",
                   "overlaps with band " + other.name + " of ladder " + band.ladder);
    }
  }
}

// Reports the second bearer of a name.
template <class Section>
void check_unique(const std::vector<Section>& sections, const std::vector<const Value*>& tables,
                  std::string_view kind, Problems& problems) {
  std::set<std::string_view> names;
  for (size_t i = 0; i < sections.size(); ++i) {
    const std::string& name = sections[i].name;
    if (name.empty() || names.insert(name).second) continue;
    problems.add(place_of(*tables[i], "name"), std::string(kind) + ".name",
                 "there is another " + std::string(kind) + " named " + name);
  }
}

void check_niche(const NicheSection& niche, const Value& table, Problems& problems) {
  constexpr size_t tag_bytes_max = 640;
  const Place place = place_of(table, "tags");
  const bool written = table.table()->find("tags") != nullptr;
  if (written && niche.tags.empty())
    problems.add(place, "niche.tags", "must name one tag at least");
  for (size_t i = 0; i < niche.tags.size(); ++i) {
    const std::string& tag = niche.tags[i];
    const bool good = tag.find_first_of(" \t") == std::string::npos &&
                      tag.size() <= tag_bytes_max &&
                      tag.find_first_not_of('#') != std::string::npos;
    if (good) continue;
    problems.add(place, "niche.tags", "item " + std::to_string(i + 1) + " is not a hashtag");
  }
}

}  // namespace

std::string resolve_path(const std::string& path, Place place, const ConfigRequest& request) {
  const std::filesystem::path plain(path);
  if (plain.is_absolute() || place.overridden) return path;
  return (std::filesystem::path(request.file).parent_path() / plain).string();
}

void check_sections(Draft& draft, const ConfigRequest& request, Problems& problems) {
  const Config& config = draft.config;
  check_daemon(draft, problems);
  check_http(draft, request, problems);
  check_maturity(draft, problems);
  for (size_t i = 0; i < draft.bands.size(); ++i) check_band(draft, i, problems);
  check_unique(config.niches, draft.niches, "niche", problems);
  check_unique(config.sources, draft.sources, "source", problems);
  for (size_t i = 0; i < config.niches.size(); ++i)
    check_niche(config.niches[i], *draft.niches[i], problems);
  for (size_t i = 0; i < config.exports.size(); ++i) {
    if (config.exports[i].filter.empty()) continue;
    problems.add(place_of(*draft.exports[i], "filter"),
                 "export." + config.exports[i].name + ".filter",
                 "there is no filter language yet; leave it empty");
  }
}

}  // namespace tagscout
