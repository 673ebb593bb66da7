#include "crawlers/http.h"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "tests/crawlers/http_fixture.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

TEST_F(HttpTest, AsksAsItShould) {
  server.answer("/x?any[]=y", http_answer(200, "[]", {{"X-One", "1"}, {"X-One", "2"}}));
  const auto response = get("/x?any[]=y", "secret");
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "[]");
  EXPECT_EQ(response->url, server.origin() + "/x?any[]=y");
  EXPECT_EQ(response->header("x-one"), "1");
  EXPECT_EQ(response->header("x-two"), "");
  EXPECT_EQ(response->headers.size(), 3u);
  EXPECT_EQ(server.requests().at(0),
            "GET /x?any[]=y HTTP/1.1\r\n"
            "Host: " +
                server.host_port() +
                "\r\n"
                "User-Agent: tagscout/0.1.0 (+ops@a.test)\r\n"
                "Accept: application/json\r\n"
                "Accept-Encoding: gzip\r\n"
                "Authorization: Bearer secret\r\n\r\n");
}

TEST_F(HttpTest, ReturnsAnswersOfEveryStatus) {
  for (const int status : {200, 204, 304, 401, 404, 418, 429, 500, 503, 599}) {
    const std::string target = "/" + std::to_string(status);
    const bool bare = status == 204 || status == 304;
    server.reply(target, {.bytes = bare ? "HTTP/1.1 " + std::to_string(status) + " x\r\n\r\n"
                                        : http_answer(status, "<html>wait</html>")});
    const auto response = get(target);
    ASSERT_TRUE(response) << status << response.error().detail;
    EXPECT_EQ(response->status, status);
    EXPECT_EQ(response->body, bare ? "" : "<html>wait</html>");
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpTest, KeepsConnectionsForTheNextRequest) {
  server.answer("/x", http_answer(200, "[]"));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(get("/x"));
  EXPECT_EQ(server.requests().size(), 5u);
  EXPECT_EQ(server.connections(), 1);
  clock.pass(options.limits.idle);
  EXPECT_TRUE(get("/x"));
  EXPECT_EQ(server.connections(), 2) << "idle for too long";
}

TEST_F(HttpTest, DoesNotKeepWhatTheServerCloses) {
  server.answer("/x", http_answer(200, "[]", {{"Connection", "close"}}));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(get("/x"));
  EXPECT_EQ(server.connections(), 3);
}

TEST_F(HttpTest, AsksAgainWhenAKeptConnectionTurnsOutClosed) {
  server.answer("/x", http_answer(200, "[1]"));
  server.reply("/x", {.close = true});  // closes without a word
  server.answer("/x", http_answer(200, "[2]"));
  EXPECT_EQ(get("/x")->body, "[1]");
  const auto second = get("/x");
  ASSERT_TRUE(second) << second.error().detail;
  EXPECT_EQ(second->body, "[2]");
  EXPECT_EQ(server.requests().size(), 3u);
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(HttpTest, DoesNotAskAgainOnAFreshConnection) {
  server.reply("/x", {.close = true});
  EXPECT_EQ(kind_of("/x"), ErrorKind::transient);
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(HttpTest, DoesNotAskAgainAfterTheFirstByte) {
  server.answer("/x", http_answer(200, "[1]"));
  server.reply("/x", {.bytes = "HTTP/1.1 200 OK\r\nContent-", .close = true});
  EXPECT_TRUE(get("/x"));
  EXPECT_EQ(kind_of("/x"), ErrorKind::transient);
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST_F(HttpTest, ClosesTheOldestIdleConnectionBeyondTheLimit) {
  LoopbackServer second(context);
  options.allow_private.add(second.host_port());
  options.limits.connections_max = 1;
  server.answer("/x", http_answer(200, "[]"));
  second.answer("/x", http_answer(200, "[]"));
  EXPECT_TRUE(get("/x"));
  EXPECT_TRUE(get("/x"));
  EXPECT_EQ(server.connections(), 1);
  EXPECT_TRUE(run_to_end(context, http->get(HttpRequest(second.origin() + "/x"))));
  EXPECT_TRUE(get("/x"));
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(HttpTest, BytesBehindTheAnswerEndTheConnection) {
  server.answer("/x", http_answer(200, "[]") + "HTTP/1.1 200 OK\r\n\r\nevil");
  EXPECT_EQ(get("/x")->body, "[]");
  EXPECT_EQ(get("/x")->body, "[]");
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(HttpTest, ReadsChunksAndBodiesThatEndWithTheConnection) {
  server.answer(
      "/chunks",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n2\r\n2]\r\n0\r\n\r\n");
  EXPECT_EQ(get("/chunks")->body, "[1,2]");
  server.reply("/end", {.bytes = "HTTP/1.0 200 OK\r\n\r\n[3]", .close = true});
  EXPECT_EQ(get("/end")->body, "[3]");
}

TEST_F(HttpTest, UnpacksGzip) {
  const std::string body(50000, 'x');
  server.answer("/x", http_answer(200, gzip(body), {{"Content-Encoding", "gzip"}}));
  const auto response = get("/x");
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->body, body);
}

TEST_F(HttpTest, RefusesBodiesItCannotOrMayNotUnpack) {
  options.limits.body_bytes_max = 1u << 20;
  const std::string bomb = gzip(std::string(64u << 20, '\0'));
  ASSERT_LT(bomb.size(), options.limits.body_bytes_max);
  const std::pair<const char*, std::string> cases[] = {
      {"/bomb", http_answer(200, bomb, {{"Content-Encoding", "gzip"}})},
      {"/nested", http_answer(200, gzip(gzip("[]")), {{"Content-Encoding", "gzip, gzip"}})},
      {"/brotli", http_answer(200, "[]", {{"Content-Encoding", "br"}})},
      {"/damaged", http_answer(200, "no gzip", {{"Content-Encoding", "gzip"}})},
  };
  for (const auto& [target, bytes] : cases) {
    server.answer(target, bytes);
    EXPECT_EQ(kind_of(target), ErrorKind::protocol) << target;
  }
}

TEST_F(HttpTest, BoundsTheBody) {
  options.limits.body_bytes_max = 1000;
  server.answer("/fits", http_answer(200, std::string(1000, 'x')));
  EXPECT_TRUE(get("/fits"));
  const std::string chunk = "1f4\r\n" + std::string(500, 'x') + "\r\n";
  const std::pair<const char*, std::string> cases[] = {
      {"/announced", http_answer(200, std::string(1001, 'x'))},
      {"/lied", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nx"},
      {"/chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk + chunk},
      {"/endless", "HTTP/1.1 200 OK\r\n\r\n" + std::string(5000, 'x')},
  };
  for (const auto& [target, bytes] : cases) {
    server.answer(target, bytes);
    const auto response = get(target);
    ASSERT_FALSE(response) << target;
    EXPECT_EQ(response.error().kind, ErrorKind::protocol) << target;
    EXPECT_EQ(response.error().detail,
              server.origin() + target + ": the body is larger than 1000 bytes");
  }
}

TEST_F(HttpTest, BoundsTheHeaders) {
  options.limits.header_bytes_max = 4096;
  std::string many;
  for (int i = 0; i < 10000; ++i) many += "X-" + std::to_string(i) + ": y\r\n";
  for (const std::string& headers : {"X-Long: " + std::string(10000, 'x') + "\r\n", many}) {
    server.answer("/x" + std::to_string(headers.size()), "HTTP/1.1 200 OK\r\n" + headers + "\r\n");
    EXPECT_EQ(kind_of("/x" + std::to_string(headers.size())), ErrorKind::protocol);
  }
}

TEST_F(HttpTest, RefusesWhatIsNotHttp) {
  const std::pair<const char*, const char*> cases[] = {
      {"/greeting", "220 mail.test ready\r\n\r\n"},
      {"/status", "HTTP/1.1 abc OK\r\n\r\n"},
      {"/version", "HTTP/9.9 200 OK\r\n\r\n"},
      {"/header", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n"},
      {"/length", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"},
      {"/lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n[]x"},
      {"/chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n[]\r\n"},
      {"/flood",
       "HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 100 Go\r\n\r\nHTTP/1.1 100 Go\r\n\r\n"
       "HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 100 Go\r\n\r\nHTTP/1.1 100 Go\r\n\r\n"
       "HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 100 Go\r\n\r\nHTTP/1.1 100 Go\r\n\r\n"},
  };
  for (const auto& [target, bytes] : cases) {
    server.answer(target, bytes);
    EXPECT_EQ(kind_of(target), ErrorKind::protocol) << target;
  }
}

TEST_F(HttpTest, PassesOverInformationalAnswers) {
  server.answer("/x", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: </y>\r\n\r\n" +
                          http_answer(200, "[]"));
  EXPECT_EQ(get("/x")->body, "[]");
  EXPECT_TRUE(get("/x"));
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpTest, ATruncatedAnswerIsTransient) {
  const std::pair<const char*, const char*> cases[] = {
      {"/nothing", ""},
      {"/line", "HTTP/1.1 2"},
      {"/headers", "HTTP/1.1 200 OK\r\nContent-Le"},
      {"/body", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1,2"},
      {"/chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n[1,2"},
      {"/last", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n"},
  };
  for (const auto& [target, bytes] : cases) {
    server.reply(target, {.bytes = bytes, .close = true});
    const auto response = get(target);
    ASSERT_FALSE(response) << target;
    EXPECT_EQ(response.error().kind, ErrorKind::transient) << target;
    EXPECT_EQ(response.error().detail,
              server.origin() + target + ": cut off before the end of the answer");
  }
}

TEST_F(HttpTest, GivesUpOnAServerThatDoesNotAnswer) {
  options.limits.first_byte = 100ms;
  server.reply("/silent", {.bytes = http_answer(200, "[]"), .pause = 1h});
  server.reply("/slow", {.bytes = http_answer(200, "[]"), .drip = 30ms});
  for (const char* const target : {"/silent", "/slow"}) {
    const auto response = get(target);
    ASSERT_FALSE(response) << target;
    EXPECT_EQ(response.error().kind, ErrorKind::transient);
    EXPECT_EQ(response.error().detail, server.origin() + target + ": no answer in time");
  }
}

TEST_F(HttpTest, GivesUpOnAnAnswerThatDoesNotEnd) {
  options.limits.total = 200ms;
  server.reply("/body", {.bytes = http_answer(200, std::string(5000, 'x')), .drip = 100us});
  server.reply("/half", {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nx"});
  for (const char* const target : {"/body", "/half"}) {
    const auto response = get(target);
    ASSERT_FALSE(response) << target;
    EXPECT_EQ(response.error().kind, ErrorKind::transient);
    EXPECT_EQ(response.error().detail, server.origin() + target + ": no whole answer in time");
  }
}

TEST_F(HttpTest, RefusesToAskWhereItMayNot) {
  http = make_http(context.get_executor(), options, clock);
  const std::pair<const char*, ErrorKind> cases[] = {
      {"http://127.0.0.1:1/", ErrorKind::forbidden}, {"https://127.0.0.1:1/", ErrorKind::forbidden},
      {"https://localhost/", ErrorKind::forbidden},  {"http://8.8.8.8/", ErrorKind::forbidden},
      {"ws://127.0.0.1:1/", ErrorKind::bad_request}, {"nonsense", ErrorKind::bad_request},
  };
  for (const auto& [url, kind] : cases) {
    const auto response = run_to_end(context, http->get(HttpRequest(url)));
    EXPECT_EQ(response.error().kind, kind) << url;
  }
}

TEST_F(HttpTest, IsCancelled) {
  server.reply("/x", {.pause = 1h});
  http = make_http(context.get_executor(), options, clock);
  asio::cancellation_signal stop;
  std::exception_ptr thrown;
  bool done = false;
  asio::co_spawn(context, http->get(HttpRequest(server.origin() + "/x")),
                 asio::bind_cancellation_slot(
                     stop.slot(), [&](std::exception_ptr error, const Result<HttpResponse>&) {
                       thrown = std::move(error);
                       done = true;
                     }));
  while (server.requests().empty()) context.run_one();
  stop.emit(asio::cancellation_type::terminal);
  while (!done) context.run_one();
  ASSERT_TRUE(thrown);
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& error) {
    EXPECT_EQ(error.code(), asio::error::operation_aborted);
  }
}

TEST(Http, MayGoWithARequestUnderWay) {
  auto context = std::make_unique<asio::io_context>();
  FakeClock clock;
  LoopbackServer server(*context);
  server.reply("/x", {.pause = 1h});
  HttpOptions options;
  options.allow_private.add(server.host_port());
  bool finished = false;
  {
    const auto http = make_http(context->get_executor(), options, clock);
    asio::co_spawn(
        *context, http->get(HttpRequest(server.origin() + "/x")),
        [&](const std::exception_ptr&, const Result<HttpResponse>&) { finished = true; });
    while (server.requests().empty()) context->run_one();
  }
  EXPECT_FALSE(finished);
}

}  // namespace
}  // namespace tagscout
