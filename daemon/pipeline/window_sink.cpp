#include "daemon/pipeline/window_sink.h"

namespace tagscout {
namespace {

// How long a window waits for more before it is written: the price of one disk sync is shared by
// all that arrives meanwhile.
constexpr Duration linger = std::chrono::milliseconds(20);
// Beyond this many keys a window is written at once; stamps allow 64k.
constexpr size_t window_size_max = 8'000;
constexpr Duration recovery_pause = std::chrono::seconds(1);
// Lost windows that are remembered for those who ask late.
constexpr size_t lost_windows_max = 1'000;

}  // namespace

WindowSink::WindowSink(Database& database, const IngestOptions& options, Clock& clock,
                       WindowListener& listener)
    : database_(database),
      options_(options),
      clock_(clock),
      listener_(listener),
      ingest_(std::make_unique<Ingest>(database, options)) {}

Ingest& WindowSink::ingest() {
  if (!ingest_) throw DatabaseError(failure_);
  return *ingest_;
}

bool WindowSink::change(const std::function<bool(Ingest&)>& step) {
  try {
    if (!step(ingest())) return false;
  } catch (const DatabaseError& error) {
    // Half of a step must never be written.
    if (ingest_) fail(open_window_++, error.what());
    throw;
  }
  touched_ = true;
  filled_.wake_all();
  return true;
}

uint64_t WindowSink::accept(const Batch& batch) {
  const uint64_t window = open_window_;
  change([&batch](Ingest& ingest) {
    ingest.apply(batch);
    return true;
  });
  if (ingest_->window_size() >= window_size_max) {
    commit();
    if (!ingest_) throw DatabaseError(failure_);
  }
  return window;
}

boost::asio::awaitable<void> WindowSink::durable(uint64_t window) {
  while (true) {
    if (lost_windows_.contains(window)) throw DatabaseError(failure_);
    if (window <= durable_window_) co_return;
    co_await settled_.wait();
  }
}

void WindowSink::commit() {
  const Duration start = clock_.steady();
  const uint64_t window = open_window_++;
  touched_ = false;
  try {
    const WindowEffects effects = ingest().commit();
    durable_window_ = window;
    listener_.committed(effects, clock_.steady() - start);
    settled_.wake_all();
  } catch (const DatabaseError& error) {
    fail(window, error.what());
  }
}

void WindowSink::fail(uint64_t window, const std::string& why) {
  failure_ = why;
  lost_windows_.insert(window);
  if (lost_windows_.size() > lost_windows_max) lost_windows_.erase(lost_windows_.begin());
  ingest_.reset();
  touched_ = false;
  listener_.failed(why);
  settled_.wake_all();
  filled_.wake_all();
}

void WindowSink::finish() {
  if (!touched_) return;
  const Duration start = clock_.steady();
  const WindowEffects effects = ingest().commit();
  touched_ = false;
  durable_window_ = open_window_++;
  listener_.committed(effects, clock_.steady() - start);
  settled_.wake_all();
}

boost::asio::awaitable<void> WindowSink::run() {
  while (true) {
    if (!ingest_) {
      co_await recover();
    } else if (!touched_) {
      co_await filled_.wait();
    } else {
      co_await clock_.sleep(linger);
      if (touched_) commit();
    }
  }
}

boost::asio::awaitable<void> WindowSink::recover() {
  while (!ingest_) {
    co_await clock_.sleep(recovery_pause);
    if (!database_.resume()) continue;
    try {
      // What the failed window left, if it landed after all, is read like everything else; an empty
      // window shows that writing works.
      auto fresh = std::make_unique<Ingest>(database_, options_);
      const WindowEffects effects = fresh->commit();
      ingest_ = std::move(fresh);
      listener_.committed(effects, Duration{0});
      listener_.recovered();
    } catch (const DatabaseError& error) {
      failure_ = error.what();
    }
  }
}

boost::asio::awaitable<bool> WindowSink::ignore(AccountId id) {
  const Time now = clock_.now();
  if (!change([&](Ingest& ingest) { return ingest.ignore(id, now); })) co_return false;
  co_await durable(open_window_);
  co_return true;
}

boost::asio::awaitable<bool> WindowSink::allow(AccountId id) {
  if (!change([&](Ingest& ingest) { return ingest.allow(id); })) co_return false;
  co_await durable(open_window_);
  co_return true;
}

}  // namespace tagscout
