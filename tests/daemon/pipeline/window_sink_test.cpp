#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/account_store.h"
#include "storage/meta_store.h"
#include "tests/daemon/pipeline/sink_world.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;

boost::asio::awaitable<void> ignore(WindowSink& sink, std::string name, std::vector<bool>& done) {
  done.push_back(co_await sink.ignore(person(name)));
}
boost::asio::awaitable<void> allow(WindowSink& sink, std::string name, std::vector<bool>& done) {
  done.push_back(co_await sink.allow(person(name)));
}

bool knows(SinkWorld& world, const std::string& name) {
  const KeyHasher hasher(world.store.database().secret());
  return accounts::facts(world.store.database(), hasher.account(person(name))).has_value();
}

TEST(WindowSink, BatchesThatArriveTogetherShareOneWindow) {
  SinkWorld world;
  const uint64_t window = world.accept({post("ada", 1)});
  EXPECT_EQ(world.accept({post("ben", 1)}), window);
  world.loop.advance(10ms);
  EXPECT_EQ(world.accept({post("cleo", 1)}), window);
  EXPECT_TRUE(world.listener.windows.empty());
  world.loop.advance(1s);
  ASSERT_EQ(world.listener.windows.size(), 1u);
  EXPECT_EQ(world.listener.windows.front().sources.at("one.test").posts_new, 3);
  EXPECT_EQ(world.accept({post("ada", 2)}), window + 1);
  world.loop.advance(1s);
  EXPECT_EQ(world.listener.windows.size(), 2u);
}

TEST(WindowSink, AWindowIsWrittenWithinASecond) {
  SinkWorld world;
  const uint64_t window = world.accept({post("ada", 1)});
  world.loop.advance(1s);
  EXPECT_EQ(world.ask(window), Told::durable);
}

TEST(WindowSink, DurableMeansOnDisk) {
  SinkWorld world;
  const uint64_t window = world.accept({post("ada", 1)}, 1);
  Told told = Told::nothing;
  world.wait(window, told);
  world.loop.settle();
  EXPECT_EQ(told, Told::nothing);
  EXPECT_FALSE(knows(world, "ada"));
  world.loop.advance(1s);
  EXPECT_EQ(told, Told::durable);
  EXPECT_TRUE(knows(world, "ada"));
  EXPECT_EQ(meta::cursors(world.store.database(), "one.test").size(), 1u);
  EXPECT_EQ(world.ask(window), Told::durable) << "asked late";
  EXPECT_EQ(world.ask(0), Told::durable) << "no window at all";
}

TEST(WindowSink, ABatchThatChangesNothingIsDurableToo) {
  SinkWorld world;
  Batch quiet = world.batch({});
  quiet.dropped["protocol"] = 2;
  const uint64_t window = world.sink->accept(quiet);
  world.loop.advance(1s);
  EXPECT_EQ(world.ask(window), Told::durable);
  ASSERT_EQ(world.listener.windows.size(), 1u);
  EXPECT_EQ(world.listener.windows.front().dropped.at("protocol"), 2);
  const uint64_t next = world.accept({AccountMissing{person("nobody")}});
  world.loop.advance(1s);
  EXPECT_EQ(world.ask(next), Told::durable);
}

TEST(WindowSink, AnIdleSinkWritesNothing) {
  SinkWorld world;
  const uint64_t window = meta::window(world.store.database());
  world.loop.advance(1h);
  EXPECT_TRUE(world.listener.windows.empty());
  EXPECT_EQ(meta::window(world.store.database()), window);
}

TEST(WindowSink, AFullWindowIsWrittenAtOnce) {
  SinkWorld world;
  std::vector<Event> many;
  for (int i = 0; i < 2'000; ++i) many.push_back(post("p" + std::to_string(i), 1));
  const uint64_t window = world.accept(many);
  EXPECT_EQ(world.ask(window), Told::durable) << "without any time having passed";
  EXPECT_EQ(meta::counts(world.store.database()).posts, 2'000);
  EXPECT_EQ(world.accept({post("ada", 1)}), window + 1);
  world.loop.advance(1s);
}

TEST(WindowSink, FlagsAreAnnouncedOnceWritten) {
  SinkWorld world;
  world.accept({post("ada", 1).by(at_home("ada", 12'000))});
  EXPECT_EQ(world.listener.bus.last(), 0u);
  world.loop.advance(1s);
  EXPECT_EQ(world.listener.bus.last(), 1u);
  EXPECT_EQ(world.listener.unwritten, 0);
  ASSERT_EQ(world.listener.windows.front().flags.size(), 1u);
  EXPECT_EQ(world.listener.windows.front().flags.front().id, 1u);
}

TEST(WindowSink, WhatBecomesDueIsToldAfterTheCommit) {
  SinkWorld world;
  world.accept({post("ada", 1)});
  world.loop.advance(1s);
  const std::vector<HostDue>& due = world.listener.windows.front().due;
  EXPECT_EQ(due.size(), 2u) << "the account and the post";
  for (const HostDue& news : due) EXPECT_LE(news.at, world.loop.clock.now());
}

TEST(WindowSink, TheOperatorsChangesAnswerOnceTheyAreOnDisk) {
  SinkWorld world;
  std::vector<bool> done;
  world.accept({post("ada", 1)});
  world.loop.tasks.spawn(ignore(*world.sink, "ada", done));
  world.loop.settle();
  EXPECT_TRUE(done.empty());
  world.loop.advance(1s);
  EXPECT_EQ(done, std::vector<bool>{true});
  EXPECT_FALSE(knows(world, "ada"));
  world.loop.tasks.spawn(ignore(*world.sink, "ada", done));
  world.loop.tasks.spawn(allow(*world.sink, "ben", done));
  world.loop.settle();
  EXPECT_EQ(done, (std::vector<bool>{true, false, false})) << "nothing to wait for";
  world.loop.tasks.spawn(allow(*world.sink, "ada", done));
  world.loop.advance(1s);
  EXPECT_EQ(done.size(), 4u);
  world.accept({post("ada", 1)});
  world.loop.advance(1s);
  EXPECT_TRUE(knows(world, "ada"));
}

TEST(WindowSink, AStopInGoodOrderWritesWhatIsLeft) {
  SinkWorld world;
  const uint64_t window = world.accept({post("ada", 1)}, 3);
  Told told = Told::nothing;
  world.wait(window, told);
  world.sink->finish();
  world.loop.settle();
  EXPECT_EQ(told, Told::durable);
  EXPECT_TRUE(knows(world, "ada"));
  EXPECT_EQ(meta::cursors(world.store.database(), "one.test").front().value, "3");
  EXPECT_EQ(world.listener.windows.size(), 1u);
  world.sink->finish();
  EXPECT_EQ(world.listener.windows.size(), 1u) << "nothing was left";
}

}  // namespace
}  // namespace tagscout
