#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <sstream>

#include "daemon/pipeline/source_runner.h"
#include "storage/keys.h"
#include "storage/meta_store.h"
#include "tests/daemon/pipeline/fake_source.h"
#include "tests/daemon/pipeline/ingest_world.h"
#include "tests/daemon/pipeline/loop.h"
#include "tests/support/fake_http.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

SourceSection section() {
  SourceSection result;
  result.name = "one.test";
  result.type = "scripted";
  result.poll = 2min;
  return result;
}

Batch page(int cursor, bool caught_up = false) {
  Batch batch;
  batch.cursors = {{"all", std::to_string(cursor), noon + cursor * 1s}};
  batch.caught_up = caught_up;
  return batch;
}

class RunnerWorld {
 public:
  explicit RunnerWorld(SourceSection read = section())
      : script(loop.clock),
        fetcher(http, loop.clock, chance, FetcherOptions(), nullptr),
        software(fetcher, loop.clock),
        log("test", std::make_shared<spdlog::sinks::ostream_sink_st>(lines)),
        runner(SourceScript::type(), {std::move(read), {"slowfashion"}, {"bridge.test"}, 24h},
               {{fetcher, script, loop.clock, chance, software}, sink, store.database(), log}) {}
  RunnerWorld(const RunnerWorld&) = delete;
  RunnerWorld& operator=(const RunnerWorld&) = delete;
  ~RunnerWorld() {
    loop.stop();
    EXPECT_EQ(script.living, 0);
  }

