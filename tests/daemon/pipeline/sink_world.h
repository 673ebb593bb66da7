// A WindowSink over a real store, with who listens to it and who waits for its windows.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/pipeline/flag_bus.h"
#include "daemon/pipeline/window_sink.h"
#include "storage/flag_store.h"
#include "tests/daemon/pipeline/ingest_world.h"
#include "tests/daemon/pipeline/loop.h"

namespace tagscout {

// Publishes flags as the daemon does, and checks that each is on disk by then.
class RecordingListener final : public WindowListener {
 public:
  RecordingListener(const Database& database, Clock& clock)
      : bus(clock, flags::next_id(database) - 1), database_(database) {}

  void committed(const WindowEffects& effects, Duration) override {
    windows.push_back(effects);
    for (uint64_t id = bus.last() + 1; id <= effects.last_flag; ++id) {
      if (!flags::flag(database_, id)) ++unwritten;
    }
    bus.publish(effects.last_flag);
    for (const HostDue& due : effects.due) on_due(due);
    for (const std::string& handle : effects.unresolved) on_unresolved(handle);
  }
  void failed(const std::string& why) override { failures.push_back(why); }
  void recovered() override { ++recoveries; }

  std::vector<WindowEffects> windows;
  std::vector<std::string> failures;
  int recoveries = 0;
  int unwritten = 0;  // flags announced that the store does not hold
  FlagBus bus;
  std::function<void(const HostDue&)> on_due = [](const HostDue&) {};
  std::function<void(const std::string&)> on_unresolved = [](const std::string&) {};

 private:
  const Database& database_;
};

// What a waiter was told: nothing yet, that its window is on disk, or that it is lost.
enum class Told { nothing, durable, lost };

class SinkWorld {
 public:
  SinkWorld()
      : options(usual_options()),
        listener(store.database(), loop.clock),
        sink(std::make_unique<WindowSink>(store.database(), options, loop.clock, listener)) {
    loop.tasks.spawn(sink->run());
    loop.settle();
  }
  SinkWorld(const SinkWorld&) = delete;
  SinkWorld& operator=(const SinkWorld&) = delete;
  ~SinkWorld() { loop.stop(); }

  // A batch of one source whose cursor afterwards is `cursor`.
  Batch batch(std::vector<Event> events, int cursor = 0) {
    Batch result;
    result.source = "one.test";
    result.now = loop.clock.now();
    result.clock_right = true;
    result.events = std::move(events);
    if (cursor > 0) result.cursors = {{"all", std::to_string(cursor), result.now}};
    return result;
  }
  uint64_t accept(std::vector<Event> events, int cursor = 0) {
    return sink->accept(batch(std::move(events), cursor));
  }

  void wait(uint64_t window, Told& told) { loop.tasks.spawn(wait_for(*sink, window, told)); }
  // Asks now about a window.
  Told ask(uint64_t window) {
    Told told = Told::nothing;
    wait(window, told);
    loop.settle();
    return told;
  }

  Loop loop;
  IngestOptions options;
  TemporaryStore store;
  RecordingListener listener;
  std::unique_ptr<WindowSink> sink;

 private:
  static boost::asio::awaitable<void> wait_for(WindowSink& sink, uint64_t window, Told& told) {
    try {
      co_await sink.durable(window);
      told = Told::durable;
    } catch (const DatabaseError&) {
      told = Told::lost;
    }
  }
};

}  // namespace tagscout
