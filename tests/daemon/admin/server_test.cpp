#include "daemon/admin/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "daemon/admin/routes.h"
#include "daemon/json_reader.h"
#include "tests/daemon/support/admin_harness.h"

namespace tagscout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* ada_segment = "ap%3Ahttps%3A%2F%2Fgarden.example%2Fusers%2Fada";

JsonNode json(const PlainAnswer& answer) { return parse_json(answer.body).value_or(JsonNode()); }

void expect_problem(const PlainAnswer& answer, int status) {
  EXPECT_EQ(answer.status, status);
  EXPECT_THAT(answer.header, HasSubstr("Content-Type: application/problem+json\r\n"));
  EXPECT_EQ(json(answer)["status"].integer(), status) << answer.body;
  for (const char* field : {"type", "title", "detail"}) {
    EXPECT_TRUE(json(answer)[field].text()) << field << " in " << answer.body;
  }
}

TEST(AdminServer, EveryRouteForReadingAnswersOnBothSockets) {
  AdminHarness harness;
  harness.store.put(sample_account("ada"));
  for (const Route& route : routes()) {
    std::string target(route.pattern);
    if (route.mutating || target == "/v1/flags/tail") continue;
    if (const size_t hole = target.find("{}"); hole != std::string::npos) {
      target.replace(hole, 2, target.starts_with("/v1/tags/") ? "mending" : ada_segment);
    }
    for (const std::string& socket : {harness.admin_socket(), harness.read_socket()}) {
      const PlainAnswer answer = ask(harness, socket, "GET", target);
      EXPECT_EQ(answer.status, 200) << target << answer.body;
      if (target != "/metrics") {
        EXPECT_THAT(answer.header, HasSubstr("Content-Type: application/json\r\n"));
        EXPECT_TRUE(parse_json(answer.body)) << answer.body;
      }
      const PlainAnswer head = ask(harness, socket, "HEAD", target);
      EXPECT_EQ(head.status, 200) << target;
      EXPECT_EQ(head.body, "");
      EXPECT_THAT(head.header,
                  HasSubstr("Content-Length: " + std::to_string(answer.body.size()) + "\r\n"));
    }
  }
  EXPECT_THAT(harness.errors, IsEmpty());
}

TEST(AdminServer, StatusHasTheFieldsOfTheInterface) {
  AdminHarness harness;
  EXPECT_EQ(get(harness, "/v1/status").body,
            "{\"version\":\"" TAGSCOUT_VERSION R"(","uptime_s":90,"state":"healthy","reasons":[],)"
            R"("store":{"accounts":2,"posts":3,"flags":1,"bytes":4096,)"
            R"("disk_free_bytes":1073741824,"unread_accounts":1},)"
            R"("hosts":{"known":5,"at_work":1,"failing":2,"refusing":1},)"
            R"("sources":[{"name":"garden","type":"mastodon","state":"running",)"
            R"("last_success_at":"2026-11-22T11:59:30.000Z","last_error":null,"posts_total":7,)"
            R"("lag_s":1.5,"rate_limit":{"remaining":299,"reset_at":null}}],)"
            R"("totals":{"posts":9,"posts_new":3,"readings":4,"flags":1,"dropped":2}})");
  harness.control.shown.healthy = false;
  harness.control.shown.reasons = {"source garden: no success for 6m"};
  const JsonNode degraded = json(get(harness, "/v1/status"));
  EXPECT_EQ(degraded["state"].text(), "degraded");
  EXPECT_THAT(degraded["reasons"].array(), SizeIs(1));
}

TEST(AdminServer, HealthAnswersEvenWhereReadyDoesNot) {
  AdminHarness harness;
  EXPECT_EQ(get(harness, "/v1/ready").status, 200);
  harness.control.shown.ready = false;
  harness.control.shown.reasons = {"the store cannot be written"};
  EXPECT_EQ(get(harness, "/v1/health").status, 200);
  const PlainAnswer ready = get(harness, "/v1/ready");
  expect_problem(ready, 503);
  EXPECT_THAT(ready.body, HasSubstr("the store cannot be written"));
}

