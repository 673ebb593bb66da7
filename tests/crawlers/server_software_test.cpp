#include "crawlers/server_software.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/crawlers/json_object.h"
#include "tests/crawlers/source_bench.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::SizeIs;

const std::string server = "https://home.example";
const std::string index_url = server + "/.well-known/nodeinfo";
const std::string document_url = server + "/nodeinfo/2.1";
const std::string index_body =
    R"({"links":[{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.1",)"
    R"("href":"https://home.example/nodeinfo/2.1"}]})";

TEST(ServerSoftware, FollowsTheNewestNodeinfoThatLiesOnTheSameServer) {
  const auto link = [](const std::string& rel, const std::string& href) {
    return R"({"rel":"http://nodeinfo.diaspora.software/ns/schema/)" + rel + R"(","href":")" +
           href + "\"}";
  };
  const auto newest = [](const std::vector<std::string>& links) {
    return parse_nodeinfo_index("{\"links\":" + json_array(links) + "}", server)
        .value()
        .value_or("none");
  };
  EXPECT_EQ(newest({link("2.0", server + "/nodeinfo/2.0"), link("2.1", server + "/nodeinfo/2.1"),
                    link("1.0", server + "/nodeinfo/1.0")}),
            server + "/nodeinfo/2.1");
  EXPECT_EQ(newest({link("2.0", "https://home.example:443/n")}), server + "/n");
  EXPECT_EQ(newest({link("2.0", "https://away.example/nodeinfo/2.0")}), "none");
  EXPECT_EQ(newest({link("2.0", "http://home.example/nodeinfo/2.0")}), "none");
  EXPECT_EQ(newest({link("2.0", "https://home.example@away.example/n")}), "none");
  EXPECT_EQ(newest({link("2.0", "/nodeinfo/2.0")}), "none");
  EXPECT_EQ(newest({R"({"rel":"self","href":"https://home.example/n"})"}), "none");
  EXPECT_EQ(newest({}), "none");
  for (const char* const bad : {"", "[]", "{\"links\":3}", "{\"links\":[3]}"}) {
    EXPECT_FALSE(parse_nodeinfo_index(bad, server)) << bad;
  }
}

TEST(ServerSoftware, NodeinfoNamesTheSoftware) {
  const ServerSoftware software =
      parse_nodeinfo(R"({"software":{"name":"GoToSocial","version":"0.19.2"}})").value();
  EXPECT_EQ(software.name, "gotosocial");
  EXPECT_EQ(software.version, "0.19.2");
  for (const char* const bad : {"", "[]", "{}", R"({"software":{"version":"1"}})"}) {
    EXPECT_FALSE(parse_nodeinfo(bad)) << bad;
  }
}

class SoftwareProbeTest : public testing::Test {
 protected:
  Result<ServerSoftware> learn() { return bench.run(bench.software->learn(server, "_home")); }
  SourceBench bench;
};

TEST_F(SoftwareProbeTest, AsksOnceADay) {
  bench.http.answer(index_url, dated_json(index_body));
  bench.http.answer(document_url,
                    dated_json(R"({"software":{"name":"PeerTube","version":"7.0.1"}})"));
  EXPECT_EQ(bench.software->remembered(server).name, "");
  EXPECT_EQ(learn()->name, "peertube");
  EXPECT_EQ(bench.software->remembered(server).version, "7.0.1");
  bench.clock.pass(24h - 1s);
  learn();
  EXPECT_THAT(bench.http.urls(), ElementsAre(index_url, document_url));
  bench.clock.pass(2s);
  EXPECT_EQ(bench.software->remembered(server).name, "");
  learn();
  EXPECT_THAT(bench.http.urls(), SizeIs(4));
}

TEST_F(SoftwareProbeTest, AServerThatDoesNotSayIsAskedAgainSooner) {
  EXPECT_EQ(learn()->name, "");
  bench.clock.pass(6h - 1s);
  EXPECT_EQ(learn()->name, "");
  EXPECT_THAT(bench.http.urls(), SizeIs(1));
  bench.clock.pass(2s);
  learn();
  EXPECT_THAT(bench.http.urls(), SizeIs(2));
}

TEST_F(SoftwareProbeTest, AServerThatIsOverrunIsAskedNothingMore) {
  bench.http.answer(index_url, FakeHttp::status(429, "{}"));
  EXPECT_EQ(learn().error().kind, ErrorKind::rate_limited);
  EXPECT_THAT(bench.http.urls(), SizeIs(1));
}

}  // namespace
}  // namespace tagscout
