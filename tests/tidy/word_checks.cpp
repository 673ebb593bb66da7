#include <algorithm>

#include "tests/tidy/checks.h"

namespace tagscout::tidy {
namespace {

// A word of the code, why it is banned, and where it is not.
struct BannedWord {
  std::string_view word;
  std::string_view why;
  std::vector<std::string_view> but_in;
};

std::vector<BannedWord> ownership_words() {
  // RocksDB's and spdlog's interfaces ask for shared ownership.
  const std::vector<std::string_view> sharing = {"storage/database*",      "daemon/service/log.h",
                                                 "daemon/service/log.cpp", "daemon/app.h",
                                                 "daemon/app.cpp",         "tests/daemon/"};
  return {
      {"shared_ptr", "own by value or unique_ptr", sharing},
      {"make_shared", "own by value or unique_ptr", sharing},
      {"enable_shared_from_this", "own by value or unique_ptr", {}},
      {"new", "own by value or make_unique", {"storage/database*"}},
      {"goto", "return early", {}},
      {"#define", "use a constexpr or a function", {}},
      {"spdlog::info", "log to the logger that was passed in", {}},
      {"spdlog::warn", "log to the logger that was passed in", {}},
      {"spdlog::error", "log to the logger that was passed in", {}},
      {"spdlog::debug", "log to the logger that was passed in", {}},
      {"spdlog::get", "pass the logger in", {}},
      {"spdlog::default_logger", "pass the logger in", {}},
      {"spdlog::set_default_logger", "pass the logger in", {}},
  };
}

// What only Clock, Chance and the entropy source may do.
std::vector<BannedWord> time_words() {
  const std::vector<std::string_view> clock = {"daemon/service/", "tests/"};
  // The client waits and dates like any command; it has no part in a simulation.
  const std::vector<std::string_view> programs = {"daemon/service/", "daemon/command/", "tests/"};
  // Deadlines within Http and WebSocket, whose fakes need none, and of the admin's local clients.
  const std::vector<std::string_view> timers = {"crawlers/deadline.h",
                                                "crawlers/wait_list.cpp",
                                                "crawlers/web_socket.cpp",
                                                "daemon/admin/server.cpp",
                                                "daemon/service/",
                                                "daemon/command/",
                                                "tests/"};
  return {
      // Waits for programs of its own, in real time.
      {"this_thread::sleep_for", "wait on Clock", {"tests/end_to_end/"}},
      {"this_thread::sleep_until", "wait on Clock", {"tests/end_to_end/"}},
      {"usleep", "wait on Clock", {}},
      {"nanosleep", "wait on Clock", {}},
      {"::sleep", "wait on Clock", {}},
      {"steady_timer", "wait on Clock", timers},
      {"clock_type::now", "ask Clock", timers},
      {"system_timer", "wait on Clock", {}},
      {"deadline_timer", "wait on Clock", {}},
      {"system_clock::now", "ask Clock", programs},
      {"steady_clock::now", "ask Clock", programs},
      {"high_resolution_clock", "ask Clock", {}},
      {"clock_gettime", "ask Clock", {}},
      {"gettimeofday", "ask Clock", {}},
      {"std::time", "ask Clock", {}},
      {"random_device", "draw from Chance, or from the entropy source for secrets", clock},
      {"getrandom", "draw from Chance, or from the entropy source for secrets", clock},
      {"mt19937", "draw from Chance", {"crawlers/chance.h", "tests/"}},
      {"mt19937_64", "draw from Chance", {"crawlers/chance.h", "tests/"}},
      {"std::rand", "draw from Chance", {}},
      {"srand", "draw from Chance", {}},
      {"randombytes_buf", "draw from Chance, or from the entropy source for secrets", {}},
  };
}

// What only Http, WebSocket, the admin sockets, the exporter and the service folder may do.
std::vector<BannedWord> world_words() {
  const std::vector<std::string_view> net = {"crawlers/http.cpp",    "crawlers/web_socket.cpp",
                                             "crawlers/connection*", "crawlers/connector*",
                                             "crawlers/resolver*",   "tests/"};
  const std::vector<std::string_view> local = {"daemon/admin/", "daemon/command/",
                                               "daemon/service/", "tests/"};
  const std::vector<std::string_view> files = {"daemon/export/", "daemon/command/",
                                               "daemon/service/", "tests/"};
  const std::vector<std::string_view> terminal = {"daemon/main.cpp", "daemon/command/", "tests/"};
  return {
      {"async_connect",
       "connect through Http or WebSocket",
       {"crawlers/http.cpp", "crawlers/web_socket.cpp", "crawlers/connect*", "daemon/command/",
        "tests/"}},
      {"tcp::socket", "connect through Http or WebSocket", net},
      {"tcp::resolver", "connect through Http or WebSocket", net},
      {"getaddrinfo", "resolve through the resolver", net},
      {"::socket", "connect through Http or WebSocket", local},
      {"::connect", "connect through Http or WebSocket", local},
      {"stream_protocol",
       "only the admin sockets are local",
       {"crawlers/resolver.cpp", "daemon/admin/", "daemon/command/", "daemon/service/", "tests/"}},
      {"ofstream", "write through the store or the exporter", files},
      {"ifstream",
       "only the configuration and the files that it names are read",
       {"crawlers/sources/", "tests/"}},
      {"fopen", "write through the store or the exporter", files},
      {"getenv",
       "the environment is read in main and passed in",
       {"daemon/main.cpp", "daemon/service/", "daemon/command/", "tests/"}},
      {"std::cout", "stdout is data, written by the programs' own files", terminal},
      {"std::cerr", "log to the logger that was passed in", terminal},
      {"printf", "log to the logger that was passed in", terminal},
  };
}

void check_words(const SourceFile& file, const std::vector<BannedWord>& words, Findings& findings) {
  for (const BannedWord& banned : words) {
    const bool allowed =
        std::any_of(banned.but_in.begin(), banned.but_in.end(),
                    [&file](std::string_view pattern) { return matches(file.path, pattern); });
    if (allowed) continue;
    for (const size_t at : find_word(file.code, banned.word)) {
      findings.push_back({file.path, line_at(file.code, at),
                          std::string(banned.word) + ": " + std::string(banned.why)});
    }
  }
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// A network is a type, told from its name once; a file that spells the name out decides by it.
void check_network_names(const SourceFile& file, Findings& findings) {
  constexpr std::string_view at_home[] = {"crawlers/sources/", "config/options.cpp",
                                          "storage/model/ids.cpp", "tests/"};
  const bool allowed = std::any_of(std::begin(at_home), std::end(at_home),
                                   [&](std::string_view p) { return matches(file.path, p); });
  if (allowed) return;
  for (const Literal& literal : file.literals) {
    for (const std::string_view name : {"mastodon", "bluesky"}) {
      if (!find_word(lower(literal.text), name).empty()) {
        findings.push_back({file.path, literal.line,
                            "names " + std::string(name) + ": ask the source type or the network"});
      }
    }
  }
}

// Words that are banned from comments too.
void check_texts(const SourceFile& file, Findings& findings) {
  // Spelled in two parts, so that this file does not find itself.
  const std::string texts[] = {std::string("TO") + "DO",   std::string("FIX") + "ME",
                               std::string("XX") + "X:",   std::string("/ho") + "me/",
                               std::string("/ro") + "ot/", std::string("../sha") + "red"};
  for (const std::string& text : texts) {
    for (const size_t at : find_word(file.text, text))
      findings.push_back({file.path, line_at(file.text, at), "holds " + text});
  }
}

}  // namespace

Findings check_words(const SourceFile& file) {
  Findings findings;
  check_words(file, ownership_words(), findings);
  check_words(file, time_words(), findings);
  check_words(file, world_words(), findings);
  if (file.is_header()) check_words(file, {{"using namespace", "not in a header", {}}}, findings);
  check_network_names(file, findings);
  check_texts(file, findings);
  return findings;
}

Findings check_header_form(const SourceFile& file) {
  Findings findings;
  if (!file.is_header()) return findings;
  const std::vector<std::string_view> lines = lines_of(file.text);
  if (lines.empty() || !lines[0].starts_with("// "))
    findings.push_back({file.path, 1, "the first line says what the header is for"});
  if (std::find(lines.begin(), lines.end(), "#pragma once") == lines.end())
    findings.push_back({file.path, 1, "header without #pragma once"});
  return findings;
}

Findings check_all(const SourceFile& file, const std::function<bool(const std::string&)>& exists) {
  Findings all;
  for (Findings& part : std::vector<Findings>{check_include_table(file, exists), check_fences(file),
                                              check_sizes(file), check_coroutines(file),
                                              check_words(file), check_header_form(file)}) {
    for (Finding& finding : part) all.push_back(std::move(finding));
  }
  return all;
}

}  // namespace tagscout::tidy
