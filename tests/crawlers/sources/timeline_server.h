// The tag timelines of a Mastodon server, behind FakeHttp.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crawlers/sources/mastodon_feed.h"
#include "tests/crawlers/source_bench.h"
#include "tests/crawlers/sources/mastodon_samples.h"

namespace tagscout {

// The value of a parameter in a URL.
inline std::optional<std::string> url_parameter(const std::string& url, const std::string& name) {
  for (const char first : {'?', '&'}) {
    const size_t at = url.find(first + name + "=");
    if (at == std::string::npos) continue;
    const size_t start = at + name.size() + 2;
    return url.substr(start, url.find('&', start) - start);
  }
  return std::nullopt;
}

class TimelineServer {
 public:
  explicit TimelineServer(std::string server = home_server) : server_(std::move(server)) {}

  // A post under the tag; `id` is the server's, `uri` the post's own.
  void add(const std::string& tag, const std::string& id, Time created_at, std::string uri = {}) {
    if (uri.empty()) uri = server_ + "/users/ada/statuses/" + id;
    const JsonFields changes{{"id", json_string(id)},
                             {"uri", json_string(uri)},
                             {"created_at", json_string(format_time(created_at))}};
    posts_[tag].push_back({id, sample_status(changes)});
    std::sort(posts_[tag].begin(), posts_[tag].end(),
              [](const auto& a, const auto& b) { return status_id_less(a.first, b.first); });
  }

  // Newest first: the first `limit` beside min_id, or the last before max_id or the head.
  Result<HttpResponse> answer(const HttpRequest& request) {
    const std::string& url = request.url;
    if (url == server_ + "/api/v2/instance") return dated_json(R"({"domain":"home.example"})");
    const std::string folder = server_ + "/api/v1/timelines/tag/";
    if (!url.starts_with(folder)) return FakeHttp::status(404, "{}");
    const std::string tag = url.substr(folder.size(), url.find('?') - folder.size());
    const auto limit = static_cast<size_t>(std::stoul(*url_parameter(url, "limit")));
    std::vector<std::string> page;
    const std::optional<std::string> min_id = url_parameter(url, "min_id");
    const std::optional<std::string> max_id = url_parameter(url, "max_id");
    std::vector<std::pair<std::string, std::string>> posts = posts_[tag];
    if (!min_id) std::reverse(posts.begin(), posts.end());
    for (const auto& [id, json] : posts) {
      if (page.size() == limit) break;
      if (min_id && !status_id_less(*min_id, id)) continue;
      if (max_id && !status_id_less(id, *max_id)) continue;
      page.push_back(json);
    }
    if (min_id) std::reverse(page.begin(), page.end());
    HttpResponse response = dated_json(json_array(page));
    response.headers.emplace_back("Link", "<https://elsewhere.example/next>; rel=\"next\"");
    return response;
  }

 private:
  std::string server_;
  std::map<std::string, std::vector<std::pair<std::string, std::string>>> posts_;
};

}  // namespace tagscout
