// What a real server says on its streams, frame by frame, and how it refuses to.

#include "crawlers/http_status.h"
#include "crawlers/sources/mastodon_stream.h"
#include "tests/crawlers/corpus.h"
#include "tests/crawlers/source_bench.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;

const MastodonView server_view{
    .server = "http://localhost:3301", .domain = "localhost:3301", .stale = false, .bridges = {}};

class StreamingCorpus : public CorpusTest {
 protected:
  // The frames of one connection, in order.
  std::vector<std::string> frames_of(const std::string& connection) const {
    std::vector<std::string> frames;
    std::istringstream lines(read("gotosocial/stream_ws.jsonl"));
    for (std::string line; std::getline(lines, line);) {
      rapidjson::Document record;
      record.Parse(line.c_str());
      if (plain_text(record, "conn") != connection) continue;
      if (record["data"].HasMember("frame")) {
        frames.emplace_back(record["data"]["frame"].GetString());
      }
    }
    return frames;
  }

  Batch hear(std::vector<std::string> frames) {
    bench_.web_sockets.script("ws://localhost:3301/api/v1/streaming",
                              {.refused = {}, .reads = {std::move(frames)}, .end = {}});
    MastodonStream stream(
        {.address = "ws://localhost:3301", .token = "secret", .tags = {"tinyhouse"}},
        bench_.tools());
    Batch batch;
    bench_.run(stream.connect(batch));
    EXPECT_TRUE(stream.connected());
    const Result<void> heard = bench_.run(read_into(stream, batch));
    EXPECT_TRUE(heard);
    return batch;
  }

  SourceBench bench_;

 private:
  static boost::asio::awaitable<Result<void>> read_into(MastodonStream& stream, Batch& batch) {
    MastodonView view = server_view;
    co_await stream.read(1s, std::move(view), batch);
    co_return Result<void>();
  }
};

// The event that a frame stands for, by a plain reading: which post it shows, or takes away.
std::string plain_event(const std::string& text, std::map<std::string, std::string>& uris) {
  rapidjson::Document frame;
  frame.Parse(text.c_str());
  const std::string event = plain_text(frame, "event");
  const std::string payload = plain_text(frame, "payload");
  if (event == "delete") {
    const auto known = uris.find(payload);
    return known == uris.end() ? "" : "deleted " + known->second;
  }
  rapidjson::Document status;
  status.Parse(payload.c_str());
  uris[plain_text(status, "id")] = plain_text(status, "uri");
  return "shown " + plain_text(status, "uri");
}

TEST_F(StreamingCorpus, EveryFrameSaysWhatAPlainReadingSays) {
  size_t frames = 0;
  for (const char* const connection : {"user", "public", "multiplex", "hashtag"}) {
    const std::vector<std::string> sent = frames_of(connection);
    frames += sent.size();
    std::map<std::string, std::string> uris;
    std::vector<std::string> want;
    for (const std::string& frame : sent) {
      const std::string event = plain_event(frame, uris);
      if (!event.empty()) want.push_back(event);
    }
    const Batch batch = hear(sent);
    std::vector<std::string> got;
    for (const Event& event : batch.events) {
      if (const auto* post = std::get_if<PostSighting>(&event)) {
        got.push_back("shown " + std::string(post->id.native()));
        EXPECT_EQ(post->tags->front(), "tinyhouse");
      }
      if (const auto* gone = std::get_if<PostDeleted>(&event)) {
        got.push_back("deleted " + std::string(gone->id.native()));
      }
    }
    EXPECT_EQ(got, want) << connection;
    EXPECT_TRUE(batch.dropped.empty()) << connection;
  }
  EXPECT_EQ(frames, 8u);
}

TEST_F(StreamingCorpus, CutFramesAreCountedAndHarmless) {
  for (const std::string& frame : frames_of("user")) {
    each_prefix(frame, [&](std::string_view prefix) {
      const Batch batch = hear({std::string(prefix)});
      EXPECT_TRUE(batch.events.empty());
      EXPECT_EQ(batch.dropped.at("protocol"), 1);
    });
  }
}

TEST_F(StreamingCorpus, HandshakesAreRefusedForTheReasonGiven) {
  const std::vector<std::pair<std::string, std::optional<ErrorKind>>> cases = {
      {"ws_no_token", ErrorKind::auth},
      {"ws_bad_token", ErrorKind::auth},
      {"ws_no_user_agent", ErrorKind::bad_request},
      {"ws_ok_bearer", std::nullopt},
  };
  for (const auto& [name, kind] : cases) {
    const std::string text = read("gotosocial/" + name + ".txt");
    const size_t answer = text.find("HTTP/1.1 ", text.find("--- answer ---"));
    ASSERT_NE(answer, std::string::npos) << name;
    HttpResponse response;
    response.status = std::atoi(text.c_str() + answer + std::string("HTTP/1.1 ").size());
    if (!kind) {
      EXPECT_EQ(response.status, 101) << name;
      continue;
    }
    const std::optional<Error> error = status_error(response, Time());
    ASSERT_TRUE(error) << name;
    EXPECT_EQ(error->kind, *kind) << name;
  }
}

}  // namespace
}  // namespace tagscout
