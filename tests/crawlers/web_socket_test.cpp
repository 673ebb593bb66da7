#include "crawlers/web_socket.h"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <functional>

#include "tests/support/fake_clock.h"
#include "tests/support/run.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
namespace ws = boost::beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;
using Stream = ws::stream<tcp::socket>;

asio::awaitable<void> pause(Duration duration) {
  asio::steady_timer timer(co_await asio::this_coro::executor, duration);
  co_await timer.async_wait(asio::use_awaitable);
}

// Accepts upgrades and lets `play` do the rest of each connection.
class WsServer {
 public:
  using Play = std::function<asio::awaitable<void>(Stream&)>;

  WsServer(asio::io_context& context, Play play)
      : acceptor_(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
        play_(std::move(play)) {
    asio::co_spawn(context, accept_all(), asio::detached);
  }

  std::string host_port() const {
    return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
  }
  std::string url() const { return "ws://" + host_port() + "/subscribe?cursor=5"; }
  const std::string& agent() const { return agent_; }
  const std::string& target() const { return target_; }
  // Connections that ended.
  int ended() const { return ended_; }

 private:
  asio::awaitable<void> accept_all() {
    while (true) {
      error_code ec;
      tcp::socket socket(acceptor_.get_executor());
      co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, ec));
      if (ec) co_return;
      asio::co_spawn(acceptor_.get_executor(), serve(std::move(socket)), asio::detached);
    }
  }
  asio::awaitable<void> serve(tcp::socket socket) {
    Stream stream(std::move(socket));
    boost::beast::flat_buffer buffer;
    boost::beast::http::request<boost::beast::http::string_body> request;
    co_await boost::beast::http::async_read(stream.next_layer(), buffer, request,
                                            asio::use_awaitable);
    agent_ = std::string(request[boost::beast::http::field::user_agent]);
    target_ = std::string(request.target());
    co_await stream.async_accept(request, asio::use_awaitable);
    co_await play_(stream);
    // Reads on, so that what the client sends, a goodbye included, is seen.
    error_code ec;
    while (!ec) {
      co_await stream.async_read(buffer, asio::redirect_error(asio::use_awaitable, ec));
    }
    ++ended_;
  }

  tcp::acceptor acceptor_;
  Play play_;
  std::string agent_;
  std::string target_;
  int ended_ = 0;
};

asio::awaitable<void> say(Stream& stream, std::string text, bool binary = false) {
  stream.binary(binary);
  error_code ignored;  // the client may be gone: that is for the test to see
  co_await stream.async_write(asio::buffer(text),
                              asio::redirect_error(asio::use_awaitable, ignored));
}

asio::awaitable<void> nothing(Stream&) { co_return; }

class WebSocketTest : public testing::Test {
 protected:
  Result<std::unique_ptr<WebSocket>> connect(const std::string& url) {
    if (!sockets) sockets = make_web_sockets(context.get_executor(), options, clock);
    return run_to_end(context, sockets->connect(url));
  }
  std::unique_ptr<WebSocket> connect(const WsServer& server) {
    options.allow_private.add(server.host_port());
    return std::move(connect(server.url()).value());
  }
  Result<std::vector<std::string>> read(WebSocket& socket, Duration patience = 5s) {
    return run_to_end(context, socket.read(patience));
  }
  // Reads until the connection is lost: all messages, and why.
  std::pair<std::vector<std::string>, Error> read_to_end(WebSocket& socket) {
    std::vector<std::string> all;
    while (true) {
      auto some = read(socket);
      if (!some) return {all, some.error()};
      all.insert(all.end(), some->begin(), some->end());
    }
  }
  void run_for(Duration duration) {
    context.restart();
    context.run_for(duration);
  }

  asio::io_context context;
  FakeClock clock;
  WebSocketOptions options{
      .user_agent = "tagscout/0.1.0 (+ops@a.test)", .ca_file = {}, .allow_private = {}};
  std::unique_ptr<WebSockets> sockets;
};

TEST_F(WebSocketTest, DeliversEverythingInOrderTextOrBinary) {
  WsServer server(context, [](Stream& stream) -> asio::awaitable<void> {
    for (int i = 0; i < 100; ++i) co_await say(stream, std::to_string(i), i % 2 == 1);
    co_await stream.async_close(ws::close_code::normal, asio::use_awaitable);
  });
  const auto socket = connect(server);
  const auto [messages, why] = read_to_end(*socket);
  ASSERT_EQ(messages.size(), 100u);
  for (size_t i = 0; i < messages.size(); ++i) EXPECT_EQ(messages[i], std::to_string(i));
  EXPECT_EQ(why.kind, ErrorKind::transient);
  EXPECT_EQ(why.detail, "ws://" + server.host_port() + ": closed by the server");
  EXPECT_EQ(server.agent(), "tagscout/0.1.0 (+ops@a.test)");
  EXPECT_EQ(server.target(), "/subscribe?cursor=5");
}

