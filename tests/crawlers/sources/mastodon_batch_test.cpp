// Reading several accounts or posts with one request, where servers take that.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crawlers/sources/mastodon_origin.h"
#include "tests/crawlers/source_bench.h"
#include "tests/crawlers/sources/mastodon_samples.h"

namespace tagscout {
namespace {

using testing::ElementsAre;

AccountId person(int number) {
  return AccountId("ap:" + home_server + "/users/p" + std::to_string(number));
}
AccountTarget account_target(int number) {
  return {person(number), "p" + std::to_string(number) + "@home.example",
          std::to_string(7000 + number)};
}
PostTarget post_target(int number) {
  return {PostId("ap:" + home_server + "/users/ada/statuses/" + std::to_string(100 + number)),
          AccountId("ap:" + home_server + "/users/ada")};
}
std::string account_json(int number) {
  const std::string name = "p" + std::to_string(number);
  return sample_account({{"id", json_string(std::to_string(7000 + number))},
                         {"acct", json_string(name)},
                         {"uri", json_string(home_server + "/users/" + name)},
                         {"followers_count", std::to_string(number)}});
}
std::string status_json(int number, const JsonFields& changes = {}) {
  JsonFields fields{{"id", json_string(std::to_string(100 + number))},
                    {"uri", json_string(post_target(number).id.text().substr(3))},
                    {"favourites_count", std::to_string(number)}};
  for (const auto& [name, value] : changes) fields[name] = value;
  return sample_status(fields);
}
// Its uri tells nothing; its page's address does.
PostTarget notice_target(int number) {
  const std::string name = std::to_string(100 + number);
  PostTarget target(PostId("ap:" + home_server + "/objects/0f4a-" + name), person(1));
  target.url = home_server + "/notice/Qe5mR" + name;
  return target;
}
std::string notice_json(int number, int id_number) {
  return sample_status({{"id", json_string("Qe5mR" + std::to_string(100 + id_number))},
                        {"uri", json_string(notice_target(number).id.text().substr(3))},
                        {"url", json_string(notice_target(id_number).url)},
                        {"account", account_json(1)}});
}
template <class Target>
std::vector<Target> numbered(int count, Target (*make)(int)) {
  std::vector<Target> targets;
  for (int i = 1; i <= count; ++i) targets.push_back(make(i));
  return targets;
}

class MastodonBatchTest : public testing::Test {
 protected:
  MastodonBatchTest() : origin({}, bench.tools()) {}

  // The server says what it is, and the origin has asked.
  void meet(const std::string& software, const std::string& version) {
    introduce_as(bench.http, software, version);
    std::vector<PostTarget> any{PostTarget(PostId("ap:" + home_server + "/x"), person(1))};
    ASSERT_TRUE(bench.run(origin.read_posts(home_server, any)));
    seen_ = bench.http.urls().size();
  }
  std::vector<Event> read(std::vector<AccountTarget> targets) {
    return bench.run(origin.read_accounts(home_server, std::move(targets))).value().events;
  }
  std::vector<Event> read(std::vector<PostTarget> targets) {
    return bench.run(origin.read_posts(home_server, std::move(targets))).value().events;
  }
  std::vector<std::string> asked() {
    const std::vector<std::string> urls = bench.http.urls();
    std::vector<std::string> fresh;
    for (size_t i = seen_; i < urls.size(); ++i) fresh.push_back(urls[i].substr(20));
    seen_ = urls.size();
    return fresh;
  }

  SourceBench bench;
  MastodonOrigin origin;