TEST(AdminServer, MetricsAreText) {
  AdminHarness harness;
  const PlainAnswer answer = get(harness, "/metrics");
  EXPECT_THAT(answer.header, HasSubstr("Content-Type: text/plain; version=0.0.4"));
  EXPECT_EQ(answer.body, "tagscout_posts_total{source=\"garden\"} 7\n");
}

TEST(AdminServer, SourcesComePageByPage) {
  AdminHarness harness;
  SourceStatus second = harness.control.shown.sources.front();
  second.name = "attic";
  second.connected_to = "wss://attic.example/subscribe";
  harness.control.shown.sources.push_back(second);
  const JsonNode first = json(get(harness, "/v1/sources?limit=1"));
  ASSERT_THAT(first["items"].array(), SizeIs(1));
  EXPECT_EQ(first["items"].array()[0]["name"].text(), "attic");
  EXPECT_EQ(first["items"].array()[0]["connected_to"].text(), "wss://attic.example/subscribe");
  EXPECT_EQ(first["items"].array()[0]["poll_s"].real(), 120.0);
  EXPECT_EQ(first["items"].array()[0]["urls"].array()[0].text(), "https://garden.example");
  const std::string next(first["next"].text().value_or(""));
  const JsonNode last = json(get(harness, "/v1/sources?limit=1&cursor=" + next));
  ASSERT_THAT(last["items"].array(), SizeIs(1));
  EXPECT_EQ(last["items"].array()[0]["name"].text(), "garden");
  EXPECT_TRUE(last["items"].array()[0]["connected_to"].is_null());
  EXPECT_TRUE(last["next"].is_null());
}

TEST(AdminServer, SourcesTellTheBudgetsOfTheirHosts) {
  AdminHarness harness;
  const JsonNode page = json(get(harness, "/v1/sources"));
  EXPECT_EQ(
      to_json(page["items"].array()[0]["hosts"]),
      R"([{"host":"https://garden.example","limit":300,"remaining":299,)"
      R"("reset_at":"2026-11-22T12:05:00.000Z","gap_s":3.0,"not_before":null,"robots":"read",)"
      R"("robots_until":"2026-11-23T12:00:00.000Z",)"
      R"("last_refusal":"https://garden.example/api/v1/timelines/tag/x answered 429",)"
      R"("last_refusal_at":"2026-11-22T10:00:00.000Z","local":[)"
      R"({"budget":"general","limit":300,"used":12,"window_s":300.0},)"
      R"({"budget":"paging","limit":300,"used":34,"window_s":900.0}]}])");
}

TEST(AdminServer, ASourceIsTestedOnTheAdminSocketAlone) {
  AdminHarness harness;
  const auto test = [&](const std::string& socket, const std::string& name) {
    return ask(harness, socket, "POST", "/v1/sources/" + name + "/test");
  };
  EXPECT_EQ(test(harness.admin_socket(), "garden").body,
            R"({"name":"garden","state":"works","hosts":[{"host":"https://garden.example",)"
            R"("name_ms":1.5,"connect_ms":20.0,"tls_ms":40.0,"first_byte_ms":60.0,"status":200,)"
            R"("failed":null,"error":null}],"page":{"took_ms":250.0,"events":40,"error":null}})");
  expect_problem(test(harness.read_socket(), "garden"), 403);
  expect_problem(test(harness.admin_socket(), "attic"), 404);
  harness.control.tested.hosts[0] = {};
  harness.control.tested.hosts[0].host = "https://garden.example";
  harness.control.tested.hosts[0].failed = "tls";
  harness.control.tested.hosts[0].error = "certificate has expired";
  harness.control.tested.page.reset();
  harness.control.tested.page_error = "certificate has expired";
  EXPECT_EQ(test(harness.admin_socket(), "garden").body,
            R"({"name":"garden","state":"failed","hosts":[{"host":"https://garden.example",)"
            R"("name_ms":null,"connect_ms":null,"tls_ms":null,"first_byte_ms":null,"status":null,)"
            R"("failed":"tls","error":"certificate has expired"}],)"
            R"("page":{"took_ms":null,"events":null,"error":"certificate has expired"}})");
}

