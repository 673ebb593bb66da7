#include "daemon/command/http_answer.h"

#include <gtest/gtest.h>

namespace tagscout {
namespace {

struct Fed {
  bool is_good = true;
  bool is_complete = false;
  int status = 0;
  std::string body;
};

// Feeds the text in pieces of `step` bytes.
Fed feed(const std::string& text, size_t step) {
  HttpAnswer answer;
  Fed fed;
  for (size_t at = 0; at < text.size() && fed.is_good; at += step) {
    fed.is_good = answer.feed(std::string_view(text).substr(at, step));
    fed.body += answer.take_body();
  }
  fed.is_complete = answer.is_complete();
  fed.status = answer.status();
  return fed;
}

TEST(HttpAnswer, UnderstandsBodiesHoweverTheyArrive) {
  const std::string bodies[] = {
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\ncontent-length:  5 \r\nX: y\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n9\r\nhello\r\n\r\n\r\n0\r\nT: "
      "v\r\n\r\n",
  };
  for (const std::string& text : bodies) {
    for (const size_t step : {size_t{1}, size_t{2}, size_t{7}, text.size()}) {
      const Fed fed = feed(text, step);
      EXPECT_TRUE(fed.is_good && fed.is_complete) << text;
      EXPECT_EQ(fed.status, 200);
      EXPECT_EQ(fed.body.substr(0, 5), "hello");
    }
  }
}

TEST(HttpAnswer, WithoutLengthEndsWithTheConnection) {
  HttpAnswer answer;
  EXPECT_TRUE(answer.feed("HTTP/1.1 503 No\r\nConnection: close\r\n\r\nsorry"));
  EXPECT_FALSE(answer.is_complete());
  EXPECT_TRUE(answer.finish());
  EXPECT_EQ(answer.take_body(), "sorry");
}

TEST(HttpAnswer, TellsACutAnswerFromAWholeOne) {
  for (const char* text : {"", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n"}) {
    HttpAnswer answer;
    EXPECT_TRUE(answer.feed(text));
    EXPECT_FALSE(answer.finish()) << text;
  }
}

TEST(HttpAnswer, RefusesWhatIsNoAnswer) {
  const std::string cases[] = {
      "SSH-2.0-OpenSSH\r\n\r\n",
      "HTTP/1.1 abc\r\n\r\n",
      "HTTP/1.1 20\r\n\r\n",
      "HTTP/2 200\r\n\r\n",
      "\r\n\r\n",
      "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nhello\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nhello",
      std::string(70'000, 'x'),
  };
  for (const std::string& text : cases) EXPECT_FALSE(feed(text, text.size()).is_good) << text;
}

}  // namespace
}  // namespace tagscout
