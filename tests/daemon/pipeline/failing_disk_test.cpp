// What holds when the disk does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "storage/account_store.h"
#include "storage/meta_store.h"
#include "tests/daemon/pipeline/failing_disk.h"
#include "tests/daemon/pipeline/sink_world.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;

// A source's pages, oldest first; its cursor is the number of those that are stored.
std::vector<Batch> pages(Time now) {
  std::vector<Batch> result;
  const std::vector<std::vector<Event>> events = {
      {post("ada", 1).likes(3).by(at_home("ada", 9'000))},
      {post("ada", 2).likes(5)},
      {at_home("ada", 11'000), post("ben", 1).by(at_home("ben", 12'000))},
      {post("ada", 1).likes(4), PostDeleted{post_id("ada", 2), person("ada"), {}}},
      {post("ada", 3).likes(10)},
  };
  for (const std::vector<Event>& page : events) {
    Batch batch;
    batch.source = "one.test";
    batch.now = now;
    batch.clock_right = true;
    batch.events = page;
    batch.cursors = {{"all", std::to_string(result.size() + 1), now}};
    result.push_back(std::move(batch));
  }
  return result;
}

size_t stored(const Database& database) {
  const auto cursors = meta::cursors(database, "one.test");
  return cursors.empty() ? 0 : std::stoul(cursors.front().value);
}

void expect_everything_once(const Database& database) {
  const KeyHasher hasher(database.secret());
  const AccountSums sums = accounts::sums(database, hasher.account(person("ada")));
  EXPECT_EQ(sums.posts_seen, 2);
  EXPECT_EQ(sums.engagement.likes, 14);
  std::vector<std::string> raised;
  flags::for_each(database, 0, [&](const Flag& flag) {
    raised.push_back(flag.handle + " " + std::string(flag_kind_name(flag.kind)));
    return true;
  });
  EXPECT_THAT(raised, testing::ElementsAre("ada@one.test rose", "ben@one.test found"));
  const StoreCounts counts = meta::counts(database);
  EXPECT_EQ(counts.accounts, 2);
  EXPECT_EQ(counts.posts, 3);
  EXPECT_EQ(counts.flags, 2);
}

// Opens a copy of the store's files as they lie on disk, which is what a crash now would leave, and
// goes on from its cursor.
void expect_everything_once_after_a_crash(SinkWorld& world) {
  TemporaryStore spare;
  const std::string copy = spare.folder() + "/crashed";
  std::filesystem::copy(world.store.folder() + "/store", copy,
                        std::filesystem::copy_options::recursive);
  DatabaseOptions options;
  options.path = copy;
  Database crashed(options, [](size_t bytes) { return std::string(bytes, 's'); });
  Ingest ingest(crashed, world.options);
  const std::vector<Batch> all = pages(world.loop.clock.now());
  for (size_t next = stored(crashed); next < all.size(); ++next) {
    ingest.apply(all[next]);
    ingest.commit();
  }
  expect_everything_once(crashed);
}

TEST(FailingDisk, WaitersOfTheLostWindowAreToldAlsoIfTheyAskLater) {
  for (const DiskFault fault : {DiskFault::full, DiskFault::unsynced}) {
    SinkWorld world;
    const uint64_t kept = world.accept({post("ada", 1)});
    world.loop.advance(1s);
    const uint64_t lost = world.accept({post("ada", 2)});
    Told told = Told::nothing;
    world.wait(lost, told);
    {
      const FailingDisk disk(world.store.folder(), fault);
      world.loop.advance(500ms);
      EXPECT_EQ(told, Told::lost);
      EXPECT_EQ(world.ask(lost), Told::lost);
      EXPECT_EQ(world.ask(kept), Told::durable);
      EXPECT_FALSE(world.sink->writable());
      EXPECT_THROW(world.accept({post("ada", 2)}), DatabaseError);
      world.loop.advance(10s);
      EXPECT_FALSE(world.sink->writable());
      EXPECT_EQ(world.listener.recoveries, 0);
    }
    world.loop.advance(5s);
    EXPECT_TRUE(world.sink->writable());
    EXPECT_EQ(world.listener.failures.size(), 1u);
    EXPECT_EQ(world.listener.recoveries, 1);
    EXPECT_EQ(world.ask(lost), Told::lost) << "for ever";
    const uint64_t next = world.accept({post("ada", 3)});
    EXPECT_GT(next, lost);
    world.loop.advance(1s);
    EXPECT_EQ(world.ask(next), Told::durable);
  }
}

// Hands over page after page, each in a window of its own; the disk fails under the page `at`.
void fail_at(SinkWorld& world, size_t at, DiskFault fault) {
  const std::vector<Batch> all = pages(world.loop.clock.now());
  for (size_t page = 0; page < at; ++page) {
    world.sink->accept(all[page]);
    world.loop.advance(1s);
  }
  const uint64_t announced = world.listener.bus.last();
  const uint64_t lost = world.sink->accept(all[at]);
  {
    const FailingDisk disk(world.store.folder(), fault);
    world.loop.advance(3s);
    EXPECT_EQ(world.ask(lost), Told::lost);
    EXPECT_THROW(world.sink->accept(all[at]), DatabaseError);
    EXPECT_EQ(world.listener.bus.last(), announced) << "no flag before it is written";
    expect_everything_once_after_a_crash(world);
  }
  world.loop.advance(5s);
  EXPECT_TRUE(world.sink->writable());
  for (size_t next = stored(world.store.database()); next < all.size(); ++next) {
    world.sink->accept(all[next]);
    world.loop.advance(1s);
  }
}

TEST(Case, ACommitFailsBecauseTheDiskIsFull) {
  for (const DiskFault fault : {DiskFault::full, DiskFault::unsynced}) {
    for (size_t at = 0; at < 5; ++at) {
      SCOPED_TRACE("fails at page " + std::to_string(at));
      SinkWorld world;
      fail_at(world, at, fault);
      expect_everything_once(world.store.database());
      EXPECT_EQ(world.listener.bus.last(), 2u);
      EXPECT_EQ(world.listener.unwritten, 0);
      expect_everything_once_after_a_crash(world);
    }
  }
}

TEST(FailingDisk, AStopDuringAFailureThrows) {
  SinkWorld world;
  world.accept({post("ada", 1)});
  const FailingDisk disk(world.store.folder(), DiskFault::full);
  EXPECT_THROW(world.sink->finish(), DatabaseError);
}

}  // namespace
}  // namespace tagscout