TEST(AdminServer, AccountIsOneEncodedSegment) {
  AdminHarness harness;
  harness.store.put(sample_account("ada"));
  for (const char* segment :
       {ada_segment, "ada%40garden.example", "%40ada%40garden.example", "@ada@garden.example"}) {
    const PlainAnswer answer = get(harness, std::string("/v1/accounts/") + segment);
    EXPECT_EQ(json(answer)["id"].text(), "ap:https://garden.example/users/ada") << segment;
  }
  for (const char* segment :
       {"ap:https://garden.example/users/ada", "eve%40garden.example", "%20"}) {
    expect_problem(get(harness, std::string("/v1/accounts/") + segment), 404);
  }
}

TEST(AdminServer, ListsTakeTheirFilters) {
  AdminHarness harness;
  const AccountFacts ada = sample_account("ada");
  harness.store.put(ada);
  PostRecord post = sample_post("1");
  post.tags = {harness.store.tag("cafe")};
  post.niches = {harness.store.niche("repair")};
  harness.store.put(ada, post);
  harness.store.put(sample_flag(ada));
  const auto count = [&](const std::string& target) {
    return json(get(harness, target))["items"].array().size();
  };
  EXPECT_EQ(count("/v1/accounts?network=activitypub&band=default/micro&niche=repair"), 1U);
  EXPECT_EQ(count("/v1/accounts?tag=%23Caf%C3%A9"), 1U);  // normalised, and folded
  EXPECT_EQ(count("/v1/accounts?tag=tea"), 0U);
  EXPECT_EQ(count("/v1/accounts?network=bluesky"), 0U);
  EXPECT_EQ(count("/v1/posts?tag=cafe&account=ada%40garden.example"), 1U);
  EXPECT_EQ(count("/v1/posts?account=eve%40garden.example"), 0U);
  EXPECT_EQ(count("/v1/flags?band=micro&kind=rose&since=0"), 1U);
  EXPECT_EQ(count("/v1/flags?since=1"), 0U);
}

TEST(AdminServer, BadValuesAreBadRequests) {
  AdminHarness harness;
  for (const char* target :
       {"/v1/accounts?limit=0", "/v1/accounts?limit=x", "/v1/accounts?network=ap",
        "/v1/accounts?band=giant", "/v1/accounts?niche=A", "/v1/accounts?tag=%23",
        "/v1/accounts?cursor=zzz", "/v1/accounts?filter=followers", "/v1/posts?network=bluesky",
        "/v1/flags?kind=risen", "/v1/flags?since=-1", "/v1/flags/tail?limit=5",
        "/v1/flags/tail?since=x", "/v1/status?verbose=1", "/v1/accounts?limit=1&limit=2",
        "/v1/accounts/%zz", "/v1/accounts/%00", "http://tagscout/v1/status", "*"}) {
    expect_problem(get(harness, target), 400);
  }
}

TEST(AdminServer, WhatIsNotThereIsNotFaked) {
  AdminHarness harness;
  for (const char* target :
       {"/", "/v1", "/v1/", "/v1/niches", "/v1/config", "/v1/openapi.json", "/v1/tags/cafe",
        "/v1/status/", "/v2/status", "/status", "/v1/accounts/x/why", "/v1/accounts/",
        "/v1/metrics", "/v1/flags/tail/x", "/v1/sources/garden", "/v1//status", "/V1/status"}) {
    expect_problem(get(harness, target), 404);
  }
  for (const char* target : {"/v1/reload", "/v1/log-level", "/v1/backup",
                             "/v1/sources/garden/pause", "/v1/exports/daily"}) {
    expect_problem(ask(harness, harness.admin_socket(), "POST", target), 404);
  }
}

