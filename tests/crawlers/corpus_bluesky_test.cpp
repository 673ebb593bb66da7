// Every captured answer of the AppView and every captured frame of a Jetstream says what a plain
// reading of its JSON says.

#include "crawlers/http_status.h"
#include "crawlers/sources/bluesky_frame.h"
#include "crawlers/sources/bluesky_parse.h"
#include "crawlers/sources/bluesky_stream.h"
#include "crawlers/tag.h"
#include "tests/crawlers/corpus.h"
#include "tests/crawlers/sources/zstd_frame.h"

namespace tagscout {
namespace {

AppViewMoment capture_moment() {
  return {.now = parse_time("2026-11-23T00:00:00Z").value(), .stale = false, .bridges = {}};
}

// True if the array of labels holds this one; none of those captured is taken back or expires.
bool plain_label(const rapidjson::Value& subject, const std::string& value) {
  const rapidjson::Value& labels = plain(subject, "labels");
  return labels.IsArray() && std::any_of(labels.Begin(), labels.End(), [&](const auto& label) {
           return plain_text(label, "val") == value;
         });
}

void expect_actor(const AccountSighting& got, const rapidjson::Value& want) {
  EXPECT_EQ(got.id.text(), "bluesky:" + plain_text(want, "did"));
  EXPECT_EQ(got.handle, plain_text(want, "handle"));
  EXPECT_EQ(got.opt_outs.has(OptOut::no_unauth), plain_label(want, "!no-unauthenticated"));
  EXPECT_EQ(got.opt_outs.has(OptOut::label_hide),
            plain_label(want, "!hide") || plain_label(want, "!takedown"));
}

void expect_profile(const AccountSighting& got, const rapidjson::Value& want) {
  expect_actor(got, want);
  EXPECT_EQ(got.display_name, plain_text(want, "displayName"));
  EXPECT_EQ(got.counts.followers, plain_count(want, "followersCount"));
  EXPECT_EQ(got.counts.following, plain_count(want, "followsCount"));
  EXPECT_EQ(got.counts.posts, plain_count(want, "postsCount"));
  EXPECT_EQ(got.provenance, Provenance::origin);
}

std::string first_language(const rapidjson::Value& record) {
  const rapidjson::Value& languages = plain(record, "langs");
  return languages.IsArray() && !languages.Empty() ? languages[0].GetString() : "";
}

void expect_post(const PostSighting& got, const rapidjson::Value& want) {
  EXPECT_EQ(got.id.text(), "bluesky:" + plain_text(want, "uri"));
  EXPECT_EQ(got.created_at, parse_time(plain_text(want["record"], "createdAt")));
  EXPECT_EQ(got.language, first_language(want["record"]));
  ASSERT_TRUE(got.counts);
  EXPECT_EQ(got.counts->likes, plain_count(want, "likeCount"));
  EXPECT_EQ(got.counts->reposts, plain_count(want, "repostCount"));
  EXPECT_EQ(got.counts->replies, plain_count(want, "replyCount"));
  EXPECT_EQ(got.counts->quotes, plain_count(want, "quoteCount"));
  EXPECT_EQ(got.tags, std::nullopt);
  expect_actor(got.author, want["author"]);
}

// The keys of a record's tags, each once, those of its text first.
std::vector<std::string> plain_tags(const rapidjson::Value& record) {
  std::vector<std::string> spellings;
  if (plain(record, "facets").IsArray()) {
    for (const auto& facet : record["facets"].GetArray()) {
      for (const auto& feature : facet["features"].GetArray()) {
        if (plain_text(feature, "$type") == "app.bsky.richtext.facet#tag") {
          spellings.push_back(plain_text(feature, "tag"));
        }
      }
    }
  }
  if (plain(record, "tags").IsArray()) {
    for (const auto& tag : record["tags"].GetArray()) spellings.emplace_back(tag.GetString());
  }
  std::vector<std::string> keys;
  for (const std::string& spelling : spellings) {
    const std::string key = tag_key_exact(spelling);
    if (!key.empty() && std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  }
  return keys;
}

class BlueskyCorpus : public CorpusTest {
 protected:
  struct Captured {
    std::string name;
    std::string body;
  };

  // Answers whose name has this part, in the folder and in its folder of labels.
  std::vector<Captured> captured(const std::string& part) const {
    std::vector<Captured> all;
    for (const std::string folder : {"atproto", "atproto/labels"}) {
      for (const std::string& name : names(folder, ".json")) {
        if (name.find(part) != 0) continue;
        Captured one{.name = name, .body = read(folder + "/" + name + ".json")};
        all.push_back(std::move(one));
      }
    }
    std::erase_if(all, [](const Captured& one) { return one.body.starts_with("{\"error\""); });
    EXPECT_FALSE(all.empty()) << part;
    return all;
  }

  std::vector<std::string> frames(const std::string& name) const {
    std::vector<std::string> frames;
    std::istringstream lines(read(name));
    for (std::string line; std::getline(lines, line);) {
      if (!line.empty()) frames.push_back(line);
    }
    EXPECT_FALSE(frames.empty()) << name;
    return frames;
  }

  std::vector<std::string> all_frames() const {
    std::vector<std::string> all = frames("atproto/jetstream.ndjson");
    const std::vector<std::string> golden = frames("jetstream/golden_v1.jsonl");
    all.insert(all.end(), golden.begin(), golden.end());
    return all;
  }

  // Every tag of every captured post, so that none is dropped.
  WatchedTags every_tag() const {
    std::vector<std::string> tags;
    for (const std::string& frame : all_frames()) {
      rapidjson::Document json;
      json.Parse(frame.data(), frame.size());
      if (!json.HasMember("commit") || !json["commit"].HasMember("record")) continue;
      for (const std::string& tag : plain_tags(json["commit"]["record"])) tags.push_back(tag);
    }
    return WatchedTags(tags);
  }
};

TEST_F(BlueskyCorpus, ProfilesSayWhatAPlainReadingSays) {
  size_t profiles = 0;
  for (const Captured& one : captured("getProfiles.")) {
    SCOPED_TRACE(one.name);
    rapidjson::Document want;
    want.Parse(one.body.data(), one.body.size());
    const auto rows = parse_profiles(one.body, capture_moment());
    ASSERT_TRUE(rows) << rows.error().detail;
    EXPECT_EQ(rows->size(), want["profiles"].Size());
    for (const auto& profile : want["profiles"].GetArray()) {
      const Result<AccountSighting>& row = rows->at(plain_text(profile, "did"));
      ASSERT_TRUE(row) << row.error().detail;
      expect_profile(*row, profile);
      ++profiles;
    }
  }
  for (const Captured& one : captured("getProfile.")) {
    SCOPED_TRACE(one.name);
    rapidjson::Document want;
    want.Parse(one.body.data(), one.body.size());
    const auto profile = parse_profile(one.body, capture_moment());
    ASSERT_TRUE(profile) << profile.error().detail;
    expect_profile(*profile, want);
    ++profiles;
  }
  EXPECT_GT(profiles, 50u);
}

TEST_F(BlueskyCorpus, PostsSayWhatAPlainReadingSays) {
  size_t posts = 0;
  for (const std::string part : {"getPosts.", "searchPosts."}) {
    for (const Captured& one : captured(part)) {
      SCOPED_TRACE(one.name);
      rapidjson::Document want;
      want.Parse(one.body.data(), one.body.size());
      const auto rows = parse_posts(one.body, capture_moment());
      ASSERT_TRUE(rows) << rows.error().detail;
      EXPECT_EQ(rows->size(), want["posts"].Size());
      for (const auto& post : want["posts"].GetArray()) {
        const Result<PostSighting>& row = rows->at(plain_text(post, "uri"));
        ASSERT_TRUE(row) << row.error().detail;
        expect_post(*row, post);
        ++posts;
      }
    }
  }
  EXPECT_GT(posts, 60u);
}

// The events that a frame stands for, by a plain reading.
std::vector<Event> plain_events(const rapidjson::Value& frame) {
  const std::string did = plain_text(frame, "did");
  const AccountId id("bluesky:" + did);
  const std::string kind = plain_text(frame, "kind");
  if (kind == "account") {
    const Time at = parse_time(plain_text(frame["account"], "time")).value();
    if (frame["account"]["active"].GetBool()) return {AccountActive{id, at}};
    const std::string status = plain_text(frame["account"], "status");
    const bool suspended = status == "suspended" || status == "takendown";
    const GoneReason other = status == "deleted" ? GoneReason::deleted : GoneReason::deactivated;
    return {AccountGone{id, suspended ? GoneReason::suspended : other, at}};
  }
  if (kind == "identity") {
    const std::string handle = plain_text(frame["identity"], "handle");
    if (handle.empty() || handle == "handle.invalid") return {};
    return {HandleChanged{id, handle}};
  }
  const rapidjson::Value& commit = frame["commit"];
  const std::string collection = plain_text(commit, "collection");
  const std::string operation = plain_text(commit, "operation");
  if (collection == "app.bsky.graph.follow" && operation == "create") {
    return {FollowHint{AccountId("bluesky:" + plain_text(commit["record"], "subject")), 1}};
  }
  if (collection != "app.bsky.feed.post") return {};
  const std::string rkey = plain_text(commit, "rkey");
  const PostId post_id("bluesky:at://" + did + "/app.bsky.feed.post/" + rkey);
  if (operation == "delete") return {PostDeleted{post_id, id, plain_text(commit, "rev")}};
  const rapidjson::Value& record = commit["record"];
  PostSighting post;
  post.id = post_id;
  post.author.id = id;
  post.author.bare = true;
  post.url = "https://bsky.app/profile/" + did + "/post/" + rkey;
  post.created_at = parse_time(plain_text(record, "createdAt")).value();
  post.language = first_language(record);
  post.tags = plain_tags(record);
  post.provenance = Provenance::origin;
  post.rev = plain_text(commit, "rev");
  if (operation == "create" && post.tags->empty()) return {};
  return {post};
}

TEST_F(BlueskyCorpus, FramesSayWhatAPlainReadingSays) {
  JetstreamReader reader(every_tag());
  size_t posts = 0;
  for (const std::string& frame : all_frames()) {
    SCOPED_TRACE(frame.substr(0, 300));
    rapidjson::Document want;
    want.Parse(frame.data(), frame.size());
    std::vector<Event> events;
    const Result<int64_t> time_us = reader.read(frame, events);
    ASSERT_TRUE(time_us) << time_us.error().detail;
    EXPECT_EQ(*time_us, plain_count(want, "time_us"));
    EXPECT_EQ(events, plain_events(want));
    if (!events.empty() && std::holds_alternative<PostSighting>(events[0])) ++posts;
  }
  EXPECT_GT(posts, 100u);
}

TEST_F(BlueskyCorpus, TruncatedPrefixesAreRefused) {
  for (const Captured& one : captured("getProfile")) {
    each_prefix(one.body, [&](std::string_view prefix) {
      ASSERT_FALSE(parse_profiles(prefix, capture_moment())) << one.name << prefix.size();
      ASSERT_FALSE(parse_profile(prefix, capture_moment())) << one.name << prefix.size();
    });
  }
  for (const Captured& one : captured("getPosts.")) {
    each_prefix(one.body, [&](std::string_view prefix) {
      ASSERT_FALSE(parse_posts(prefix, capture_moment())) << one.name << prefix.size();
    });
  }
  JetstreamReader reader(every_tag());
  std::vector<Event> events;
  for (const std::string& frame : all_frames()) {
    each_prefix(frame, [&](std::string_view prefix) {
      ASSERT_FALSE(reader.read(prefix, events)) << frame.substr(0, 100) << prefix.size();
    });
  }
  EXPECT_TRUE(events.empty());
}

TEST_F(BlueskyCorpus, FramesComeThroughTheRealDictionary) {
  const std::string dictionary = read("jetstream/zstd_dictionary");
  FrameInflater inflater(dictionary, 2u << 20);
  for (const std::string& frame : frames("jetstream/golden_v1.jsonl")) {
    const std::string small = compressed(frame, dictionary);
    EXPECT_LT(small.size(), frame.size());
    EXPECT_EQ(inflater.inflate(small), frame);
    for (size_t size = 0; size < small.size(); ++size) {
      ASSERT_FALSE(inflater.inflate(small.substr(0, size))) << size;
    }
  }
}

TEST_F(BlueskyCorpus, EveryFailureIsOfItsKind) {
  struct Kind {
    std::string name;
    ErrorKind kind;
  };
  const std::vector<Kind> kinds = {{"InvalidRequest", ErrorKind::bad_request},
                                   {"SyntaxError", ErrorKind::bad_request},
                                   {"InvalidToken", ErrorKind::auth},
                                   {"AuthMissing", ErrorKind::auth},
                                   {"AuthenticationRequired", ErrorKind::auth},
                                   {"BlockedByActor", ErrorKind::forbidden},
                                   {"NotFound", ErrorKind::not_found},
                                   {"HandleNotFound", ErrorKind::not_found},
                                   {"AccountDeactivated", ErrorKind::not_found},
                                   {"AccountTakedown", ErrorKind::not_found},
                                   {"RateLimitExceeded", ErrorKind::rate_limited},
                                   {"InternalServerError", ErrorKind::transient},
                                   {"MethodNotImplemented", ErrorKind::bad_request}};
  size_t failures = 0;
  for (const std::string folder : {"atproto/", "atproto/labels/", "atproto/ratelimit/"}) {
    for (const std::string& name : names(folder, ".headers")) {
      const HttpResponse answer = response(folder + name + ".headers", folder + name + ".json");
      if (answer.status < 400) continue;
      SCOPED_TRACE(name);
      ++failures;
      const std::optional<Error> error = status_error(answer, capture_moment().now);
      ASSERT_TRUE(error);
      rapidjson::Document body;
      body.Parse(answer.body.data(), answer.body.size());
      const auto known = std::find_if(kinds.begin(), kinds.end(), [&](const Kind& kind) {
        return kind.name == plain_text(body, "error");
      });
      ASSERT_NE(known, kinds.end()) << answer.body;
      const std::string message = plain_text(body, "message");
      const bool nobody = message == "Profile not found" || message.starts_with("Actor not found");
      EXPECT_EQ(xrpc_error(*error).kind, nobody ? ErrorKind::not_found : known->kind)
          << answer.body;
      EXPECT_EQ(xrpc_gone_reason(*error).has_value(), known->name.starts_with("Account"));
      EXPECT_FALSE(parse_profile(answer.body, capture_moment()));
      EXPECT_FALSE(parse_posts(answer.body, capture_moment()));
    }
  }
  EXPECT_GT(failures, 25u);
}

}  // namespace
}  // namespace tagscout
