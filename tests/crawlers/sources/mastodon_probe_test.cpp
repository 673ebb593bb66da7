#include "crawlers/sources/mastodon_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/crawlers/source_bench.h"
#include "tests/crawlers/sources/mastodon_samples.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const std::string index_url = home_server + "/.well-known/nodeinfo";
const std::string document_url = home_server + "/nodeinfo/2.0";
const std::string v2_url = home_server + "/api/v2/instance";
const std::string v1_url = home_server + "/api/v1/instance";

class MastodonProbeTest : public testing::Test {
 protected:
  Result<MastodonDialect> learn() { return bench.run(probe.learn(home_server, "", "_home")); }
  void introduce(const std::string& name, const std::string& version) {
    introduce_as(bench.http, name, version);
  }
  // URLs asked since the last call.
  std::vector<std::string> asked() {
    const std::vector<std::string> urls = bench.http.urls();
    std::vector<std::string> fresh(urls.begin() + static_cast<ptrdiff_t>(seen_), urls.end());
    seen_ = urls.size();
    return fresh;
  }

  SourceBench bench;
  MastodonProbe probe{*bench.software, *bench.fetcher, bench.clock};

 private:
  size_t seen_ = 0;
};

TEST_F(MastodonProbeTest, AsksNodeinfoOnceADay) {
  introduce("mastodon", "4.3.2");
  EXPECT_EQ(probe.remembered(home_server).statuses_max, 1u);
  EXPECT_EQ(learn()->statuses_max, 20u);
  EXPECT_THAT(asked(), ElementsAre(index_url, document_url));
  EXPECT_EQ(probe.remembered(home_server).statuses_max, 20u);
  bench.clock.pass(24h - 1s);
  EXPECT_EQ(learn()->statuses_max, 20u);
  EXPECT_THAT(asked(), IsEmpty());
  bench.clock.pass(2s);
  EXPECT_EQ(probe.remembered(home_server).software, "");
  learn();
  EXPECT_THAT(asked(), ElementsAre(index_url, document_url));
}

TEST_F(MastodonProbeTest, TheInstanceSaysItWhereNodeinfoDoesNot) {
  bench.http.answer(v2_url, FakeHttp::status(404, "{}"));
  bench.http.answer(v1_url, dated_json(R"j({"version":"2.7.2 (compatible; Pleroma 2.6.0)"})j"));
  EXPECT_EQ(learn()->software, "pleroma");
  EXPECT_THAT(asked(), ElementsAre(index_url, v2_url, v1_url));
}

TEST_F(MastodonProbeTest, ANodeinfoOfAnotherHostIsNotFollowed) {
  bench.http.answer(
      index_url, dated_json(R"({"links":[{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0",)"
                            R"("href":"https://away.example/nodeinfo/2.0"}]})"));
  bench.http.answer(v2_url, dated_json(R"({"version":"4.1.0"})"));
  EXPECT_EQ(learn()->software, "mastodon");
  EXPECT_THAT(asked(), ElementsAre(index_url, v2_url));
}

TEST_F(MastodonProbeTest, SoftwareThatIsNotInTheTableIsTreatedWithCareEvenIfItImitates) {
  introduce("frobnicator", "9.0");
  bench.http.answer(v2_url, dated_json(R"({"version":"4.5.0"})"));
  const MastodonDialect dialect = learn().value();
  EXPECT_TRUE(dialect.speaks);
  EXPECT_EQ(dialect.software, "");
  EXPECT_EQ(dialect.statuses_max, 1u);
}

TEST_F(MastodonProbeTest, AServerWithoutEitherSpeaksNothingAndIsLeftAloneForAWhile) {
  for (const HttpResponse& page :
       {FakeHttp::status(404, "{}"), FakeHttp::status(200, "<html>home</html>"),
        FakeHttp::status(405, "no"), dated_json("[]")}) {
    SourceBench other;
    MastodonProbe fresh(*other.software, *other.fetcher, other.clock);
    other.http.otherwise([&](const HttpRequest&) { return page; });
    EXPECT_FALSE(other.run(fresh.learn(home_server, "", "_home"))->speaks);
    const size_t asked = other.http.urls().size();
    EXPECT_LE(asked, 3u);
    other.clock.pass(6h - 1s);
    EXPECT_FALSE(other.run(fresh.learn(home_server, "", "_home"))->speaks);
    EXPECT_EQ(other.http.urls().size(), asked);
    other.clock.pass(2s);
    other.run(fresh.learn(home_server, "", "_home"));
    EXPECT_EQ(other.http.urls().size(), 2 * asked);
  }
}

TEST_F(MastodonProbeTest, AnotherApiIsKnownByItsNameWithoutAFurtherQuestion) {
  introduce("misskey", "2025.4.1");
  EXPECT_FALSE(learn()->speaks);
  EXPECT_THAT(asked(), ElementsAre(index_url, document_url));
}

TEST_F(MastodonProbeTest, FailuresOfTheServerAreNotTakenForAnAnswer) {
  const std::vector<std::pair<Result<HttpResponse>, ErrorKind>> cases = {
      {Error(ErrorKind::transient, "no such name"), ErrorKind::transient},
      {FakeHttp::status(503, "<html>"), ErrorKind::transient},
      {FakeHttp::status(429, "{}"), ErrorKind::rate_limited},
      {FakeHttp::status(401, "{}"), ErrorKind::auth}};
  for (const auto& [answer, kind] : cases) {
    SourceBench other;
    MastodonProbe fresh(*other.software, *other.fetcher, other.clock);
    other.http.otherwise([&answer = answer](const HttpRequest&) { return answer; });
    EXPECT_EQ(other.run(fresh.learn(home_server, "", "_home")).error().kind, kind);
    EXPECT_LE(other.http.urls().size(), 2u);
  }
}

TEST_F(MastodonProbeTest, LearnsAnewWhatTurnedOutWrongAndKeepsAwayFromBatches) {
  introduce("mastodon", "4.3.2");
  learn();
  asked();
  probe.refuse_batches(home_server);
  EXPECT_EQ(learn()->statuses_max, 1u) << "whatever it says again";
  EXPECT_EQ(learn()->accounts_max, 1u);
  EXPECT_THAT(asked(), ElementsAre(index_url, document_url));
  bench.clock.pass(24h + 1s);
  EXPECT_EQ(learn()->statuses_max, 20u);
  asked();
  probe.forget(home_server);
  learn();
  EXPECT_THAT(asked(), ElementsAre(index_url, document_url));
}

}  // namespace
}  // namespace tagscout
