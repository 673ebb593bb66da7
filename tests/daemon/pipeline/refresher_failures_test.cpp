#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/name_store.h"
#include "storage/post_store.h"
#include "tests/daemon/pipeline/failing_disk.h"
#include "tests/daemon/pipeline/fake_origin.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

// Fails every call of both kinds, in the way given.
void fail_with(RefresherWorld& world, const Error& error) {
  world.origin->on_accounts = [error](const auto&) -> Result<Batch> { return error; };
  world.origin->on_posts = [error](const auto&) -> Result<Batch> { return error; };
}

void answer_again(RefresherWorld& world) {
  world.origin->on_accounts = nullptr;
  world.origin->on_posts = nullptr;
}

// Accounts of one host that its home has not been asked about.
void record_unread(RefresherWorld& world, int count) {
  std::vector<Event> events;
  for (int i = 0; i < count; ++i) {
    events.push_back(
        post("p" + std::to_string(i), 1).copied().created(world.loop.clock.now() + 24h * 30));
  }
  world.record(events);
}

TEST(RefresherFailures, CloseTheHostForLongerEachTimeAndLoseNothing) {
  RefresherWorld world;
  fail_with(world, Error(ErrorKind::transient, "connection refused"));
  record_unread(world, 5);
  world.start();
  world.loop.advance(45min);
  const std::vector<Time> asked = world.origin->asked;
  ASSERT_GE(asked.size(), 6u);
  EXPECT_LE(asked.size(), 14u);
  for (size_t i = 1; i < asked.size(); ++i) {
    EXPECT_GE(asked[i] - asked[i - 1], Duration(2400ms)) << i;
  }
  EXPECT_GE(asked[5] - asked[4], Duration(38s)) << "the fifth failure";
  EXPECT_GT(world.facts("p0").refresh.failures + world.facts("p1").refresh.failures, 0);
  answer_again(world);
  world.loop.advance(55min);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(world.facts("p" + std::to_string(i)).verified) << i;
}

TEST(RefresherFailures, OfOneHostDoNotTouchAnother) {
  RefresherWorld world;
  world.origin->on_accounts = [&](const std::vector<AccountTarget>& targets) -> Result<Batch> {
    const std::string name = FakeOrigin::name_of(targets.front().id);
    if (name == "ada") return Error(ErrorKind::transient, "down");
    Batch batch;
    batch.events.emplace_back(at_home(name, 7));
    return batch;
  };
  world.start();
  world.record({post("ada", 1).copied(), post("ben@two.test", 1).copied()});
  world.loop.advance(1s);
  EXPECT_FALSE(world.facts("ada").verified);
  EXPECT_TRUE(world.facts("ben@two.test").verified);
}

TEST(RefresherFailures, BeingAskedToWaitIsNone) {
  RefresherWorld world;
  const Time until = world.loop.clock.now() + 20min;
  fail_with(world, Error(ErrorKind::rate_limited, "429", until));
  record_unread(world, 3);
  world.start();
  world.loop.advance(until - world.loop.clock.now() - 1s);
  EXPECT_EQ(world.origin->calls.size(), 1u);
  EXPECT_EQ(world.facts("p0").refresh.failures, 0);
  answer_again(world);
  world.loop.advance(2s);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(world.facts("p" + std::to_string(i)).verified) << i;
}

TEST(RefresherFailures, ATimeToWaitUntilThatHasPassedIsNoLeaveToHurry) {
  RefresherWorld world;
  fail_with(world, Error(ErrorKind::quota, "429", world.loop.clock.now() - 1h));
  record_unread(world, 1);
  world.start();
  world.loop.advance(10s);
  EXPECT_LE(world.origin->calls.size(), 11u);
  EXPECT_GE(world.origin->calls.size(), 2u);
}

TEST(RefresherFailures, ThreeRefusalsCloseItForADayAndEveryAccountSaysWhy) {
  RefresherWorld world;
  fail_with(world, Error(ErrorKind::forbidden, "robots.txt"));
  record_unread(world, 40);
  world.start();
  world.loop.advance(1h);
  EXPECT_EQ(world.origin->calls.size(), 3u);
  for (int i = 0; i < 40; ++i) {
    EXPECT_NE(world.facts("p" + std::to_string(i)).origin_error, "") << i;
  }
  answer_again(world);
  world.loop.advance(22h);
  EXPECT_EQ(world.origin->calls.size(), 3u);
  world.loop.advance(2h);
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(world.facts("p" + std::to_string(i)).origin_error, "") << i;
  }
}

