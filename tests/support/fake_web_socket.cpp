#include "tests/support/fake_web_socket.h"

namespace tagscout {

class FakeWebSockets::Connection final : public WebSocket {
 public:
  Connection(FakeWebSockets& owner, FakeStream stream) : owner_(owner), stream_(std::move(stream)) {
    ++owner_.open_;
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() override { --owner_.open_; }

  boost::asio::awaitable<Result<std::vector<std::string>>> read(Duration patience) override {
    if (next_ < stream_.reads.size()) co_return stream_.reads[next_++];
    if (stream_.end) co_return *stream_.end;
    co_await owner_.clock_.sleep(patience);
    co_return std::vector<std::string>();
  }

  boost::asio::awaitable<Result<void>> send(std::string text) override {
    owner_.sent_.push_back(std::move(text));
    co_return Result<void>();
  }

 private:
  FakeWebSockets& owner_;
  FakeStream stream_;
  size_t next_ = 0;
};

void FakeWebSockets::script(const std::string& address, FakeStream stream) {
  scripts_[address].push_back(std::move(stream));
}

boost::asio::awaitable<Result<std::unique_ptr<WebSocket>>> FakeWebSockets::connect(
    std::string url) {
  return connect_as(std::move(url), std::string());
}

boost::asio::awaitable<Result<std::unique_ptr<WebSocket>>> FakeWebSockets::connect_as(
    std::string url, std::string token) {
  urls_.push_back(url);
  tokens_.push_back(std::move(token));
  auto& streams = scripts_[url.substr(0, url.find('?'))];
  if (streams.empty()) co_return Error(ErrorKind::transient, "nothing listens at " + url);
  FakeStream stream = std::move(streams.front());
  streams.pop_front();
  if (stream.refused) co_return *stream.refused;
  std::unique_ptr<WebSocket> connection = std::make_unique<Connection>(*this, std::move(stream));
  co_return connection;
}

}  // namespace tagscout