  void start() {
    loop.tasks.spawn(runner.run());
    loop.settle();
  }
  // How long it is from now until the source is asked again.
  Duration pause() {
    const size_t before = script.asked.size();
    const Time start_at = loop.clock.now();
    for (int i = 0; i < 100'000 && script.asked.size() == before; ++i) loop.advance(1s);
    return loop.clock.now() - start_at;
  }

  Loop loop;
  Chance chance{7};
  FakeHttp http;
  SourceScript script;
  Fetcher fetcher;
  SoftwareProbe software;
  FakeSink sink;
  TemporaryStore store;
  std::ostringstream lines;
  spdlog::logger log;
  SourceRunner runner;
};

TEST(SourceRunner, HandsBatchesOverAsTheyCome) {
  RunnerWorld world;
  world.sink.at_once = true;
  world.fetcher.note_server_time(world.loop.clock.now());
  world.script.answer(page(1));
  world.script.answer(page(2, true));
  EXPECT_EQ(world.runner.report().state, RunState::starting);
  world.start();
  ASSERT_EQ(world.sink.batches.size(), 2u);
  EXPECT_EQ(world.sink.batches[0].source, "one.test");
  EXPECT_EQ(world.sink.batches[0].now, world.loop.clock.now());
  EXPECT_TRUE(world.sink.batches[0].clock_right);
  EXPECT_EQ(world.runner.report().state, RunState::running);
  EXPECT_EQ(world.runner.report().last_success_at, world.loop.clock.now());
  EXPECT_EQ(world.runner.report().last_error, "");
  EXPECT_EQ(world.script.made.front().tags, std::vector<std::string>{"slowfashion"});
  EXPECT_THAT(world.script.bridges.front(), ElementsAre("bridge.test"));
}

TEST(SourceRunner, ABatchSaysWhetherTheClockIsRight) {
  RunnerWorld world;
  world.sink.at_once = true;
  world.start();
  ASSERT_FALSE(world.sink.batches.empty());
  EXPECT_FALSE(world.sink.batches[0].clock_right) << "no server has told the time";
}

TEST(SourceRunner, HasReadAsFarAsTheSlowestOfItsFeeds) {
  RunnerWorld world;
  world.sink.at_once = true;
  world.script.takes = 1s;
  Batch first;
  first.feeds = {"linen", "slowfashion"};
  first.cursors = {{"linen", "1", noon + 1s}};
  Batch second;
  second.cursors = {{"slowfashion", "1", noon - 1h}};
  world.script.answer(first);
  world.script.answer(second);
  Batch third;
  third.cursors = {{"slowfashion", "2", noon + 5s}};
  third.caught_up = true;
  world.script.answer(third);
  world.start();
  world.loop.advance(1s);
  EXPECT_EQ(world.runner.report().read_up_to, noon + 1s);
  world.loop.advance(1s);
  EXPECT_EQ(world.runner.report().read_up_to, noon - 1h);
  world.loop.advance(1s);
  EXPECT_EQ(world.runner.report().read_up_to, noon + 1s) << "that linen was not due moves nothing";
}

TEST(SourceRunner, AFeedThatIsReadNoMoreHoldsNothingUp) {
  RunnerWorld world;
  Transaction transaction(world.store.database());
  meta::put_cursor(transaction, "one.test", {"linen", "1", noon - 48h});
  meta::put_cursor(transaction, "one.test", {"slowfashion", "1", noon - 1h});
  world.store.database().commit(transaction);
  world.sink.at_once = true;
  world.script.takes = 1s;
  world.script.answer(Batch());
  Batch second;
  second.feeds = {"slowfashion"};
  world.script.answer(second);
  world.start();
  world.loop.advance(1s);
  EXPECT_EQ(world.runner.report().read_up_to, noon - 48h);
  world.loop.advance(1s);
  EXPECT_EQ(world.runner.report().read_up_to, noon - 1h);
}

TEST(SourceRunner, CaughtUpWaitsForThePollInterval) {
  RunnerWorld world;
  world.sink.at_once = true;
  world.script.answer(page(1));
  world.script.answer(page(2, true));
  world.start();
  EXPECT_EQ(world.script.asked.size(), 2u);
  world.loop.advance(2min - 1s);
  EXPECT_EQ(world.script.asked.size(), 2u);
  world.loop.advance(1s);
  EXPECT_EQ(world.script.asked.size(), 3u);
  EXPECT_EQ(world.script.made.size(), 1u) << "still the same source";
}

TEST(SourceRunner, RestsForAsLongAsItsSourceSays) {
  RunnerWorld world;
  world.sink.at_once = true;
  world.script.rests = 25min;
  world.script.answer(page(1, true));
  world.start();
  EXPECT_EQ(world.script.asked.size(), 1u);
  EXPECT_EQ(world.runner.report().rest, Duration(25min));
  EXPECT_EQ(world.pause(), Duration(25min));
  world.script.rests = 3min;
  world.script.answer(page(2));
  world.pause();
  EXPECT_EQ(world.script.asked.size(), 4u) << "what has not caught up is asked again at once";
  EXPECT_EQ(world.runner.report().rest, Duration(3min));
}

TEST(SourceRunner, IsNeverMoreThanOneWindowAheadOfTheDisk) {
  RunnerWorld world;
  for (int i = 1; i <= 5; ++i) world.script.answer(page(i));
  world.start();
  EXPECT_EQ(world.sink.batches.size(), 1u);
  EXPECT_EQ(world.script.asked.size(), 2u) << "the next page is fetched meanwhile";
  world.loop.advance(1h);
  EXPECT_EQ(world.sink.batches.size(), 1u);
  EXPECT_EQ(world.script.asked.size(), 2u);
  world.sink.write();
  world.loop.settle();
  EXPECT_EQ(world.sink.batches.size(), 2u);
  EXPECT_EQ(world.script.asked.size(), 3u);
}

TEST(SourceRunner, AFailedSourceIsMadeAnewFromTheStoredCursors) {
  RunnerWorld world;
  world.sink.at_once = true;
  Transaction transaction(world.store.database());
  meta::put_cursor(transaction, "one.test", {"all", "41", noon});
  meta::put_cursor(transaction, "two.test", {"all", "99", noon});
  world.store.database().commit(transaction);
  world.script.answer(Error(ErrorKind::transient, "connection reset"));
  world.start();
  ASSERT_EQ(world.script.made.size(), 1u);
  EXPECT_EQ(world.script.living, 0) << "destroyed with its error";
  EXPECT_EQ(world.runner.report().state, RunState::backing_off);
  EXPECT_EQ(world.runner.report().last_error, "transient: connection reset");
  Transaction later(world.store.database());
  meta::put_cursor(later, "one.test", {"all", "42", noon});
  world.store.database().commit(later);
  world.pause();
  ASSERT_EQ(world.script.made.size(), 2u);
  EXPECT_EQ(world.script.made[0].cursors.at("all").value, "41");
  EXPECT_EQ(world.script.made[1].cursors.at("all").value, "42");
  EXPECT_EQ(world.script.made[1].cursors.size(), 1u);
  EXPECT_EQ(world.runner.report().state, RunState::running);
}

TEST(SourceRunner, BacksOffLongerWithEveryFailureAndStartsOverAfterASuccess) {
  RunnerWorld world;
  world.sink.at_once = true;
  for (int i = 0; i < 7; ++i) world.script.answer(Error(ErrorKind::protocol, "no JSON"));
  world.script.answer(page(1));
  world.script.answer(Error(ErrorKind::transient, "again"));
  world.start();
  for (int failures = 1; failures <= 7; ++failures) {
    const Duration most = failures <= 5 ? 60s : 15min;
    const Duration wait = world.pause();
    EXPECT_GE(wait, std::min<Duration>(most, 48s)) << failures;
    EXPECT_LE(wait, most + 1s) << failures;
    EXPECT_TRUE(failures < 6 || wait > 5min) << failures;
  }
  EXPECT_EQ(world.sink.batches.size(), 1u);
  EXPECT_EQ(world.runner.report().state, RunState::backing_off) << "it failed after its success";
  EXPECT_LE(world.pause(), Duration(61s));
}

TEST(SourceRunner, WhatIsStreamedIsNotWaitedForAsIfItWerePolled) {
  SourceSection streamed = section();
  streamed.jetstream = {"wss://east.test/subscribe", "wss://west.test/subscribe"};
  RunnerWorld world(streamed);
  world.sink.at_once = true;
  for (int i = 0; i < 3; ++i) world.script.answer(Error(ErrorKind::transient, "closed"));
  world.start();
  for (const Duration most : {2s, 3s, 5s}) EXPECT_LE(world.pause(), most);
}

TEST(SourceRunner, TellsWhichStreamIsOpenWhileOneIs) {
  RunnerWorld world;
  world.sink.at_once = true;
  world.script.connected_to = "wss://east.test/subscribe";
  world.script.answer(page(1, true));
  world.script.answer(Error(ErrorKind::transient, "closed"));
  EXPECT_EQ(world.runner.report().connected_to, "");
  world.start();
  EXPECT_EQ(world.runner.report().connected_to, "wss://east.test/subscribe");
  world.pause();
  EXPECT_EQ(world.runner.report().state, RunState::backing_off);
  EXPECT_EQ(world.runner.report().connected_to, "");
}

TEST(SourceRunner, ThreeRefusalsMakeItRefusedUntilItIsAskedAgain) {
  for (const ErrorKind kind : {ErrorKind::auth, ErrorKind::forbidden}) {
    RunnerWorld world;
    world.sink.at_once = true;
    for (int i = 0; i < 4; ++i) world.script.answer(Error(kind, "This method requires a user"));
    world.script.answer(page(1));
    world.start();
    EXPECT_EQ(world.runner.report().state, RunState::backing_off);
    world.pause();
    EXPECT_EQ(world.runner.report().state, RunState::backing_off);
    world.pause();
    EXPECT_EQ(world.runner.report().state, RunState::refused);
    EXPECT_THAT(world.runner.report().last_error, HasSubstr("This method requires a user"));
    EXPECT_EQ(world.pause(), Duration(24h));
    EXPECT_EQ(world.runner.report().state, RunState::refused) << "one more is enough";
    EXPECT_EQ(world.pause(), Duration(24h));
    EXPECT_EQ(world.runner.report().state, RunState::running);
    EXPECT_EQ(world.runner.report().last_error, "");
  }
}

TEST(SourceRunner, RefusalsInARowAreWhatCounts) {
  RunnerWorld world;
  world.sink.at_once = true;
  world.script.answer(Error(ErrorKind::auth, "no"));
  world.script.answer(Error(ErrorKind::auth, "no"));
  world.script.answer(page(1));
  world.script.answer(Error(ErrorKind::auth, "no"));
  world.start();
  world.pause();
  world.pause();
  EXPECT_EQ(world.sink.batches.size(), 1u);
  EXPECT_EQ(world.runner.report().state, RunState::backing_off);
}

TEST(SourceRunner, RateLimitsAreKeptToTheMinute) {
  const struct {
    std::string what;
    ErrorKind kind;
    std::optional<Duration> until;
    Duration least;
    Duration most;
  } cases[] = {
      {"told until", ErrorKind::rate_limited, 10min, 10min, 10min},
      {"quota", ErrorKind::quota, 5h, 5h, 5h},
      {"already over", ErrorKind::rate_limited, -1min, 1s, 1s},
      {"not told", ErrorKind::rate_limited, std::nullopt, 48s, 61s},
  };
  for (const auto& row : cases) {
    RunnerWorld world;
    world.sink.at_once = true;
    std::optional<Time> until;
    if (row.until) until = world.loop.clock.now() + *row.until;
    world.script.answer(Error(row.kind, "slow down", until));
    world.start();
    EXPECT_EQ(world.runner.report().state, RunState::rate_limited) << row.what;
    const Duration wait = world.pause();
    EXPECT_GE(wait, row.least) << row.what;
    EXPECT_LE(wait, row.most) << row.what;
  }
}

TEST(SourceRunner, AStoreThatCannotBeWrittenIsNoFaultOfTheSource) {
  RunnerWorld world;
  world.sink.broken = true;
  for (int i = 1; i <= 9; ++i) world.script.answer(page(i));
  world.start();
  EXPECT_EQ(world.script.living, 0);
  EXPECT_THAT(world.runner.report().last_error, HasSubstr("the disk is full"));
  for (int i = 0; i < 7; ++i) EXPECT_LE(world.pause(), Duration(61s)) << "it does not grow";
  world.sink.broken = false;
  world.sink.at_once = true;
  world.pause();
  EXPECT_EQ(world.runner.report().state, RunState::running);
}

TEST(SourceRunner, ALostWindowStartsItAgainFromWhatIsStored) {
  RunnerWorld world;
  world.script.answer(page(1));
  world.script.answer(page(2));
  world.start();
  EXPECT_EQ(world.sink.batches.size(), 1u);
  world.sink.lose();
  world.loop.settle();
  EXPECT_EQ(world.sink.batches.size(), 1u) << "the page fetched meanwhile goes with the source";
  EXPECT_EQ(world.script.living, 0);
  EXPECT_LE(world.pause(), Duration(61s));
  EXPECT_EQ(world.script.made.size(), 2u);
}

TEST(SourceRunner, APausedSourceIsNotRead) {
  RunnerWorld world;
  Transaction transaction(world.store.database());
  transaction.put(Column::meta, keys::pause("one.test"), {});
  world.store.database().commit(transaction);
  world.sink.at_once = true;
  world.start();
  world.loop.advance(10min);
  EXPECT_EQ(world.runner.report().state, RunState::paused);
  EXPECT_TRUE(world.script.made.empty());
}

TEST(SourceRunner, NotesOfABatchReachTheLog) {
  RunnerWorld world;
  world.sink.at_once = true;
  Batch noted = page(1);
  noted.notes = {"jumped to now, there is a gap"};
  world.script.answer(noted);
  world.start();
  EXPECT_THAT(world.lines.str(), HasSubstr("jumped to now, there is a gap"));
}

TEST(SourceRunner, EndsWhenCancelledWhateverItWaitsFor) {
  for (const bool while_fetching : {true, false}) {
    RunnerWorld world;  // its end expects that the task is gone without a failure
    if (while_fetching) world.script.takes = 30s;
    world.script.answer(page(1));
    world.start();
    world.loop.advance(10s);
    EXPECT_EQ(world.script.living, 1);
  }
}

}  // namespace
}  // namespace tagscout