TEST(RefresherFailures, AnswersThatDecideNothingAreNotAskedForInATightLoop) {
  const auto nothing = [](const auto&) -> Result<Batch> { return Batch(); };
  const struct {
    std::string what;
    std::function<Result<Batch>(const std::vector<AccountTarget>&)> on_accounts;
    std::function<Result<Batch>(const std::vector<PostTarget>&)> on_posts;
  } cases[] = {
      {"nothing", nothing, nothing},
      {"stale copies",
       [](const std::vector<AccountTarget>& targets) -> Result<Batch> {
         Batch batch;
         batch.events.emplace_back(copy_of(FakeOrigin::name_of(targets[0].id), 700));
         return batch;
       },
       [](const std::vector<PostTarget>&) -> Result<Batch> {
         Batch batch;
         batch.events.push_back(post("ada", 1).copied().reread());
         return batch;
       }},
      {"short forms and others",
       [](const std::vector<AccountTarget>& targets) -> Result<Batch> {
         Batch batch;
         batch.events.emplace_back(at_home(FakeOrigin::name_of(targets[0].id), std::nullopt));
         batch.events.emplace_back(at_home("somebody", 700));
         return batch;
       },
       [](const std::vector<PostTarget>&) -> Result<Batch> {
         Batch batch;
         PostSighting orphan = post("ada", 1).reread().value();
         orphan.author.id = AccountId();
         batch.events.emplace_back(orphan);
         batch.events.push_back(post("ada", 1));  // as on a page: no answer to a re-read
         return batch;
       }},
  };
  for (const auto& row : cases) {
    RefresherWorld world;
    world.origin->on_accounts = row.on_accounts;
    world.origin->on_posts = row.on_posts;
    world.start();
    world.record({post("ada", 1).copied()});
    world.loop.advance(10min);
    EXPECT_GE(world.origin->calls.size(), 6u) << row.what;
    EXPECT_LE(world.origin->calls.size(), 24u) << row.what;
    EXPECT_GT(world.facts("ada").refresh.failures, 3) << row.what;
  }
}

TEST(RefresherFailures, AMissingPostOrAccountIsAskedForAgainAfterTheConfirmation) {
  RefresherWorld world;
  world.origin->on_accounts = [](const std::vector<AccountTarget>& targets) -> Result<Batch> {
    Batch batch;
    batch.events.emplace_back(AccountMissing{targets[0].id});
    return batch;
  };
  world.start();
  const Time start = world.loop.clock.now();
  world.record({post("ada", 1).copied().created(start)});
  world.fetcher.note_server_time(world.loop.clock.now());
  world.loop.advance(59min);
  world.fetcher.note_server_time(world.loop.clock.now());
  EXPECT_THAT(world.origin->calls, ElementsAre("account ada"));
  world.loop.advance(2min);
  EXPECT_EQ(std::count(world.origin->calls.begin(), world.origin->calls.end(), "account ada"), 2);
  EXPECT_TRUE(world.facts("ada").id.empty()) << "gone";
  world.loop.advance(48h);
  EXPECT_LE(world.origin->calls.size(), 3u);
}

TEST(RefresherFailures, WhatABatchLeavesOutIsAskedForAloneBeforeItIsGone) {
  RefresherWorld world;
  world.origin->batch_max = 20;
  world.origin->on_posts = [](const std::vector<PostTarget>& targets) -> Result<Batch> {
    Batch batch;
    for (const PostTarget& target : targets) {
      const bool second = target.id == post_id("ada", 2);
      if (second && target.missing) {
        batch.events.emplace_back(PostDeleted{target.id, target.author, {}});
      } else if (second) {
        batch.events.emplace_back(PostMissing{target.id, target.author});
      } else {
        const std::string& id = target.id.text();
        batch.events.push_back(post("ada", std::stoi(id.substr(id.rfind('/') + 1))).reread());
      }
    }
    return batch;
  };
  const Time born = world.loop.clock.now();
  world.start();
  std::vector<Event> events;
  for (int i = 1; i <= 3; ++i) {
    events.push_back(post("ada", i).created(born).by(at_home("ada", 500)));
  }
  world.record(events);
  world.loop.advance(born + 1h + 1s - world.loop.clock.now());
  world.fetcher.note_server_time(world.loop.clock.now());
  ASSERT_EQ(world.origin->calls.size(), 1u) << "all three at once";
  const PostKey key = world.hasher.post(person("ada"), post_id("ada", 2));
  EXPECT_TRUE(posts::row(world.store.database(), key).record) << "no deletion by itself";
  world.loop.advance(1h);
  EXPECT_EQ(world.origin->calls.back(), "post ada/2");
  EXPECT_TRUE(posts::row(world.store.database(), key).stub);
}

TEST(RefresherFailures, AHostThatWasDeniedSinceIsNotAskedAndItsAccountsSaySo) {
  RefresherWorld world;
  world.record({post("ada", 1).copied(), post("ben@denied.test", 1).copied()});
  RefresherOptions options;
  auto made = std::make_unique<FakeOrigin>(world.loop.clock);
  FakeOrigin& origin = *made;
  options.origins[Network::activitypub] = std::move(made);
  options.may_ask = [](const std::string& host) { return host != "https://denied.test"; };
  Refresher refresher(std::move(options),
                      RefresherTools{world.store.database(), *world.sink, world.loop.clock,
                                     world.chance, world.fetcher, world.log},
                      world.loop.tasks);
  world.loop.tasks.spawn(refresher.run());
  world.loop.advance(12h);
  EXPECT_THAT(origin.hosts, testing::Each("https://one.test"));
  EXPECT_TRUE(world.facts("ada").verified);
  EXPECT_FALSE(world.facts("ben@denied.test").verified);
  EXPECT_EQ(world.facts("ben@denied.test").origin_error, "its home server may not be asked");
  world.loop.stop();
}

