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

// All values of a parameter that may be repeated.
inline std::vector<std::string> url_parameters(const std::string& url, const std::string& name) {
  std::vector<std::string> values;
  const std::string head = "&" + name + "=";
  for (size_t at = url.find(head); at != url.npos; at = url.find(head, at + 1)) {
    const size_t start = at + head.size();
    values.push_back(url.substr(start, url.find('&', start) - start));
  }
  return values;
}

class TimelineServer {
 public:
  explicit TimelineServer(std::string server = home_server) : server_(std::move(server)) {}

  // What it says of itself. Without a version it is not taken to know any[].
  std::string instance = R"({"domain":"home.example"})";
  // A page holds no more, whatever is asked for.
  size_t page_max = 40;
  // Ids that are not understood are ignored: all are answered with the newest page.
  bool ignores_ids = false;

  // A post under the tag; `id` is the server's, `uri` the post's own.
  void add(const std::string& tag, const std::string& id, Time created_at, std::string uri = {}) {
    if (uri.empty()) uri = server_ + "/users/ada/statuses/" + id;
    posts_[tag][id] = sample_status({{"id", json_string(id)},
                                     {"uri", json_string(uri)},
                                     {"created_at", json_string(format_time(created_at))},
                                     {"tags", "[{\"name\":" + json_string(tag) + "}]"}});
  }

  // Newest first: the first `limit` beside min_id, or the last before max_id or the head. Of any[]
  // three are heard, and all for nothing where the tag in the path is unknown.
  Result<HttpResponse> answer(const HttpRequest& request) {
    const std::string& url = request.url;
    if (url == server_ + "/api/v2/instance") return dated_json(instance);
    const std::string folder = server_ + "/api/v1/timelines/tag/";
    if (!url.starts_with(folder)) return FakeHttp::status(404, "{}");
    const std::string tag = url.substr(folder.size(), url.find('?') - folder.size());
    const size_t limit = std::min<size_t>(std::stoul(*url_parameter(url, "limit")), page_max);
    std::vector<std::string> page;
    std::optional<std::string> min_id = url_parameter(url, "min_id");
    std::optional<std::string> max_id = url_parameter(url, "max_id");
    if (ignores_ids) min_id = max_id = std::nullopt;
    std::vector<std::pair<std::string, std::string>> posts = posts_of(tag, url);
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
  // Oldest first.
  std::vector<std::pair<std::string, std::string>> posts_of(const std::string& tag,
                                                            const std::string& url) const {
    if (!posts_.contains(tag)) return {};
    std::vector<std::string> names = url_parameters(url, "any[]");
    names.resize(std::min<size_t>(names.size(), 3));
    names.push_back(tag);
    std::vector<std::pair<std::string, std::string>> posts;
    for (const std::string& name : names) {
      const auto found = posts_.find(name);
      if (found == posts_.end()) continue;
      posts.insert(posts.end(), found->second.begin(), found->second.end());
    }
    std::sort(posts.begin(), posts.end(),
              [](const auto& a, const auto& b) { return status_id_less(a.first, b.first); });
    return posts;
  }

  std::string server_;
  std::map<std::string, std::map<std::string, std::string>> posts_;  // JSON by tag and id
};

}  // namespace tagscout