TEST(AdminServer, OtherMethodsAreToldWhichAreAllowed) {
  AdminHarness harness;
  for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"}) {
    const PlainAnswer answer = ask(harness, harness.admin_socket(), method, "/v1/status");
    expect_problem(answer, 405);
    EXPECT_THAT(answer.header, HasSubstr("Allow: GET, HEAD\r\n"));
  }
  for (const char* method : {"GET", "HEAD", "DELETE"}) {
    const PlainAnswer answer =
        ask(harness, harness.admin_socket(), method, "/v1/accounts/x/ignore");
    EXPECT_EQ(answer.status, 405);
    EXPECT_THAT(answer.header, HasSubstr("Allow: POST\r\n"));
  }
}

TEST(AdminServer, ChangesAreTakenOnTheAdminSocketAlone) {
  AdminHarness harness;
  harness.store.put(sample_account("ada"));
  for (const char* verb : {"ignore", "allow"}) {
    const std::string target = std::string("/v1/accounts/") + ada_segment + "/" + verb;
    expect_problem(ask(harness, harness.read_socket(), "POST", target), 403);
  }
  EXPECT_THAT(harness.control.ignored, IsEmpty());
  EXPECT_THAT(harness.control.allowed, IsEmpty());
  ASSERT_THAT(harness.changes, SizeIs(2));
  EXPECT_EQ(harness.changes[0].status, 403);
}

TEST(AdminServer, IgnoreTakesIdOrHandleAndIsLogged) {
  AdminHarness harness;
  harness.store.put(sample_account("ada"));
  for (const char* segment : {ada_segment, "@ada%40garden.example"}) {
    const std::string target = std::string("/v1/accounts/") + segment + "/ignore";
    const PlainAnswer answer = ask(harness, harness.admin_socket(), "POST", target);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, R"({"id":"ap:https://garden.example/users/ada","state":"ignored"})");
    ASSERT_FALSE(harness.changes.empty());
    EXPECT_EQ(harness.changes.back().path, target);
    EXPECT_EQ(harness.changes.back().method, "POST");
    EXPECT_EQ(harness.changes.back().status, 200);
    EXPECT_EQ(harness.changes.back().peer.uid, getuid());
    EXPECT_EQ(harness.changes.back().peer.pid, getpid());
  }
  EXPECT_THAT(harness.control.ignored, ElementsAre("ap:https://garden.example/users/ada",
                                                   "ap:https://garden.example/users/ada"));
}

TEST(AdminServer, ChangesOfWhatIsNotThereAreNotFound) {
  AdminHarness harness;
  const auto post = [&](const std::string& segment, const std::string& verb) {
    return ask(harness, harness.admin_socket(), "POST", "/v1/accounts/" + segment + "/" + verb);
  };
  expect_problem(post("eve%40garden.example", "ignore"), 404);
  expect_problem(post("ap%3Ax", "ignore"), 404);
  expect_problem(post("eve%40garden.example", "allow"), 404);
  EXPECT_THAT(harness.control.ignored, IsEmpty());
  EXPECT_THAT(harness.control.allowed, IsEmpty());
  // Gone accounts are unknown to the store, but their id can still be allowed.
  EXPECT_EQ(post("ap%3Ax", "allow").status, 200);
  EXPECT_THAT(harness.control.allowed, ElementsAre("ap:x"));
  harness.control.knows = false;
  expect_problem(post("ap%3Ax", "allow"), 404);
  harness.store.put(sample_account("ada"));
  expect_problem(post(ada_segment, "ignore"), 404);
}

TEST(AdminServer, OwnFailureIsA500ThatSaysNothingAndIsReported) {
  AdminHarness harness;
  harness.control.fails = true;
  const PlainAnswer answer =
      ask(harness, harness.admin_socket(), "POST", "/v1/accounts/ap%3Ax/allow");
  expect_problem(answer, 500);
  EXPECT_THAT(answer.body, testing::Not(HasSubstr("disk")));
  EXPECT_THAT(harness.errors, ElementsAre("the disk is gone"));
  EXPECT_EQ(get(harness, "/v1/health").status, 200);
}

}  // namespace
}  // namespace tagscout
