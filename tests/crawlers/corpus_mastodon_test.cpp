// Every captured answer of the Mastodon API says what a plain reading of its JSON says.

#include "crawlers/http_status.h"
#include "crawlers/sources/mastodon_feed.h"
#include "crawlers/sources/mastodon_parse.h"
#include "crawlers/tag.h"
#include "tests/crawlers/corpus.h"

namespace tagscout {
namespace {

const MastodonView server_view{
    .server = "http://localhost:3301", .domain = "localhost:3301", .stale = false, .bridges = {}};

// What an answer holds, by its look alone.
enum class Shape { timeline, status, account, other };

bool is_status(const rapidjson::Value& value) {
  return value.IsObject() && value.HasMember("visibility") && value.HasMember("account");
}

Shape shape_of(const rapidjson::Document& json) {
  if (json.HasParseError()) return Shape::other;
  if (json.IsArray() && !json.Empty() && is_status(json[0])) return Shape::timeline;
  if (is_status(json)) return Shape::status;
  if (json.IsObject() && json.HasMember("followers_count")) return Shape::account;
  return Shape::other;
}

std::string handle_of(const rapidjson::Value& account) {
  const std::string acct = plain_text(account, "acct");
  return acct.find('@') == std::string::npos ? acct + "@" + server_view.domain : acct;
}

void expect_account(const AccountSighting& got, const rapidjson::Value& want) {
  const std::string uri = plain_text(want, "uri");
  const bool home = uri.starts_with(server_view.server + "/");
  EXPECT_EQ(got.id.text(), uri.empty() ? "" : "ap:" + uri);
  EXPECT_EQ(got.handle, handle_of(want));
  EXPECT_EQ(got.display_name, plain_text(want, "display_name"));
  EXPECT_EQ(got.url, plain_text(want, "url"));
  EXPECT_EQ(got.counts.followers, plain_count(want, "followers_count"));
  EXPECT_EQ(got.counts.following, plain_count(want, "following_count"));
  EXPECT_EQ(got.counts.posts, plain_count(want, "statuses_count"));
  EXPECT_EQ(got.provenance, home ? Provenance::origin : Provenance::foreign);
  EXPECT_EQ(got.bot, plain_flag(want, "bot"));
  EXPECT_EQ(got.discoverable, plain_flag(want, "discoverable"));
  EXPECT_EQ(got.opt_outs.has(OptOut::locked), plain_flag(want, "locked").value_or(false));
  EXPECT_FALSE(got.opt_outs.has(OptOut::noindex));
  EXPECT_FALSE(got.bridged);
  EXPECT_FALSE(got.bare);
}

void expect_post(const PostSighting& got, const rapidjson::Value& outer) {
  const rapidjson::Value& reblog = plain(outer, "reblog");
  const rapidjson::Value& want = reblog.IsObject() ? reblog : outer;
  EXPECT_EQ(got.id.text(), "ap:" + plain_text(want, "uri"));
  EXPECT_EQ(got.url, plain_text(want, "url"));
  EXPECT_EQ(got.created_at, parse_time(plain_text(want, "created_at")));
  EXPECT_EQ(got.language, plain_text(want, "language"));
  EXPECT_TRUE(got.folded);
  std::vector<std::string> tags;
  for (const auto& tag : want["tags"].GetArray()) {
    const std::string key = tag_key_exact(plain_text(tag, "name"));
    if (std::find(tags.begin(), tags.end(), key) == tags.end()) tags.push_back(key);
  }
  EXPECT_EQ(got.tags, tags);
  ASSERT_TRUE(got.counts);
  EXPECT_EQ(got.counts->likes, plain_count(want, "favourites_count"));
  EXPECT_EQ(got.counts->reposts, plain_count(want, "reblogs_count"));
  EXPECT_EQ(got.counts->replies, plain_count(want, "replies_count"));
  EXPECT_EQ(got.counts->quotes, plain_count(want, "quotes_count"));
  EXPECT_FALSE(got.counts->hidden);
  expect_account(got.author, want["account"]);
}

bool plain_public(const rapidjson::Value& outer) {
  const rapidjson::Value& reblog = plain(outer, "reblog");
  return plain_text(reblog.IsObject() ? reblog : outer, "visibility") == "public";
}

class MastodonCorpus : public CorpusTest {
 protected:
  struct Captured {
    std::string name;
    std::string body;
    Shape shape = Shape::other;
  };

