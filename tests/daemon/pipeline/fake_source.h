// Sources, origins and a sink that do as the test says.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crawlers/source.h"
#include "crawlers/wait_list.h"
#include "daemon/pipeline/batch_sink.h"

namespace tagscout {

// What all sources of one type play, one after the other. It stands where the real ones find their
// WebSockets, since a type's functions are handed nothing else.
class SourceScript final : public WebSockets {
 public:
  explicit SourceScript(Clock& clock) : clock_(clock) {}

  // What the next calls of next() return; after them, batches without anything, caught up.
  void answer(Result<Batch> result) { answers_.push_back(std::move(result)); }
  // What its sources say of the time after a batch that had caught up.
  std::optional<Duration> rests;
  // The stream that its sources say is open.
  std::string connected_to;
  // How long each call takes.
  Duration takes{};

  // The type whose sources play the script found in their tools.
  static const SourceType& type();

  boost::asio::awaitable<Result<std::unique_ptr<WebSocket>>> connect(std::string url) override;
  boost::asio::awaitable<Result<std::unique_ptr<WebSocket>>> connect_as(std::string url,
                                                                        std::string token) override;
  boost::asio::awaitable<Result<Batch>> play();

  std::vector<SourceSetup> made;                  // of every source, in order
  std::vector<std::vector<std::string>> bridges;  // that each was told of
  int living = 0;
  std::vector<Time> asked;  // when each call of next() began

 private:
  Clock& clock_;
  std::deque<Result<Batch>> answers_;
};

// Keeps what it is given, and says that windows are on disk when the test does.
class FakeSink final : public BatchSink {
 public:
  // A window for each batch. Throws DatabaseError while `broken`.
  uint64_t accept(const Batch& batch) override;
  boost::asio::awaitable<void> durable(uint64_t window) override;

  // All windows accepted so far are on disk, or lost.
  void write();
  void lose();

  bool broken = false;
  bool at_once = false;  // windows are on disk as soon as they are accepted
  std::vector<Batch> batches;

 private:
  uint64_t written_ = 0;
  uint64_t lost_ = 0;
  WaitList settled_;
};

}  // namespace tagscout