 private:
  size_t seen_ = 0;
};

using Pitfall17AtHome = MastodonBatchTest;

TEST_F(MastodonBatchTest, TakesAsManyAsTheServerIsKnownToTake) {
  const std::vector<AccountTarget> accounts = numbered(50, account_target);
  const std::vector<PostTarget> posts = numbered(150, post_target);
  EXPECT_EQ(origin.accounts_max(home_server, accounts), 1u) << "not met yet";
  EXPECT_EQ(origin.posts_max(home_server, posts), 1u);
  meet("mastodon", "4.3.0");
  EXPECT_EQ(origin.accounts_max(home_server, accounts), 40u);
  EXPECT_EQ(origin.posts_max(home_server, posts), 20u);
  EXPECT_EQ(origin.posts_max(home_server, numbered(7, post_target)), 7u);
  EXPECT_EQ(origin.accounts_max("https://away.example", accounts), 1u);
}

TEST_F(MastodonBatchTest, OlderServersAreAskedSingly) {
  for (const auto& [software, version] : {std::pair{"mastodon", "4.2.9"},
                                          {"gotosocial", "0.19.2"},
                                          {"friendica", "2024.09"},
                                          {"frobnicator", "4.5.0"}}) {
    SourceBench other;
    introduce_as(other.http, software, version);
    other.http.answer(home_server + "/api/v2/instance", dated_json(R"({"version":"4.5.0"})"));
    MastodonOrigin own({}, other.tools());
    std::vector<AccountTarget> one{account_target(1)};
    other.run(own.read_accounts(home_server, one)).value();
    EXPECT_EQ(own.accounts_max(home_server, numbered(50, account_target)), 1u) << software;
    EXPECT_EQ(own.posts_max(home_server, numbered(50, post_target)), 1u) << software;
  }
}

TEST_F(MastodonBatchTest, OnlyTargetsWhoseIdsAreKnownGoTogether) {
  meet("mastodon", "4.3.0");
  std::vector<AccountTarget> accounts = numbered(5, account_target);
  accounts[2].home_id.clear();
  EXPECT_EQ(origin.accounts_max(home_server, accounts), 2u);
  accounts.erase(accounts.begin(), accounts.begin() + 2);
  EXPECT_EQ(origin.accounts_max(home_server, accounts), 1u);
  std::vector<PostTarget> posts = numbered(5, post_target);
  posts[3].missing = true;
  EXPECT_EQ(origin.posts_max(home_server, posts), 3u);
  posts.erase(posts.begin(), posts.begin() + 3);
  EXPECT_EQ(origin.posts_max(home_server, posts), 1u);
}

TEST_F(MastodonBatchTest, ReadsAccountsInAnyOrder) {
  meet("mastodon", "4.3.0");
  bench.http.answer(home_server + "/api/v1/accounts?id[]=7001&id[]=7002",
                    dated_json(json_array({account_json(2), account_json(1)})));
  const std::vector<Event> events = read(numbered(2, account_target));
  ASSERT_EQ(events.size(), 2u);
  for (int i = 1; i <= 2; ++i) {
    const auto& account = std::get<AccountSighting>(events[static_cast<size_t>(i - 1)]);
    EXPECT_EQ(account.id, person(i));
    EXPECT_EQ(account.counts.followers, i);
    EXPECT_EQ(account.handle, "p" + std::to_string(i) + "@home.example");
    EXPECT_EQ(account.provenance, Provenance::origin);
  }
  EXPECT_EQ(asked().size(), 1u);
}

TEST_F(MastodonBatchTest, AnAccountThatIsLeftOutIsAskedForAloneBeforeAnythingIsSaidOfIt) {
  meet("mastodon", "4.3.0");
  bench.http.answer(home_server + "/api/v1/accounts?id[]=7001&id[]=7002&id[]=7003",
                    dated_json(json_array({account_json(1)})));
  bench.http.answer(home_server + "/api/v1/accounts/7002", dated_json(account_json(2)));
  const std::vector<Event> events = read(numbered(3, account_target));
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(std::get<AccountSighting>(events[1]).id, person(2));
  EXPECT_EQ(events[2], Event(AccountMissing{person(3)}));
  EXPECT_THAT(asked(), ElementsAre("/api/v1/accounts?id[]=7001&id[]=7002&id[]=7003",
                                   "/api/v1/accounts/7002", "/api/v1/accounts/7003"));
}

TEST_F(MastodonBatchTest, AnEmptyAnswerDoesNotSetOffAFloodOfQuestions) {
  meet("mastodon", "4.3.0");
  bench.http.otherwise([](const HttpRequest& request) {
    return request.url.find('?') == std::string::npos ? FakeHttp::status(404, "{}")
                                                      : dated_json("[]");
  });
  EXPECT_EQ(read(numbered(40, account_target)).size(), 5u) << "the others are asked for again";
  EXPECT_EQ(asked().size(), 6u);
}

TEST_F(MastodonBatchTest, ReadsPostsAndSaysWhichWereLeftOut) {
  meet("mastodon", "4.3.0");
  bench.http.answer(
      home_server + "/api/v1/statuses?id[]=101&id[]=102&id[]=103&id[]=104",
      dated_json(json_array({status_json(4, {{"visibility", "\"private\""}}), status_json(1),
                             status_json(3, {{"created_at", "7"}})})));
  const std::vector<Event> events = read(numbered(4, post_target));
  ASSERT_EQ(events.size(), 4u);
  const auto& post = std::get<PostSighting>(events[0]);
  EXPECT_EQ(post.counts->likes, 1);
  EXPECT_TRUE(post.reread);
  EXPECT_EQ(post.provenance, Provenance::origin);
  EXPECT_EQ(events[1], Event(PostMissing{post_target(2).id, post_target(2).author}))
      << "no deletion by itself";
  EXPECT_TRUE(std::holds_alternative<PostUnreadable>(events[2]));
  EXPECT_TRUE(std::holds_alternative<PostDeleted>(events[3])) << "hidden from us";
  EXPECT_EQ(asked().size(), 1u);
}

TEST_F(MastodonBatchTest, APostThatWasLeftOutIsAskedForAlone) {
  meet("mastodon", "4.3.0");
  PostTarget target = post_target(2);
  target.missing = true;
  EXPECT_THAT(read(std::vector<PostTarget>{target}),
              ElementsAre(Event(PostDeleted{target.id, target.author, ""})));
  EXPECT_THAT(asked(), ElementsAre("/api/v1/statuses/102"));
}

TEST_F(MastodonBatchTest, AServerThatTakesNoBatchIsReadSinglyAndAskedWhatItIs) {
  for (const int status : {404, 405, 422, 400}) {
    SourceBench other;
    introduce_as(other.http, "mastodon", "4.3.0");
    other.http.otherwise([&](const HttpRequest& request) {
      if (request.url.find('?') != std::string::npos) return FakeHttp::status(status, "{}");
      return dated_json(request.url.ends_with("7001") ? account_json(1) : account_json(2));
    });
    MastodonOrigin own({}, other.tools());
    std::vector<AccountTarget> one{account_target(1)};
    other.run(own.read_accounts(home_server, one)).value();
    EXPECT_EQ(own.accounts_max(home_server, numbered(2, account_target)), 2u);
    std::vector<AccountTarget> two = numbered(2, account_target);
    const Batch batch = other.run(own.read_accounts(home_server, two)).value();
    EXPECT_EQ(events_of<AccountSighting>(batch).size(), 2u) << status;
    EXPECT_EQ(own.accounts_max(home_server, two), 1u) << status;
    other.run(own.read_accounts(home_server, one)).value();
    EXPECT_EQ(own.accounts_max(home_server, two), 1u) << "whatever it says that it is";
    EXPECT_EQ(own.posts_max(home_server, numbered(2, post_target)), 1u) << status;
  }
}

TEST_F(MastodonBatchTest, AFailureOfTheHostIsOneForAll) {
  meet("mastodon", "4.3.0");
  bench.http.otherwise([](const HttpRequest&) { return FakeHttp::status(503, "<html>"); });
  std::vector<AccountTarget> accounts = numbered(3, account_target);
  std::vector<PostTarget> posts = numbered(3, post_target);
  EXPECT_EQ(bench.run(origin.read_accounts(home_server, accounts)).error().kind,
            ErrorKind::transient);
  EXPECT_EQ(bench.run(origin.read_posts(home_server, posts)).error().kind, ErrorKind::transient);
}

TEST_F(MastodonBatchTest, AnAnswerThatCannotBeReadIsNoAnswerToAnyOfThem) {
  meet("mastodon", "4.3.0");
  for (const char* const body : {"{}", "[{}]", "[3]", "[", "{\"id\":\"7001\"}"}) {
    bench.http.otherwise([&](const HttpRequest& request) {
      return request.url.find('?') == std::string::npos ? FakeHttp::status(503, "{}")
                                                        : dated_json(body);
    });
    for (const Event& event : read(numbered(3, post_target))) {
      EXPECT_FALSE(std::holds_alternative<PostDeleted>(event)) << body;
      EXPECT_FALSE(std::holds_alternative<PostSighting>(event)) << body;
    }
    std::vector<AccountTarget> accounts = numbered(3, account_target);
    const Result<Batch> batch = bench.run(origin.read_accounts(home_server, accounts));
    if (!batch) continue;
    for (const Event& event : batch->events) {
      EXPECT_TRUE(std::holds_alternative<AccountUnreadable>(event)) << body;
    }
  }
}

TEST_F(Pitfall17AtHome, PleromasPostsAreReadByTheHundredByTheIdsOfTheirPages) {
  for (const char* const software : {"pleroma", "akkoma"}) {
    meet(software, "2.6.0");
    EXPECT_EQ(origin.posts_max(home_server, numbered(150, notice_target)), 100u);
  }
  bench.http.answer(home_server + "/api/v1/statuses?ids[]=Qe5mR101&ids[]=Qe5mR102&ids[]=Qe5mR103",
                    dated_json(json_array({notice_json(3, 3), notice_json(1, 1)})));
  const std::vector<Event> events = read(numbered(3, notice_target));
  ASSERT_EQ(events.size(), 3u);
  const auto& post = std::get<PostSighting>(events[0]);
  EXPECT_EQ(post.id, notice_target(1).id);
  EXPECT_TRUE(post.reread);
  EXPECT_EQ(post.provenance, Provenance::origin);
  EXPECT_EQ(events[1], Event(PostMissing{notice_target(2).id, person(1)}));
  EXPECT_EQ(std::get<PostSighting>(events[2]).id, notice_target(3).id);
  EXPECT_EQ(asked().size(), 1u);
  PostTarget missing = notice_target(2);
  missing.missing = true;
  EXPECT_THAT(read(std::vector<PostTarget>{missing}),
              ElementsAre(Event(PostDeleted{missing.id, person(1), ""})));
  EXPECT_THAT(asked(), ElementsAre("/api/v1/statuses/Qe5mR102"));
}

TEST_F(Pitfall17AtHome, APageThatShowsAnotherPostIsNotThePost) {
  meet("akkoma", "3.13.2");
  bench.http.otherwise([](const HttpRequest& request) {
    const std::string row = notice_json(9, 1);
    const bool alone = request.url.find('?') == std::string::npos;
    return dated_json(alone ? row : json_array({row, notice_json(2, 2)}));
  });
  EXPECT_EQ(std::get<PostUnreadable>(read(numbered(1, notice_target)).at(0)).why,
            "its home answers another post");
  const std::vector<Event> both = read(numbered(2, notice_target));
  EXPECT_EQ(std::get<PostUnreadable>(both.at(0)).why, "its home answers another post");
  EXPECT_EQ(std::get<PostSighting>(both.at(1)).id, notice_target(2).id);
}

TEST_F(Pitfall17AtHome, WithoutAPageOfItsOwnHomeAPostIsNotAskedFor) {
  struct Case {
    const char* software;
    std::string url;
  };
  const std::vector<Case> cases = {{"pleroma", ""},
                                   {"pleroma", home_server + "/objects/0f4a-101"},
                                   {"pleroma", "https://evil.example/notice/Qe5mR101"},
                                   {"pleroma", "http://home.example/notice/Qe5mR101"},
                                   {"pleroma", "https://home.example:8443/notice/Qe5mR101"},
                                   {"friendica", home_server + "/display/0f4a-101"}};
  for (const Case& each : cases) {
    SourceBench other;
    introduce_as(other.http, each.software, "2.6.0");
    MastodonOrigin own({}, other.tools());
    std::vector<PostTarget> targets{notice_target(1)};
    targets[0].url = each.url;
    const Batch batch = other.run(own.read_posts(home_server, targets)).value();
    const auto& event = std::get<PostUnreadable>(batch.events.at(0));
    EXPECT_EQ(event.why, "its id at home is not known") << each.url;
    EXPECT_TRUE(event.refused) << "counted, and not asked for again at once";
    EXPECT_EQ(own.posts_max(home_server, {targets[0], notice_target(2)}), 1u) << each.url;
    for (const std::string& url : other.http.urls()) {
      EXPECT_EQ(url.find("/api/v1/statuses"), std::string::npos) << url;
    }
  }
}

}  // namespace
}  // namespace tagscout
