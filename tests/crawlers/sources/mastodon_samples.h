// Invented answers of a Mastodon server.
#pragma once

#include <string>
#include <string_view>

#include "crawlers/sources/mastodon_parse.h"
#include "storage/model/time.h"
#include "tests/crawlers/json_object.h"
#include "tests/support/fake_http.h"

namespace tagscout {

inline const std::string home_server = "https://home.example";

inline MastodonView home_view() {
  return {.server = home_server,
          .domain = "home.example",
          .stale = false,
          .bridges = {"brid.gy", "mostr.pub"}};
}

inline Time at(std::string_view text) { return parse_time(text).value(); }

// ada@home.example, with 9,870 followers.
inline std::string sample_account(const JsonFields& changes = {}) {
  return json_object({{"id", "\"7001\""},
                      {"username", "\"ada\""},
                      {"acct", "\"ada\""},
                      {"display_name", "\"Ada\""},
                      {"locked", "false"},
                      {"bot", "false"},
                      {"discoverable", "true"},
                      {"note", "\"<p>sews</p>\""},
                      {"url", "\"https://home.example/@ada\""},
                      {"uri", "\"https://home.example/users/ada\""},
                      {"followers_count", "9870"},
                      {"following_count", "312"},
                      {"statuses_count", "1450"}},
                     changes);
}

// bruno@away.example as home.example knows him.
inline std::string away_account(const JsonFields& changes = {}) {
  JsonFields fields{{"id", "\"7002\""},
                    {"username", "\"bruno\""},
                    {"acct", "\"bruno@away.example\""},
                    {"url", "\"https://away.example/@bruno\""},
                    {"uri", "\"https://away.example/users/bruno\""},
                    {"followers_count", "188"}};
  for (const auto& [name, value] : changes) fields[name] = value;
  return sample_account(fields);
}

// A public post of ada's.
inline std::string sample_status(const JsonFields& changes = {}) {
  return json_object({{"id", "\"115591412121600000\""},
                      {"uri", "\"https://home.example/users/ada/statuses/115591412121600000\""},
                      {"url", "\"https://home.example/@ada/115591412121600000\""},
                      {"created_at", "\"2026-11-22T10:00:00.000Z\""},
                      {"visibility", "\"public\""},
                      {"language", "\"en\""},
                      {"replies_count", "2"},
                      {"reblogs_count", "7"},
                      {"favourites_count", "31"},
                      {"tags", R"([{"name":"slowfashion"}])"},
                      {"reblog", "null"},
                      {"account", sample_account()}},
                     changes);
}

// home.example names its software from now on.
inline void introduce_as(FakeHttp& http, const std::string& name, const std::string& version) {
  http.answer(home_server + "/.well-known/nodeinfo",
              FakeHttp::json(R"({"links":[{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0")"
                             R"(,"href":"https://home.example/nodeinfo/2.0"}]})"));
  http.answer(home_server + "/nodeinfo/2.0", FakeHttp::json(R"({"software":{"name":")" + name +
                                                            R"(","version":")" + version + "\"}}"));
}

}  // namespace tagscout
