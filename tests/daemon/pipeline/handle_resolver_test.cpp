#include "daemon/pipeline/handle_resolver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/pipeline/pending_posts.h"
#include "tests/daemon/pipeline/fake_origin.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

Event nameless(const std::string& author, int number) {
  PostSighting sighting = post(author, number).copied().by(copy_of(author, 700)).value();
  sighting.author.id = AccountId();
  return sighting;
}

// Answers to handles as the test says.
class FakeDirectory final : public Origin {
 public:
  explicit FakeDirectory(Clock& clock) : clock_(clock) {}

  size_t accounts_max(const std::string&, const std::vector<AccountTarget>&) const override {
    return 1;
  }
  size_t posts_max(const std::string&, const std::vector<PostTarget>&) const override { return 1; }
  boost::asio::awaitable<Result<Batch>> read_accounts(std::string,
                                                      std::vector<AccountTarget>) override {
    co_return Batch();
  }
  boost::asio::awaitable<Result<Batch>> read_posts(std::string, std::vector<PostTarget>) override {
    co_return Batch();
  }
  boost::asio::awaitable<Result<AccountId>> resolve(std::string handle) override {
    asked.push_back(handle);
    asked_at.push_back(clock_.steady());
    in_flight_max = std::max(in_flight_max, ++in_flight_);
    co_await clock_.sleep(takes);
    --in_flight_;
    co_return answer(handle);
  }

  std::function<Result<AccountId>(const std::string&)> answer = [](const std::string& handle) {
    const std::string name = handle.ends_with("@one.test") ? user_of(handle) : handle;
    return Result<AccountId>(person(name));
  };
  Duration takes{};
  std::vector<std::string> asked;
  std::vector<Duration> asked_at;
  int in_flight_max = 0;

 private:
  Clock& clock_;
  int in_flight_ = 0;
};

struct ResolverWorld : RefresherWorld {
  ResolverWorld()
      : resolver(std::make_unique<HandleResolver>(
            &directory, HandleResolverTools{store.database(), *sink, loop.clock, fetcher, log},
            loop.tasks)) {
    listener.on_unresolved = [this](const std::string& handle) { resolver->add(handle); };
  }
  ~ResolverWorld() { loop.stop(); }

  void run() {
    loop.tasks.spawn(resolver->run());
    loop.settle();
  }
  // How many posts were dropped for want of an author.
  int64_t dropped() const {
    int64_t total = 0;
    for (const WindowEffects& window : listener.windows) {
      const auto found = window.dropped.find("identity");
      if (found != window.dropped.end()) total += found->second;
    }
    return total;
  }
  std::vector<std::string> waiting() { return PendingPosts::handles(store.database()); }

  FakeDirectory directory{loop.clock};
  std::unique_ptr<HandleResolver> resolver;
};

TEST(HandleResolver, FindsOutWhoWroteWhatWaits) {
  ResolverWorld world;
  world.run();
  world.record({nameless("ada", 1), nameless("ada", 2), nameless("ben@two.test", 1)});
  world.loop.advance(1s);
  EXPECT_THAT(world.directory.asked, testing::UnorderedElementsAre("ada@one.test", "ben@two.test"));
  EXPECT_EQ(world.facts("ada").id, person("ada"));
  EXPECT_EQ(world.facts("ben@two.test").id, person("ben@two.test"));
  EXPECT_THAT(world.waiting(), IsEmpty());
  EXPECT_EQ(world.dropped(), 0);
}

TEST(HandleResolver, TakesUpWhatTheStoreHoldsAfterARestart) {
  ResolverWorld world;
  world.listener.on_unresolved = [](const std::string&) {};
  world.record({nameless("ada", 1)});
  world.run();
  world.loop.advance(1s);
  EXPECT_EQ(world.facts("ada").id, person("ada"));
}

TEST(HandleResolver, AsksOnceADayAboutTheSameHandle) {
  ResolverWorld world;
  world.run();
  for (int i = 1; i <= 20; ++i) {
    world.record({nameless("ada", i)});
    world.loop.advance(1h);
  }
  EXPECT_EQ(world.directory.asked.size(), 1u);
  EXPECT_THAT(world.waiting(), IsEmpty());
  world.loop.advance(5h);
  world.record({nameless("ada", 21)});
  world.loop.advance(1s);
  EXPECT_EQ(world.directory.asked.size(), 2u);
}