  // Every answer that holds something of ours.
  std::vector<Captured> captured() const {
    std::vector<Captured> all;
    for (const std::string& name : names("gotosocial", ".body")) {
      Captured one{.name = name, .body = read("gotosocial/" + name + ".body")};
      rapidjson::Document json;
      json.Parse(one.body.data(), one.body.size());
      one.shape = shape_of(json);
      if (one.shape != Shape::other) all.push_back(std::move(one));
    }
    return all;
  }
};

TEST_F(MastodonCorpus, TimelinesSayWhatAPlainReadingSays) {
  size_t rows = 0;
  for (const Captured& one : captured()) {
    if (one.shape != Shape::timeline) continue;
    SCOPED_TRACE(one.name);
    rapidjson::Document want;
    want.Parse(one.body.data(), one.body.size());
    const Result<MastodonPage> page = parse_timeline(one.body, "tinyhouse", server_view);
    ASSERT_TRUE(page) << page.error().detail;
    ASSERT_EQ(page->rows.size(), want.Size());
    int64_t hidden = 0;
    for (rapidjson::SizeType i = 0; i < want.Size(); ++i, ++rows) {
      const MastodonStatus& row = page->rows[i];
      EXPECT_EQ(row.id, plain_text(want[i], "id"));
      ASSERT_EQ(row.event.has_value(), plain_public(want[i]));
      if (row.event) {
        expect_post(std::get<PostSighting>(*row.event), want[i]);
      } else {
        ++hidden;
      }
    }
    EXPECT_EQ(page->dropped.size(), hidden == 0 ? 0u : 1u);
    if (hidden > 0) {
      EXPECT_EQ(page->dropped.at("visibility"), hidden);
    }
    EXPECT_FALSE(has_snowflake_ids(*page));
  }
  EXPECT_GT(rows, 250u);
}

TEST_F(MastodonCorpus, StatusesAndAccountsSayWhatAPlainReadingSays) {
  size_t statuses = 0;
  size_t accounts = 0;
  for (const Captured& one : captured()) {
    SCOPED_TRACE(one.name);
    rapidjson::Document want;
    want.Parse(one.body.data(), one.body.size());
    if (one.shape == Shape::status) {
      ++statuses;
      const auto event = parse_status(one.body, server_view);
      ASSERT_TRUE(event) << event.error().detail;
      ASSERT_EQ(event->has_value(), plain_public(want));
      if (*event) expect_post(std::get<PostSighting>(**event), want);
    } else if (one.shape == Shape::account) {
      ++accounts;
      const Result<Event> event = parse_account(one.body, server_view);
      ASSERT_TRUE(event) << event.error().detail;
      expect_account(std::get<AccountSighting>(*event), want);
    }
  }
  EXPECT_GT(statuses, 8u);
  EXPECT_GT(accounts, 10u);
}

TEST_F(MastodonCorpus, TheInstanceNamesItsDomain) {
  EXPECT_EQ(parse_instance(read("gotosocial/instance_v2.body"))->domain, "localhost:3301");
}

TEST_F(MastodonCorpus, TruncatedPrefixesAreRefused) {
  for (const Captured& one : captured()) {
    SCOPED_TRACE(one.name);
    each_prefix(one.body, [&](std::string_view prefix) {
      const std::string copy(prefix);
      const bool taken =
          one.shape == Shape::timeline ? parse_timeline(copy, "x", server_view).has_value()
          : one.shape == Shape::status ? parse_status(copy, server_view).has_value()
                                       : parse_account(copy, server_view).has_value();
      ASSERT_FALSE(taken) << copy.size();
    });
  }
}

TEST_F(MastodonCorpus, EveryFailureIsOfItsKind) {
  struct Kind {
    int status;
    ErrorKind kind;
  };
  const std::vector<Kind> kinds = {{400, ErrorKind::bad_request}, {401, ErrorKind::auth},
                                   {404, ErrorKind::not_found},   {405, ErrorKind::bad_request},
                                   {406, ErrorKind::bad_request}, {418, ErrorKind::bad_request},
                                   {429, ErrorKind::rate_limited}};
  size_t failures = 0;
  for (const std::string& name : names("gotosocial", ".headers")) {
    const bool has_body =
        std::ifstream(std::string(std::getenv("TAGSCOUT_CORPUS")) + "/gotosocial/" + name + ".body")
            .good();
    if (!has_body) continue;
    const HttpResponse answer =
        response("gotosocial/" + name + ".headers", "gotosocial/" + name + ".body");
    if (answer.status < 400) continue;
    SCOPED_TRACE(name);
    ++failures;
    const std::optional<Error> error = status_error(answer, Time());
    ASSERT_TRUE(error);
    const auto want = std::find_if(kinds.begin(), kinds.end(),
                                   [&](const Kind& kind) { return kind.status == answer.status; });
    ASSERT_NE(want, kinds.end()) << answer.status;
    EXPECT_EQ(error->kind, want->kind);
    // And if such a body came with a 200, it would not be taken for an answer.
    EXPECT_FALSE(parse_timeline(answer.body, "x", server_view));
    EXPECT_FALSE(parse_status(answer.body, server_view));
    EXPECT_FALSE(parse_account(answer.body, server_view));
  }
  EXPECT_GT(failures, 20u);
}

}  // namespace
}  // namespace tagscout
