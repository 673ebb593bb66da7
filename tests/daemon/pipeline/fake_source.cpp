#include "tests/daemon/pipeline/fake_source.h"

#include "storage/database.h"

namespace tagscout {
namespace {

using boost::asio::awaitable;

class ScriptedSource final : public Source {
 public:
  explicit ScriptedSource(SourceScript& script) : script_(script) { ++script_.living; }
  ScriptedSource(const ScriptedSource&) = delete;
  ScriptedSource& operator=(const ScriptedSource&) = delete;
  ~ScriptedSource() override { --script_.living; }
  awaitable<Result<Batch>> next() override { return script_.play(); }
  std::optional<Duration> rest() const override { return script_.rests; }
  std::string connected_to() const override { return script_.connected_to; }

 private:
  SourceScript& script_;
};

std::unique_ptr<Source> make_source(SourceSetup setup, SourceTools tools) {
  auto& script = static_cast<SourceScript&>(tools.web_sockets);
  script.made.push_back(std::move(setup));
  script.bridges.push_back(tools.bridges);
  return std::make_unique<ScriptedSource>(script);
}

}  // namespace

const SourceType& SourceScript::type() {
  static constexpr SourceType scripted{.schema = {},
                                       .network = Network::activitypub,
                                       .software = {},
                                       .make_source = make_source,
                                       .make_origin = nullptr,
                                       .hosts = nullptr};
  return scripted;
}

awaitable<Result<std::unique_ptr<WebSocket>>> SourceScript::connect(std::string) {
  co_return Error(ErrorKind::transient, "a script is no web socket");
}

awaitable<Result<std::unique_ptr<WebSocket>>> SourceScript::connect_as(std::string, std::string) {
  co_return Error(ErrorKind::transient, "a script is no web socket");
}

awaitable<Result<Batch>> SourceScript::play() {
  asked.push_back(clock_.now());
  co_await clock_.sleep(takes);
  if (answers_.empty()) {
    Batch quiet;
    quiet.caught_up = true;
    co_return quiet;
  }
  Result<Batch> answer = std::move(answers_.front());
  answers_.pop_front();
  co_return answer;
}

uint64_t FakeSink::accept(const Batch& batch) {
  if (broken) throw DatabaseError("the disk is full");
  batches.push_back(batch);
  if (at_once) written_ = batches.size();
  return batches.size();
}

awaitable<void> FakeSink::durable(uint64_t window) {
  while (window > written_) {
    if (window <= lost_) throw DatabaseError("the window is lost");
    co_await settled_.wait();
  }
}

void FakeSink::write() {
  written_ = batches.size();
  settled_.wake_all();
}

void FakeSink::lose() {
  lost_ = batches.size();
  settled_.wake_all();
}

}  // namespace tagscout