TEST_F(WebSocketTest, ReturnsAllThatHasArrivedAtOnce) {
  WsServer server(context, [](Stream& stream) -> asio::awaitable<void> {
    for (const char* const text : {"one", "two", "three"}) co_await say(stream, text);
  });
  const auto socket = connect(server);
  run_for(50ms);
  EXPECT_EQ(*read(*socket), (std::vector<std::string>{"one", "two", "three"}));
}

TEST_F(WebSocketTest, ReturnsNothingWhenPatienceEnds) {
  WsServer server(context, nothing);
  const auto socket = connect(server);
  EXPECT_TRUE(read(*socket, 10ms)->empty());
  EXPECT_TRUE(read(*socket, 0s)->empty());
}

TEST_F(WebSocketTest, AnswersPingsWhileNobodyReads) {
  std::string pong;
  WsServer server(context, [&](Stream& stream) -> asio::awaitable<void> {
    stream.control_callback([&](ws::frame_type type, auto payload) {
      if (type == ws::frame_type::pong) pong = std::string(payload);
    });
    co_await say(stream, "unread");
    co_await stream.async_ping("are you there", asio::use_awaitable);
  });
  const auto socket = connect(server);
  run_for(100ms);
  EXPECT_EQ(pong, "are you there");
  EXPECT_EQ(read(*socket)->size(), 1u);
}

TEST_F(WebSocketTest, ASilentConnectionIsLost) {
  options.silence_max = 100ms;
  WsServer server(context, nothing);
  const auto socket = connect(server);
  const auto [messages, why] = read_to_end(*socket);
  EXPECT_TRUE(messages.empty());
  EXPECT_EQ(why.kind, ErrorKind::transient);
  EXPECT_EQ(why.detail, "ws://" + server.host_port() + ": silent for too long");
  EXPECT_EQ(read(*socket).error().detail, why.detail) << "it stays lost";
}

TEST_F(WebSocketTest, PingsAreNoSilence) {
  options.silence_max = 400ms;
  WsServer server(context, [](Stream& stream) -> asio::awaitable<void> {
    for (int i = 0; i < 8; ++i) {
      co_await pause(100ms);
      co_await stream.async_ping("", asio::use_awaitable);
    }
    co_await say(stream, "at last");
  });
  const auto socket = connect(server);
  EXPECT_EQ(*read(*socket), std::vector<std::string>{"at last"});
}

TEST_F(WebSocketTest, ASlowConsumerGetsWhatFittedAndThenAnError) {
  options.buffer_bytes_max = 1000;
  WsServer server(context, [](Stream& stream) -> asio::awaitable<void> {
    for (int i = 0; i < 10; ++i) co_await say(stream, std::string(200, static_cast<char>('0' + i)));
  });
  const auto socket = connect(server);
  run_for(100ms);
  const auto [messages, why] = read_to_end(*socket);
  ASSERT_EQ(messages.size(), 5u);
  EXPECT_EQ(messages[4], std::string(200, '4'));
  EXPECT_EQ(why.kind, ErrorKind::transient);
  EXPECT_NE(why.detail.find("slow consumer"), std::string::npos) << why.detail;
  run_for(50ms);
  EXPECT_EQ(server.ended(), 1) << "the connection is closed";
}

TEST_F(WebSocketTest, AConsumerThatKeepsUpMayReadMoreThanTheBuffer) {
  options.buffer_bytes_max = 1000;
  WsServer server(context, [](Stream& stream) -> asio::awaitable<void> {
    for (int i = 0; i < 50; ++i) {
      co_await say(stream, std::string(200, 'x'));
      co_await pause(1ms);
    }
    co_await stream.async_close(ws::close_code::normal, asio::use_awaitable);
  });
  const auto socket = connect(server);
  EXPECT_EQ(read_to_end(*socket).first.size(), 50u);
}

TEST_F(WebSocketTest, ALostConnectionIsTransient) {
  WsServer server(context, [](Stream& stream) -> asio::awaitable<void> {
    co_await say(stream, "one");
    stream.next_layer().close();
  });
  const auto socket = connect(server);
  const auto [messages, why] = read_to_end(*socket);
  EXPECT_EQ(messages, std::vector<std::string>{"one"});
  EXPECT_EQ(why.kind, ErrorKind::transient);
  EXPECT_NE(why.detail.find("connection lost"), std::string::npos) << why.detail;
  EXPECT_FALSE(run_to_end(context, socket->send("hello")));
}

