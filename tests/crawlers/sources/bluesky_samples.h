// Invented frames and answers of Bluesky.
#pragma once

#include <cstdint>
#include <string>

#include "tests/crawlers/json_object.h"

namespace tagscout {

inline const std::string anna = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
inline const std::string bela = "did:plc:bbbbbbbbbbbbbbbbbbbbbbbb";
inline const std::string carl = "did:plc:cccccccccccccccccccccccc";

// 2026-11-22T11:59:00Z, a minute before the fake clock's start.
constexpr int64_t stream_us = 1'795'348'740'000'000;

inline std::string sample_record(const std::string& facets, const JsonFields& changes = {}) {
  return json_object({{"$type", "\"app.bsky.feed.post\""},
                      {"text", "\"…\""},
                      {"createdAt", "\"2026-11-22T11:58:59.500Z\""},
                      {"langs", R"(["en"])"},
                      {"facets", facets}},
                     changes);
}

inline std::string tag_facet(const std::string& tag) {
  return R"({"index":{"byteStart":0,"byteEnd":3},"features":[)"
         R"({"$type":"app.bsky.richtext.facet#tag","tag":)" +
         json_string(tag) + "}]}";
}

// Changes of the frame's commit go in front, those of the frame behind.
inline std::string commit_frame(const JsonFields& commit, const JsonFields& frame = {}) {
  return json_object({{"did", json_string(anna)},
                      {"time_us", std::to_string(stream_us)},
                      {"kind", "\"commit\""},
                      {"commit", json_object({{"rev", "\"3mrev0000000001\""},
                                              {"operation", "\"create\""},
                                              {"collection", "\"app.bsky.feed.post\""},
                                              {"rkey", "\"3mpost000001\""},
                                              {"cid", "\"bafyreiexample\""}},
                                             commit)}},
                     frame);
}

// A new post of anna's with one tag.
inline std::string post_frame(const std::string& tag, const JsonFields& frame = {}) {
  return commit_frame({{"record", sample_record(json_array({tag_facet(tag)}))}}, frame);
}

inline std::string sample_profile(const std::string& did, const JsonFields& changes = {}) {
  return json_object({{"did", json_string(did)},
                      {"handle", "\"anna.example\""},
                      {"displayName", "\"Anna\""},
                      {"description", "\"sews\""},
                      {"followersCount", "10345"},
                      {"followsCount", "120"},
                      {"postsCount", "980"},
                      {"labels", "[]"}},
                     changes);
}

inline std::string sample_label(const std::string& value, const JsonFields& changes = {}) {
  return json_object({{"src", json_string(anna)},
                      {"uri", json_string("at://" + anna + "/app.bsky.actor.profile/self")},
                      {"val", json_string(value)},
                      {"cts", "\"2026-01-02T00:00:00.000Z\""}},
                     changes);
}

inline std::string post_uri(const std::string& did, const std::string& record_key) {
  return "at://" + did + "/app.bsky.feed.post/" + record_key;
}

inline std::string sample_post_view(const std::string& did, const std::string& record_key,
                                    const JsonFields& changes = {}) {
  return json_object(
      {{"uri", json_string(post_uri(did, record_key))},
       {"author",
        json_object({{"did", json_string(did)}, {"handle", "\"anna.example\""}, {"labels", "[]"}})},
       {"record", sample_record("[]")},
       {"replyCount", "1"},
       {"repostCount", "2"},
       {"likeCount", "3"},
       {"quoteCount", "4"}},
      changes);
}

}  // namespace tagscout
