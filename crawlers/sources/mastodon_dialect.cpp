#include "crawlers/sources/mastodon_dialect.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "crawlers/json_document.h"

namespace tagscout {
namespace {

constexpr size_t name_bytes_max = 64;
constexpr int version_part_max = 99;

// glitch-soc calls itself mastodon; Hometown carries Mastodon's version in front of its own. Of one
// software the rows stand in order of version.
constexpr std::array dialects{
    MastodonDialect{.software = "mastodon", .status_folder = "/statuses/", .classic_actors = true},
    MastodonDialect{.software = "mastodon",
                    .since = 304,
                    .status_folder = "/statuses/",
                    .knows_lookup = true,
                    .classic_actors = true,
                    .tags_max = 4},
    MastodonDialect{.software = "mastodon",
                    .since = 402,
                    .status_folder = "/statuses/",
                    .knows_lookup = true,
                    .tags_max = 4},
    MastodonDialect{.software = "mastodon",
                    .since = 403,
                    .batch_parameter = "id[]",
                    .statuses_max = 20,
                    .accounts_max = 40,
                    .status_folder = "/statuses/",
                    .knows_lookup = true,
                    .tags_max = 4},
    MastodonDialect{.software = "hometown",
                    .status_folder = "/statuses/",
                    .classic_actors = true,
                    .tags_max = 4},
    MastodonDialect{.software = "hometown",
                    .since = 304,
                    .status_folder = "/statuses/",
                    .knows_lookup = true,
                    .classic_actors = true,
                    .tags_max = 4},
    MastodonDialect{.software = "hometown",
                    .since = 402,
                    .status_folder = "/statuses/",
                    .knows_lookup = true,
                    .tags_max = 4},
    MastodonDialect{.software = "pleroma",
                    .batch_parameter = "ids[]",
                    .statuses_max = 100,
                    .status_folder = "/notice/",
                    .told_by_page = true,
                    .tags_max = 4},
    MastodonDialect{.software = "akkoma",
                    .batch_parameter = "ids[]",
                    .statuses_max = 100,
                    .status_folder = "/notice/",
                    .told_by_page = true,
                    .tags_max = 4},
    MastodonDialect{.software = "gotosocial",
                    .status_folder = "/statuses/",
                    .knows_lookup = true,
                    .zero_may_hide = false,
                    .needs_token = true},
    MastodonDialect{.software = "pixelfed",
                    .status_folder = "/p/",
                    .status_depth = 2,
                    .knows_lookup = true,
                    .needs_token = true,
                    .timeline_parameters = "&only_media=false"},
    MastodonDialect{.software = "friendica"},
    MastodonDialect{.software = "bookwyrm", .speaks = false},
    MastodonDialect{.software = "lemmy", .speaks = false},
    MastodonDialect{.software = "misskey", .speaks = false},
    MastodonDialect{.software = "owncast", .speaks = false},
    MastodonDialect{.software = "peertube", .speaks = false},
    MastodonDialect{.software = "wordpress", .speaks = false},
    MastodonDialect{.software = "writefreely", .speaks = false},
};

constexpr MastodonDialect careful{};

std::string lower(std::string_view text) {
  std::string out(text.substr(0, name_bytes_max));
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return out;
}

// Reads a number up to 99 from the front of the text, and takes it off.
int take_number(std::string_view& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return error == std::errc() ? std::clamp(number, 0, version_part_max) : 0;
}

}  // namespace

std::optional<std::string> status_id_of(std::string_view uri, std::string_view page,
                                        const MastodonDialect& dialect) {
  const std::string_view address = dialect.told_by_page ? page : uri;
  const size_t at = address.rfind(dialect.status_folder);
  if (dialect.status_folder.empty() || at == std::string_view::npos) return std::nullopt;
  std::string_view rest = address.substr(at + dialect.status_folder.size());
  for (size_t depth = 1; depth < dialect.status_depth; ++depth) {
    const size_t slash = rest.find('/');
    if (slash == 0 || slash == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(slash + 1);
  }
  if (rest.empty() || rest.find_first_of("/?#") != std::string_view::npos) return std::nullopt;
  return std::string(rest);
}

int version_number(std::string_view version) {
  if (version.starts_with('v')) version.remove_prefix(1);
  const int major = take_number(version);
  if (!version.starts_with('.')) return major * 100;
  version.remove_prefix(1);
  return major * 100 + take_number(version);
}

const MastodonDialect& dialect_of(const ServerSoftware& software) {
  const int version = version_number(software.version);
  const MastodonDialect* found = &careful;
  for (const MastodonDialect& row : dialects) {
    if (row.software == software.name && row.since <= version) found = &row;
  }
  return *found;
}

ServerSoftware software_of_version(std::string_view version) {
  constexpr std::string_view mark = "(compatible; ";
  const size_t at = version.find(mark);
  if (at == std::string_view::npos) {
    // Whoever only imitates Mastodon's version number says so in this form.
    return version_number(version) > 0 ? ServerSoftware{"mastodon", std::string(version)}
                                       : ServerSoftware{};
  }
  std::string_view inner = version.substr(at + mark.size());
  inner = inner.substr(0, inner.find(')'));
  const size_t blank = std::min(inner.find(' '), inner.size());
  return {lower(inner.substr(0, blank)),
          std::string(inner.substr(std::min(blank + 1, inner.size())))};
}

Result<ServerSoftware> parse_instance_software(std::string_view body) {
  return read_json(body, [](const JsonValue& root) {
    if (!root.is_object()) root.note("is no instance");
    return software_of_version(root.field("version").optional_text().value_or(""));
  });
}

}  // namespace tagscout