TEST_F(WebSocketTest, AMessageTooLargeIsAProtocolError) {
  options.message_bytes_max = 1000;
  WsServer server(context, [](Stream& stream) -> asio::awaitable<void> {
    co_await say(stream, std::string(1000, 'x'));
    co_await say(stream, std::string(1001, 'x'));
  });
  const auto socket = connect(server);
  const auto [messages, why] = read_to_end(*socket);
  EXPECT_EQ(messages.size(), 1u);
  EXPECT_EQ(why.kind, ErrorKind::protocol);
}

TEST_F(WebSocketTest, TextThatIsNoUtf8EndsTheConnection) {
  WsServer server(context, [](Stream& stream) -> asio::awaitable<void> {
    co_await say(stream, "\xFF\xFE", true);
    co_await say(stream, "\xFF\xFE");
  });
  const auto socket = connect(server);
  const auto [messages, why] = read_to_end(*socket);
  EXPECT_EQ(messages, std::vector<std::string>{"\xFF\xFE"}) << "binary may be anything";
  EXPECT_EQ(why.kind, ErrorKind::transient);
}

TEST_F(WebSocketTest, SendsText) {
  std::vector<std::string> heard;
  bool text = false;
  WsServer server(context, [&](Stream& stream) -> asio::awaitable<void> {
    for (int i = 0; i < 3; ++i) {
      boost::beast::flat_buffer buffer;
      co_await stream.async_read(buffer, asio::use_awaitable);
      heard.push_back(boost::beast::buffers_to_string(buffer.data()));
      text = stream.got_text();
    }
    co_await say(stream, "enough");
  });
  const auto socket = connect(server);
  for (const char* const message : {"one", "two", "three"}) {
    EXPECT_TRUE(run_to_end(context, socket->send(message)));
  }
  EXPECT_EQ(*read(*socket), std::vector<std::string>{"enough"});
  EXPECT_EQ(heard, (std::vector<std::string>{"one", "two", "three"}));
  EXPECT_TRUE(text);
}

TEST_F(WebSocketTest, MayBeDestroyedAtAnyTime) {
  WsServer server(context, [](Stream& stream) -> asio::awaitable<void> {
    for (int i = 0; i < 20; ++i) co_await say(stream, std::string(1000, 'x'));
  });
  for (int events = 0; events < 60; ++events) {
    auto socket = connect(server);
    context.restart();
    for (int i = 0; i < events; ++i) context.poll_one();
    socket.reset();
    run_for(1ms);
  }
  for (int i = 0; i < 500 && server.ended() < 60; ++i) run_for(10ms);
  EXPECT_EQ(server.ended(), 60);
}

TEST_F(WebSocketTest, MayBeDestroyedWhileSomebodyReads) {
  WsServer server(context, nothing);
  auto socket = connect(server);
  std::exception_ptr thrown;
  asio::co_spawn(context, socket->read(1h),
                 [&](std::exception_ptr error, const Result<std::vector<std::string>>&) {
                   thrown = std::move(error);
                 });
  run_for(10ms);
  socket.reset();
  run_for(50ms);
  EXPECT_TRUE(thrown);
  EXPECT_EQ(server.ended(), 1);
}

TEST_F(WebSocketTest, AReadIsCancelledAndTheNextFindsTheMessage) {
  WsServer server(context, [](Stream& stream) -> asio::awaitable<void> {
    co_await pause(50ms);
    co_await say(stream, "late");
  });
  const auto socket = connect(server);
  asio::cancellation_signal stop;
  std::exception_ptr thrown;
  asio::co_spawn(
      context, socket->read(1h),
      asio::bind_cancellation_slot(
          stop.slot(), [&](std::exception_ptr error, const Result<std::vector<std::string>>&) {
            thrown = std::move(error);
          }));
  run_for(5ms);
  stop.emit(asio::cancellation_type::terminal);
  run_for(5ms);
  EXPECT_TRUE(thrown);
  EXPECT_EQ(*read(*socket), std::vector<std::string>{"late"});
}

TEST(WebSocketLifetime, TheContextMayEndFirst) {
  FakeClock clock;
  std::unique_ptr<WebSocket> socket;
  std::unique_ptr<WebSockets> sockets;
  {
    asio::io_context context;
    WsServer server(context, nothing);
    WebSocketOptions options;
    options.allow_private.add(server.host_port());
    sockets = make_web_sockets(context.get_executor(), options, clock);
    socket = std::move(run_to_end(context, sockets->connect(server.url())).value());
    asio::co_spawn(context, socket->read(1h), asio::detached);
    context.restart();
    context.poll();
    socket.reset();
    sockets.reset();
  }
  EXPECT_FALSE(socket);
}

}  // namespace
}  // namespace tagscout
