#include "daemon/pipeline/source_runner.h"

#include <algorithm>
#include <array>

#include "crawlers/backoff.h"
#include "storage/meta_store.h"

namespace tagscout {
namespace {

constexpr int refusals_max = 3;  // after so many in a row a server has said no
// A time to be left alone until may have passed already when it is told.
constexpr Duration limited_wait_min = std::chrono::seconds(1);

bool is_refusal(const Error& error) {
  return error.kind == ErrorKind::auth || error.kind == ErrorKind::forbidden;
}

}  // namespace

std::string_view run_state_name(RunState state) {
  constexpr std::array<std::string_view, 6> names{"starting",     "running", "backing_off",
                                                  "rate_limited", "refused", "paused"};
  return names[static_cast<size_t>(state)];
}

SourceRunner::SourceRunner(const SourceType& type, RunnerOptions options, RunnerTools tools)
    : type_(type), options_(std::move(options)), tools_(std::move(tools)) {}

boost::asio::awaitable<void> SourceRunner::run() {
  const std::string& name = options_.section.name;
  // Whatever an earlier run has seen counts until this one has read for itself.
  while (true) {
    if (meta::paused(tools_.database, name)) {
      enter(RunState::paused, {});
      co_await tools_.source.clock.sleep(std::chrono::seconds(1));
      continue;
    }
    Error error = co_await drain();
    co_await wait_after(std::move(error));
  }
}

std::unique_ptr<Source> SourceRunner::make_source() const {
  SourceSetup setup;
  setup.section = options_.section;
  setup.tags = options_.tags;
  for (const meta::Cursor& cursor : meta::cursors(tools_.database, options_.section.name)) {
    setup.cursors[cursor.feed] = {cursor.feed, cursor.value, cursor.position};
  }
  SourceTools tools = tools_.source;
  tools.bridges = options_.bridges;
  return type_.make_source(std::move(setup), std::move(tools));
}

boost::asio::awaitable<Error> SourceRunner::drain() {
  // A store that cannot be written is no fault of the source: it starts again with everybody else,
  // and soon.
  std::optional<std::string> store_failure;
  try {
    const std::unique_ptr<Source> source = make_source();
    for (const meta::Cursor& cursor : meta::cursors(tools_.database, options_.section.name)) {
      positions_.insert_or_assign(cursor.feed, cursor.position);
    }
    uint64_t window = 0;
    while (true) {
      Result<Batch> batch = co_await source->next();
      if (!batch) co_return std::move(batch).error();
      // One window ahead of the disk, no further: the page was fetched while the last was written.
      if (window != 0) co_await tools_.sink.durable(window);
      batch->source = options_.section.name;
      batch->now = tools_.source.clock.now();
      batch->clock_right = tools_.source.fetcher.clock_right();
      window = tools_.sink.accept(*batch);
      Duration rest{};
      if (batch->caught_up) rest = source->rest().value_or(options_.section.poll);
      succeeded(*batch, rest);
      report_.connected_to = source->connected_to();
      if (batch->caught_up) co_await tools_.source.clock.sleep(rest);
    }
  } catch (const DatabaseError& error) {
    store_failure = error.what();
  }
  failures_ = 0;
  co_return Error(ErrorKind::transient, *store_failure);
}

void SourceRunner::succeeded(const Batch& batch, Duration rest) {
  failures_ = 0;
  refusals_ = 0;
  report_.last_success_at = batch.now;
  report_.rest = rest;
  if (batch.feeds) {
    std::erase_if(positions_, [&](const auto& position) {
      return std::find(batch.feeds->begin(), batch.feeds->end(), position.first) ==
             batch.feeds->end();
    });
  }
  for (const FeedCursor& cursor : batch.cursors) positions_[cursor.feed] = cursor.position;
  const auto least = std::min_element(positions_.begin(), positions_.end(),
                                      [](auto& a, auto& b) { return a.second < b.second; });
  report_.read_up_to = least == positions_.end() ? std::nullopt : std::optional(least->second);
  for (const std::string& note : batch.notes) {
    tools_.log.warn("source={} note=\"{}\"", options_.section.name, note);
  }
  enter(RunState::running, {});
}

void SourceRunner::enter(RunState state, const std::string& error) {
  const bool news = state != report_.state;
  report_.state = state;
  report_.last_error = error;
  if (!news) return;
  if (error.empty()) {
    tools_.log.info("source={} state={}", options_.section.name, run_state_name(state));
  } else {
    tools_.log.warn("source={} state={} error=\"{}\"", options_.section.name, run_state_name(state),
                    error);
  }
}

boost::asio::awaitable<void> SourceRunner::wait_after(Error error) {
  Clock& clock = tools_.source.clock;
  report_.connected_to.clear();
  const std::string detail =
      std::string(error_kind_name(error.kind)).append(": ").append(error.detail);
  if (is_refusal(error) && ++refusals_ >= refusals_max) {
    refusals_ = refusals_max - 1;  // one more refusal is enough next time
    enter(RunState::refused, detail);
    co_await clock.sleep(options_.refused_retry);
    co_return;
  }
  const bool limited = error.kind == ErrorKind::rate_limited || error.kind == ErrorKind::quota;
  if (limited && error.until) {
    enter(RunState::rate_limited, detail);
    co_await clock.sleep(std::max(*error.until - clock.now(), limited_wait_min));
    co_return;
  }
  enter(limited ? RunState::rate_limited : RunState::backing_off, detail);
  // What is streamed is not polled: where one host fails, the next is asked without delay.
  const bool streams = !options_.section.jetstream.empty();
  const Duration base = streams ? Duration::zero() : options_.section.poll;
  co_await clock.sleep(backoff(base, ++failures_, tools_.source.chance));
}

}  // namespace tagscout