TEST(RefresherFailures, ADeadHostIsNotAskedForEachOfItsAccounts) {
  RefresherWorld world;
  fail_with(world, Error(ErrorKind::transient, "no such name"));
  record_unread(world, 100);
  world.start();
  world.loop.advance(24h);
  EXPECT_LE(world.origin->calls.size(), 140u) << "as for one account";
  EXPECT_EQ(world.origin->in_flight_max, 1);
}

TEST(RefresherFailures, ANetworkWithoutAnOriginCostsNothing) {
  RefresherWorld world;
  world.start();
  const size_t before = world.loop.clock.sleeps();
  PostSighting skeet = post("ada", 1).value();
  skeet.author = bare(AccountId("bluesky:did:plc:aaaa"));
  skeet.id = PostId("bluesky:at://did:plc:aaaa/app.bsky.feed.post/3k");
  world.record({skeet});
  world.loop.advance(1h);
  EXPECT_TRUE(world.origin->calls.empty());
  EXPECT_LE(world.loop.clock.sleeps(), before + 100);
}

TEST(RefresherFailures, ARowThatLeadsToNothingDoesNotKeepItBusy) {
  RefresherWorld world;
  world.record({post("ada", 1).created(world.loop.clock.now() + 24h).by(at_home("ada", 5))});
  const auto host = names::find(world.store.database(), NameKind::host, "https://one.test");
  RefreshPlan plan;
  plan.host = host.value_or(0);
  plan.due_at = world.loop.clock.now();
  world.put_due(keys::due(plan, world.hasher.account(person("nobody"))));
  world.start();
  world.loop.advance(10min);
  EXPECT_TRUE(world.origin->calls.empty());
  EXPECT_LE(world.loop.clock.sleeps(), 700u);
}

TEST(RefresherFailures, PlansOfAClockThatRanAheadAreDueNow) {
  RefresherWorld world;
  const Time right = world.loop.clock.now();
  world.loop.clock.set_now(right + 24h * 3650);
  world.record({post("ada", 1).created(right).by(at_home("ada", 5'000))});
  EXPECT_GT(world.facts("ada").refresh.due_at, right + 24h * 3650);
  world.loop.clock.set_now(right + 1min);
  world.start();
  world.loop.advance(1s);
  EXPECT_THAT(world.origin->calls, testing::UnorderedElementsAre("account ada", "post ada/1"));
  EXPECT_LT(world.facts("ada").refresh.due_at, right + 24h * 8);
}

TEST(RefresherFailures, AClockSetBackWhileItRunsDelaysNothingForLong) {
  RefresherWorld world;
  const Time right = world.loop.clock.now();
  world.loop.clock.set_now(right + 24h * 3650);
  world.start();
  fail_with(world, Error(ErrorKind::transient, "down"));
  world.record({post("ada", 1).copied().created(right)});
  world.loop.advance(1s);
  answer_again(world);
  world.loop.clock.set_now(right);
  world.loop.advance(2min);
  EXPECT_TRUE(world.facts("ada").verified);
}

TEST(RefresherFailures, AFullDiskOnlyDelaysWhatIsDue) {
  RefresherWorld world;
  record_unread(world, 3);
  {
    const FailingDisk disk(world.store.folder(), DiskFault::full);
    world.start();
    world.loop.advance(30s);
    EXPECT_FALSE(world.facts("p0").verified);
    EXPECT_LE(world.origin->calls.size(), 6u) << "homes are not asked in vain for long";
  }
  world.loop.advance(35s);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(world.facts("p" + std::to_string(i)).verified) << i;
}

TEST(RefresherFailures, WorkersEndWhenCancelledWhateverTheyWaitFor) {
  for (const Duration takes : {Duration(0), Duration(1min)}) {
    RefresherWorld world;  // its end expects that nobody is left and nothing failed
    world.origin->takes = takes;
    world.start();
    world.accept({post("ada", 1).copied()});
    world.loop.advance(25ms);
    EXPECT_EQ(world.loop.tasks.size(), 3u) << "the sink, the refresher and one worker";
  }
}

TEST(RefresherFailures, TheReportTellsHomesThatFailFromThoseThatRefuse) {
  RefresherWorld world;
  world.record({post("ada", 1).copied(), post("ben@two.test", 1).copied()});
  world.start();
  EXPECT_EQ(world.refresher->report().known, 2u);
  EXPECT_EQ(world.refresher->report().failing + world.refresher->report().refusing, 0u);
  fail_with(world, Error(ErrorKind::forbidden, "no"));
  world.loop.advance(25h);
  EXPECT_EQ(world.refresher->report().refusing, 2u) << "three times each, then a day of peace";
  EXPECT_EQ(world.refresher->report().failing, 0u);
  EXPECT_EQ(world.refresher->report().at_work, 0u);
}

}  // namespace
}  // namespace tagscout
