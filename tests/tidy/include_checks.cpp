#include <algorithm>
#include <iterator>
#include <optional>

#include "tests/tidy/checks.h"

namespace tagscout::tidy {
namespace {

// What a room may include, as patterns. A file belongs to the first room that its path matches.
struct Room {
  std::string_view pattern;
  std::vector<std::string_view> may_include;
};

std::vector<Room> rooms() {
  return {
      {"storage/model/", {"storage/model/"}},
      {"storage/", {"storage/"}},
      {"config/", {"storage/model/", "config/"}},
      // The one file that knows all networks.
      {"crawlers/registry.cpp", {"storage/model/", "config/source_section.h", "crawlers/"}},
      {"crawlers/sources/", {"storage/model/", "config/source_section.h", "crawlers/"}},
      {"crawlers/", {"storage/model/", "config/source_section.h", "crawlers/*"}},
      {"daemon/judge/", {"storage/model/", "daemon/judge/"}},
      // The client speaks JSON over a socket and knows no store. It checks configurations, for
      // which it must know the types of sources.
      {"daemon/command/",
       {"storage/model/", "config/", "crawlers/source.h", "crawlers/url.h", "daemon/command/",
        "daemon/admin/*.h", "daemon/export/", "daemon/json_*.h", "daemon/utf8.h"}},
      {"daemon/", {"storage/", "config/", "crawlers/*", "daemon/"}},
      {"tests/", {"storage/", "config/", "crawlers/", "daemon/", "tests/"}},
  };
}

bool any_matches(std::string_view path, const std::vector<std::string_view>& patterns) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [path](std::string_view pattern) { return matches(path, pattern); });
}

struct Fence {
  std::string_view header;  // as between the brackets, or the folder
  std::vector<std::string_view> may_name;
};

std::vector<Fence> fences() {
  return {
      {"boost/asio.hpp", {}},
      {"boost/beast.hpp", {}},
      {"rocksdb/", {"storage/database*.cpp", "tests/storage/"}},
      {"boost/beast/",
       {"crawlers/http.cpp", "crawlers/web_socket.cpp", "crawlers/boost.cpp",
        "daemon/admin/server.cpp", "daemon/command/client.cpp", "tests/support/*.cpp",
        "tests/support/testnet/server.cpp"}},
      {"simdjson.h", {"crawlers/", "daemon/json_reader.cpp", "tests/"}},
      {"rapidjson/", {"daemon/json_writer.cpp", "tests/"}},
      {"toml++/", {"config/*.cpp"}},
      {"CLI/", {"daemon/main.cpp", "daemon/command/*.cpp", "tests/support/", "tests/end_to_end/"}},
      {"prometheus/", {"daemon/service/metrics.cpp"}},
      {"systemd/", {"daemon/service/notify.cpp"}},
      {"openssl/", {"crawlers/*.cpp", "tests/"}},
      {"libdeflate.h", {"crawlers/*.cpp", "tests/"}},
      {"zstd.h", {"crawlers/", "tests/"}},
      {"sodium", {"storage/*.cpp"}},
      {"unicode/", {"crawlers/*.cpp", "tests/crawlers/"}},
      {"spdlog/", {"daemon/", "tests/daemon/"}},
      {"gtest/", {"tests/"}},
      {"gmock/", {"tests/"}},
  };
}

// The room of the file; nothing outside of the table.
std::optional<Room> room_of(std::string_view path) {
  for (Room& room : rooms()) {
    if (matches(path, room.pattern)) return std::move(room);
  }
  return {};
}

}  // namespace

bool matches(std::string_view path, std::string_view pattern) {
  if (pattern.ends_with('/')) return path.starts_with(pattern);
  const size_t star = pattern.find('*');
  if (star == std::string_view::npos) return path == pattern;
  const std::string_view head = pattern.substr(0, star);
  const std::string_view tail = pattern.substr(star + 1);
  if (path.size() < head.size() + tail.size()) return false;
  if (!path.starts_with(head) || !path.ends_with(tail)) return false;
  // A star stays within one folder.
  const size_t middle = path.size() - head.size() - tail.size();
  return path.substr(head.size(), middle).find('/') == std::string_view::npos;
}

Findings check_include_table(const SourceFile& file,
                             const std::function<bool(const std::string&)>& exists) {
  Findings findings;
  const std::optional<Room> room = room_of(file.path);
  if (!room) return findings;
  for (const Include& include : file.includes) {
    if (!include.quoted) continue;
    if (!exists(include.path)) {
      findings.push_back({file.path, include.line,
                          "\"" + include.path + "\" is no file, seen from the project's root"});
    } else if (!any_matches(include.path, room->may_include)) {
      findings.push_back({file.path, include.line,
                          std::string(room->pattern) + " may not include " + include.path});
    }
  }
  return findings;
}

Findings check_fences(const SourceFile& file) {
  Findings findings;
  for (const Include& include : file.includes) {
    for (const Fence& fence : fences()) {
      if (include.quoted || !include.path.starts_with(fence.header)) continue;
      if (!any_matches(file.path, fence.may_name))
        findings.push_back({file.path, include.line, "<" + include.path + "> is fenced off here"});
      break;
    }
  }
  return findings;
}

}  // namespace tagscout::tidy
