// A daemon among servers whose TLS is at fault: each is refused, and says why where the operator
// looks.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "storage/model/time.h"
#include "tests/end_to_end/daemon.h"
#include "tests/support/loopback_server.h"
#include "tests/support/tls.h"

namespace tagscout::end_to_end {
namespace {

using namespace std::chrono_literals;

constexpr const char* timeline = "/api/v1/timelines/tag/slowfashion";
constexpr const char* truncated = "cut off: TLS ended without a goodbye";

// One post of one person who lives on that server.
std::string page(const std::string& server) {
  const Time now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  return R"([{"id":"1001","uri":")" + server + R"(/users/ada/statuses/1001","url":")" + server +
         R"(/@ada/1001","created_at":")" + format_time(now) +
         R"(","visibility":"public","tags":[{"name":"slowfashion"}],)"
         R"("account":{"id":"7","username":"ada","acct":"ada","uri":")" +
         server + R"(/users/ada","url":")" + server +
         R"(/@ada","followers_count":1,"following_count":1,"statuses_count":1}}])";
}

std::string head(const std::string& length) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + length + "\r\n";
}

// Its servers run on a thread of their own.
class TlsTest : public testing::Test {
 protected:
  TlsTest()
      : folder_(std::filesystem::temp_directory_path() /
                ("tagscout-tls-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~TlsTest() override {
    daemon_.reset();
    context_.stop();
    if (thread_.joinable()) thread_.join();
    if (!HasFailure()) std::filesystem::remove_all(folder_);
  }

  // A server whose timeline is answered with one page and then, if there is none, nothing.
  LoopbackServer& serve(const TlsIdentity& identity, int tls_version_max = 0) {
    LoopbackServer& server = servers_.emplace_back(context_, identity, tls_version_max);
    allowed_ += "\"" + server.host_port() + "\", ";
    return server;
  }
  LoopbackServer& add_mastodon(const std::string& name, const TlsIdentity& identity,
                               int tls_version_max = 0) {
    LoopbackServer& server = serve(identity, tls_version_max);
    sources_ += "[[source]]\nname = \"" + name +
                "\"\ntype = \"mastodon\"\npoll = \"1s\"\nurl = \"" + server.origin() + "\"\n";
    return server;
  }
  void add_healthy() {
    LoopbackServer& server = add_mastodon("healthy", authority_.issue({}));
    const std::vector<std::pair<std::string, std::string>> json = {
        {"Content-Type", "application/json"}};
    // A goodbye is not needed where the length says that all is there.
    server.reply(timeline, {.bytes = http_answer(200, page(server.origin()), json), .close = true});
    server.reply(timeline, {.bytes = http_answer(200, "[]", json), .close = true});
  }
  // Ends its whole page without a goodbye; `missing` bytes were still to come.
  void add_truncated(const std::string& name, bool tells_length) {
    LoopbackServer& server = add_mastodon(name, authority_.issue({}));
    const std::string body = page(server.origin());
    const std::string length = "Content-Length: " + std::to_string(body.size() + 1) + "\r\n";
    server.reply(timeline, {.bytes = head(tells_length ? length : "") + body, .close = true});
  }
  void add_bluesky(const std::string& name, const TlsIdentity& identity) {
    LoopbackServer& stream = serve(identity);
    LoopbackServer& view = serve(authority_.issue({}));
    sources_ += "[[source]]\nname = \"" + name + "\"\ntype = \"bluesky\"\njetstream = [\"wss://" +
                stream.host_port() + "/subscribe\"]\nappview = \"" + view.origin() + "\"\n";
  }

  void start() {
    std::ofstream(folder_ + "/tagscout.toml")
        << "[daemon]\ncontact = \"operator@tagscout.test\"\n[http]\ngap = \"10ms\"\nca_file = \""
        << ca_file_.path() << "\"\nallow_private = [" << allowed_
        << "]\n[[niche]]\nname = \"mending\"\ntags = [\"slowfashion\"]\n"
        << sources_;
    thread_ = std::thread([this] { context_.run(); });
    daemon_ = std::make_unique<Daemon>(folder_);
  }

  struct Shown {
    std::string state;
    std::string last_error;
    int64_t posts = 0;
    bool succeeded = false;
  };
  std::map<std::string, Shown> sources() {
    std::map<std::string, Shown> shown;
    const rapidjson::Document answer = daemon_->api().get_json("/v1/sources");
    for (const auto& source : answer["items"].GetArray()) {
      const auto& error = source["last_error"];
      shown[source["name"].GetString()] = {
          source["state"].GetString(), error.IsNull() ? "" : error.GetString(),
          source["posts_total"].GetInt64(), !source["last_success_at"].IsNull()};
    }
    return shown;
  }
  // Waits until each has either read something or failed.
  std::map<std::string, Shown> settled() {
    std::map<std::string, Shown> shown = sources();
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    const auto open = [&](const auto& source) {
      return source.second.last_error.empty() && source.second.posts == 0;
    };
    while (std::any_of(shown.begin(), shown.end(), open) &&
           std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(20ms);
      shown = sources();
    }
    return shown;
  }

  std::string folder_;
  TlsAuthority authority_;
  TempFile ca_file_{authority_.certificate()};
  boost::asio::io_context context_;
  std::list<LoopbackServer> servers_;
  std::string allowed_;
  std::string sources_;
  std::thread thread_;
  std::unique_ptr<Daemon> daemon_;
};

TEST_F(TlsTest, EveryFaultIsRefusedAndSourceShowSaysWhy) {
  const TlsSubject expired{.valid_from = -48h, .valid_to = -24h};
  add_healthy();
  add_mastodon("wrong-host", authority_.issue({.names = "DNS:other.test"}));
  add_mastodon("expired", authority_.issue(expired));
  add_mastodon("not-yet-valid", authority_.issue({.valid_from = 24h, .valid_to = 48h}));
  add_mastodon("self-signed", self_signed({}));
  add_mastodon("unknown-issuer", TlsAuthority().issue({}));
  add_mastodon("tls-1.0", authority_.issue({}), TLS1_VERSION);
  add_truncated("truncated", false);
  add_truncated("truncated-in-length", true);
  add_bluesky("stream-expired", authority_.issue(expired));
  add_bluesky("stream-wrong-host", authority_.issue({.names = "DNS:other.test"}));
  start();
  const std::map<std::string, std::string> reasons = {
      {"wrong-host", "the certificate is for another host"},
      {"expired", "the certificate has expired"},
      {"not-yet-valid", "the certificate is not yet valid"},
      {"self-signed", "the certificate is self-signed"},
      {"unknown-issuer", "the certificate is signed by no authority that is trusted"},
      {"tls-1.0", "the server speaks no TLS 1.2 or newer"},
      {"truncated", truncated},
      {"truncated-in-length", truncated},
      {"stream-expired", "the certificate has expired"},
      {"stream-wrong-host", "the certificate is for another host"}};
  std::map<std::string, Shown> shown = settled();
  ASSERT_EQ(shown.size(), reasons.size() + 1);
  for (const auto& [name, reason] : reasons) {
    EXPECT_EQ(shown[name].state, "backing_off") << name;
    EXPECT_NE(shown[name].last_error.find(reason), std::string::npos)
        << name << ": " << shown[name].last_error;
    EXPECT_EQ(shown[name].posts, 0) << name << ": a cut answer was taken for a whole one";
    const std::string text = daemon_->tagscout({"source", "show", name});
    EXPECT_NE(text.find("state: backing_off\n"), std::string::npos) << text;
    EXPECT_NE(text.find("last_error: transient: "), std::string::npos) << text;
    EXPECT_NE(text.find(reason), std::string::npos) << text;
    const std::string json = daemon_->tagscout({"source", "show", name, "--json"});
    EXPECT_NE(json.find(reason), std::string::npos) << json;
  }
  EXPECT_EQ(shown["healthy"].state, "running") << shown["healthy"].last_error;
  EXPECT_EQ(shown["healthy"].last_error, "");
  EXPECT_EQ(shown["healthy"].posts, 1);
  EXPECT_EQ(daemon_->stop(10s), 0) << daemon_log_end(folder_);
  for (const LoopbackServer& server : servers_) {
    for (const std::string& request : server.requests()) {
      EXPECT_EQ(request.find("Bearer"), std::string::npos) << "nothing secret to anybody";
    }
  }
}

}  // namespace
}  // namespace tagscout::end_to_end
