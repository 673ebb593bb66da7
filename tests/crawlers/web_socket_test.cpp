#include "crawlers/web_socket.h"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/fake_clock.h"
#include "tests/support/run.h"
#include "tests/support/web_socket_server.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

asio::awaitable<void> nothing(WebSocketPeer&) { co_return; }

class WebSocketTest : public testing::Test {
 protected:
  Result<std::unique_ptr<WebSocket>> connect(const std::string& url) {
    if (!sockets) sockets = make_web_sockets(context.get_executor(), options, clock);
    return run_to_end(context, sockets->connect(url));
  }
  std::unique_ptr<WebSocket> connect(const WebSocketServer& server) {
    options.allow_private.add(server.host_port());
    return connect(server.url()).value();
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

TEST_F(WebSocketTest, SendsATokenInAHeaderAndOnlyWhereOneIsGiven) {
  WebSocketServer server(context, [](WebSocketPeer&) -> asio::awaitable<void> { co_return; });
  connect(server);
  EXPECT_EQ(server.authorization(), "");
  EXPECT_TRUE(run_to_end(context, sockets->connect_as(server.url(), "secret")));
  EXPECT_EQ(server.authorization(), "Bearer secret");
  EXPECT_EQ(server.target().find("secret"), std::string::npos);
}

TEST_F(WebSocketTest, DeliversEverythingInOrderTextOrBinary) {
  WebSocketServer server(context, [](WebSocketPeer& peer) -> asio::awaitable<void> {
    for (int i = 0; i < 100; ++i) {
      if (i % 2 == 0) {
        co_await peer.say(std::to_string(i));
      } else {
        co_await peer.say_binary(std::to_string(i));
      }
    }
    co_await peer.close();
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
  WebSocketServer server(context, [](WebSocketPeer& peer) -> asio::awaitable<void> {
    for (const char* const text : {"one", "two", "three"}) co_await peer.say(text);
  });
  const auto socket = connect(server);
  run_for(50ms);
  EXPECT_EQ(*read(*socket), (std::vector<std::string>{"one", "two", "three"}));
}

TEST_F(WebSocketTest, ReturnsNothingWhenPatienceEnds) {
  WebSocketServer server(context, nothing);
  const auto socket = connect(server);
  EXPECT_TRUE(read(*socket, 10ms)->empty());
  EXPECT_TRUE(read(*socket, 0s)->empty());
}

TEST_F(WebSocketTest, AnswersPingsWhileNobodyReads) {
  WebSocketServer server(context, [](WebSocketPeer& peer) -> asio::awaitable<void> {
    co_await peer.say("unread");
    co_await peer.ping("are you there");
  });
  const auto socket = connect(server);
  for (int i = 0; i < 500 && server.pong().empty(); ++i) run_for(10ms);
  EXPECT_EQ(server.pong(), "are you there");
  EXPECT_EQ(read(*socket)->size(), 1u);
}

TEST_F(WebSocketTest, ASilentConnectionIsLost) {
  options.silence_max = 100ms;
  WebSocketServer server(context, nothing);
  const auto socket = connect(server);
  const auto [messages, why] = read_to_end(*socket);
  EXPECT_TRUE(messages.empty());
  EXPECT_EQ(why.kind, ErrorKind::transient);
  EXPECT_EQ(why.detail, "ws://" + server.host_port() + ": silent for too long");
  EXPECT_EQ(read(*socket).error().detail, why.detail) << "it stays lost";
}

TEST_F(WebSocketTest, PingsAreNoSilence) {
  options.silence_max = 400ms;
  WebSocketServer server(context, [](WebSocketPeer& peer) -> asio::awaitable<void> {
    for (int i = 0; i < 8; ++i) {
      co_await peer.pause(100ms);
      co_await peer.ping("");
    }
    co_await peer.say("at last");
  });
  const auto socket = connect(server);
  EXPECT_EQ(*read(*socket), std::vector<std::string>{"at last"});
}

TEST_F(WebSocketTest, ASlowConsumerGetsWhatFittedAndThenAnError) {
  options.buffer_bytes_max = 1000;
  WebSocketServer server(context, [](WebSocketPeer& peer) -> asio::awaitable<void> {
    for (int i = 0; i < 10; ++i) co_await peer.say(std::string(200, static_cast<char>('0' + i)));
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
  WebSocketServer server(context, [](WebSocketPeer& peer) -> asio::awaitable<void> {
    for (int i = 0; i < 50; ++i) {
      co_await peer.say(std::string(200, 'x'));
      co_await peer.pause(1ms);
    }
    co_await peer.close();
  });
  const auto socket = connect(server);
  EXPECT_EQ(read_to_end(*socket).first.size(), 50u);
}

TEST_F(WebSocketTest, ALostConnectionIsTransient) {
  WebSocketServer server(context, [](WebSocketPeer& peer) -> asio::awaitable<void> {
    co_await peer.say("one");
    peer.drop();
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
  WebSocketServer server(context, [](WebSocketPeer& peer) -> asio::awaitable<void> {
    co_await peer.say(std::string(1000, 'x'));
    co_await peer.say(std::string(1001, 'x'));
  });
  const auto socket = connect(server);
  const auto [messages, why] = read_to_end(*socket);
  EXPECT_EQ(messages.size(), 1u);
  EXPECT_EQ(why.kind, ErrorKind::protocol);
}

TEST_F(WebSocketTest, TextThatIsNoUtf8EndsTheConnection) {
  WebSocketServer server(context, [](WebSocketPeer& peer) -> asio::awaitable<void> {
    co_await peer.say_binary("\xFF\xFE");
    co_await peer.say("\xFF\xFE");
  });
  const auto socket = connect(server);
  const auto [messages, why] = read_to_end(*socket);
  EXPECT_EQ(messages, std::vector<std::string>{"\xFF\xFE"}) << "binary may be anything";
  EXPECT_EQ(why.kind, ErrorKind::transient);
}

TEST_F(WebSocketTest, SendsText) {
  std::vector<std::string> heard;
  bool text = false;
  WebSocketServer server(context, [&](WebSocketPeer& peer) -> asio::awaitable<void> {
    for (int i = 0; i < 3; ++i) {
      heard.push_back(co_await peer.hear());
      text = peer.heard_text();
    }
    co_await peer.say("enough");
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
  WebSocketServer server(context, [](WebSocketPeer& peer) -> asio::awaitable<void> {
    for (int i = 0; i < 20; ++i) co_await peer.say(std::string(1000, 'x'));
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
  WebSocketServer server(context, nothing);
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
  WebSocketServer server(context, [](WebSocketPeer& peer) -> asio::awaitable<void> {
    co_await peer.pause(50ms);
    co_await peer.say("late");
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
    WebSocketServer server(context, nothing);
    WebSocketOptions options;
    options.allow_private.add(server.host_port());
    sockets = make_web_sockets(context.get_executor(), options, clock);
    socket = run_to_end(context, sockets->connect(server.url())).value();
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