TEST(HandleResolver, RemembersForAnHourThatNobodyBearsAHandle) {
  ResolverWorld world;
  world.directory.answer = [](const std::string&) { return Result<AccountId>(AccountId()); };
  world.run();
  for (int i = 1; i <= 3; ++i) {
    world.record({nameless("ada", i)});
    world.loop.advance(10min);
  }
  EXPECT_EQ(world.directory.asked.size(), 1u);
  EXPECT_EQ(world.dropped(), 3);
  world.loop.advance(1h);
  world.record({nameless("ada", 4)});
  world.loop.advance(1s);
  EXPECT_EQ(world.directory.asked.size(), 2u);
}

TEST(HandleResolver, TriesFourTimesAndThenCountsThePostsAsDropped) {
  ResolverWorld world;
  world.directory.answer = [](const std::string&) {
    return Result<AccountId>(Error(ErrorKind::transient, "down"));
  };
  world.run();
  const Duration start = world.loop.clock.steady();
  world.record({nameless("ada", 1), nameless("ada", 2)});
  world.loop.advance(3h);
  ASSERT_EQ(world.directory.asked.size(), 4u);
  EXPECT_LE(world.directory.asked_at[0] - start, Duration(1s));
  EXPECT_EQ(world.directory.asked_at[1] - world.directory.asked_at[0], Duration(1min));
  EXPECT_EQ(world.directory.asked_at[2] - world.directory.asked_at[1], Duration(10min));
  EXPECT_EQ(world.directory.asked_at[3] - world.directory.asked_at[2], Duration(1h));
  EXPECT_EQ(world.dropped(), 2);
  EXPECT_THAT(world.waiting(), IsEmpty());
}

TEST(HandleResolver, ALaterTryMaySucceed) {
  ResolverWorld world;
  world.directory.answer = [&](const std::string&) {
    return world.directory.asked.size() < 3 ? Result<AccountId>(Error(ErrorKind::transient, "down"))
                                            : Result<AccountId>(person("ada"));
  };
  world.run();
  world.record({nameless("ada", 1)});
  world.loop.advance(10min);
  EXPECT_EQ(world.facts("ada").id, AccountId());
  world.loop.advance(2min);
  EXPECT_EQ(world.facts("ada").id, person("ada"));
  EXPECT_EQ(world.dropped(), 0);
}

TEST(HandleResolver, BeingAskedToWaitIsNoTry) {
  ResolverWorld world;
  world.directory.answer = [&](const std::string&) {
    return Result<AccountId>(Error(ErrorKind::rate_limited, "429", world.loop.clock.now() + 30min));
  };
  world.run();
  world.record({nameless("ada", 1)});
  world.loop.advance(5h);
  EXPECT_GE(world.directory.asked.size(), 8u);
  EXPECT_LE(world.directory.asked.size(), 11u);
  EXPECT_THAT(world.waiting(), ElementsAre("ada@one.test"));
}

TEST(HandleResolver, ASlowDomainHoldsUpNobodyElseAndManyAreAskedByFew) {
  ResolverWorld world;
  world.directory.takes = 10s;
  world.run();
  std::vector<Event> events;
  for (int i = 0; i < 5; ++i) events.push_back(nameless("a" + std::to_string(i), 1));
  for (int i = 0; i < 20; ++i) {
    events.push_back(nameless("ada@host" + std::to_string(i) + ".test", 1));
  }
  world.record(events);
  EXPECT_EQ(world.directory.in_flight_max, 8);
  world.loop.advance(9s);
  EXPECT_EQ(std::count_if(world.directory.asked.begin(), world.directory.asked.end(),
                          [](const std::string& handle) { return handle.ends_with("@one.test"); }),
            1)
      << "one at a time of each domain";
  world.loop.advance(2min);
  EXPECT_EQ(world.directory.asked.size(), 25u);
  EXPECT_EQ(world.directory.in_flight_max, 8);
  EXPECT_THAT(world.waiting(), IsEmpty());
}

TEST(HandleResolver, PostsThatComeWhileItAsksAreNotForgotten) {
  ResolverWorld world;
  world.directory.takes = 10s;
  world.run();
  world.record({nameless("ada", 1)});
  world.record({nameless("ada", 2)});
  world.loop.advance(10s);
  world.record({nameless("ada", 3)});
  world.loop.advance(2min);
  EXPECT_THAT(world.waiting(), IsEmpty());
  EXPECT_EQ(world.directory.asked.size(), 1u);
}

TEST(HandleResolver, CostsNothingWhileNothingWaits) {
  ResolverWorld world;
  world.run();
  const size_t before = world.loop.clock.sleeps();
  world.loop.advance(1h);
  EXPECT_LE(world.loop.clock.sleeps(), before + 61);
}

}  // namespace
}  // namespace tagscout
