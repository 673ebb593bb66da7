// Random histories: whatever the windows, the crashes and the repetitions, the store ends the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "storage/account_store.h"
#include "storage/meta_store.h"
#include "storage/name_store.h"
#include "tests/daemon/pipeline/ingest_world.h"
#include "tests/daemon/pipeline/reference_model.h"

namespace tagscout {
namespace {

using namespace std::chrono_literals;

constexpr int steps = 160;
constexpr int people = 6;
constexpr int posts_each = 4;

// One source's log: batches in order, each with the cursor that it ends at.
class History {
 public:
  explicit History(uint64_t seed) : engine_(seed) {
    for (int i = 0; i < people; ++i) followers_.push_back(pick(i % 2 == 0 ? 25'000 : 160'000));
    for (int step = 0; step < steps; ++step) add_batch(step);
  }
  const std::vector<Batch>& batches() const { return batches_; }

 private:
  int64_t pick(int64_t below) {
    return std::uniform_int_distribution<int64_t>(0, below - 1)(engine_);
  }
  std::string name() { return "p" + std::to_string(pick(people)); }

  // Follower counts wander, by less than what would be suspicious.
  int64_t followers(const std::string& who) {
    int64_t& value = followers_[static_cast<size_t>(who[1] - '0')];
    value = std::max<int64_t>(1, value + pick(value / 3 + 400) - value / 6 - 200);
    return value;
  }
  std::vector<std::string> tags() {
    static const std::vector<std::string> known = {"slowfashion", "mendedclothes", "gardening",
                                                   "wool", "linen"};
    std::vector<std::string> chosen;
    for (const std::string& tag : known) {
      if (pick(3) == 0) chosen.push_back(tag);
    }
    return chosen;
  }
  Event event() {
    const std::string who = name();
    const int number = static_cast<int>(pick(posts_each));
    const int64_t kind = pick(40);
    if (kind == 0) return PostDeleted{post_id(who, number), person(who), {}};
    if (kind == 1 && pick(8) == 0) return AccountGone{person(who), GoneReason::deleted};
    if (kind < 10) return at_home(who, followers(who));
    if (kind < 14) return copy_of(who, pick(200'000));
    Post seen = post(who, number).tags(tags()).likes(pick(50)).by(at_home(who, std::nullopt));
    if (pick(2) == 0) seen.by(at_home(who, followers(who)));
    if (pick(3) == 0) seen.copied().by(copy_of(who, pick(200'000)));
    return seen;
  }
  void add_batch(int step) {
    Batch batch;
    batch.source = "one.test";
    batch.now = noon + step * 7min;
    batch.clock_right = true;
    for (int64_t left = 1 + pick(4); left > 0; --left) {
      // Some are shown again, as overlapping pages do.
      const bool repeats = !seen_.empty() && pick(5) == 0;
      batch.events.push_back(repeats ? seen_[static_cast<size_t>(pick(std::ssize(seen_)))]
                                     : event());
      seen_.push_back(batch.events.back());
      if (pick(6) == 0) batch.events.push_back(batch.events.back());
    }
    batch.cursors = {{"all", std::to_string(step + 1), batch.now}};
    batches_.push_back(std::move(batch));
  }

  std::mt19937_64 engine_;
  std::vector<int64_t> followers_;
  std::vector<Event> seen_;
  std::vector<Batch> batches_;
};

// The model knows no readings that wait, and page after page shows old counts here.
IngestOptions trusting_options() {
  IngestOptions options = usual_options();
  options.reading.suspicious_from = INT64_MAX;
  return options;
}

size_t stored_cursor(IngestWorld& world) {
  const auto cursors = meta::cursors(world.database(), "one.test");
  return cursors.empty() ? 0 : std::stoul(cursors.front().value);
}

// Plays the history into the store, from the stored cursor on, with window ends and crashes at
// random; a crash loses the open window and goes back to what is stored.
void play(IngestWorld& world, const History& history, uint64_t seed, int crash_percent) {
  std::mt19937_64 engine(seed);
  const auto chance = [&](int percent) { return static_cast<int>(engine() % 100) < percent; };
  size_t next = 0;
  while (next < history.batches().size()) {
    world.ingest->apply(history.batches()[next++]);
    if (chance(25)) world.ingest->commit();
    if (chance(crash_percent)) {
      world.ingest = std::make_unique<Ingest>(world.store.database(), world.options);
      next = stored_cursor(world);
    }
  }
  world.ingest->commit();
}

// Everything stored but the numbers of windows and stamps, which count the tries, and the queue.
std::map<std::string, std::string> contents(IngestWorld& world) {
  std::map<std::string, std::string> rows;
  accounts::for_each(world.database(), {}, [&](const AccountKey& key, const AccountFacts& facts) {
    AccountFacts plain = facts;
    plain.changed = plain.handle_confirmed = plain.origin.stamp = plain.foreign.stamp = Stamp();
    rows["a" + to_hex(key)] = records::encode(plain);
    rows["s" + to_hex(key)] = records::encode(accounts::sums(world.database(), key));
    return true;
  });
  world.database().scan(Column::post, {}, {}, [&](std::string_view key, std::string_view value) {
    PostRow row = records::decode_post(value);
    if (row.record) row.record->changed = row.record->stamp = Stamp();
    rows["p" + std::string(key)] =
        row.record ? records::encode(*row.record) : records::encode(*row.stub);
    return true;
  });
  for (const Column column : {Column::index, Column::due, Column::name, Column::flag}) {
    world.database().scan(column, {}, {}, [&](std::string_view key, std::string_view value) {
      rows[std::to_string(static_cast<int>(column)) + std::string(key)] = value;
      return true;
    });
  }
  rows["counts"] = records::encode(world.counts());
  rows["cursor"] = std::to_string(stored_cursor(world));
  return rows;
}

void expect_model(IngestWorld& world, const ReferenceModel& model) {
  std::set<std::string> known;
  accounts::for_each(world.database(), {}, [&](const AccountKey&, const AccountFacts& facts) {
    known.insert(facts.id.text());
    return true;
  });
  EXPECT_EQ(known, model.accounts());
  for (int i = 0; i < people; ++i) {
    const std::string name = "p" + std::to_string(i);
    const std::string id = person(name).text();
    EXPECT_EQ(world.sums(name).posts_seen, model.posts_seen(id)) << name;
    EXPECT_EQ(world.sums(name).engagement.likes, model.likes(id)) << name;
    EXPECT_EQ(world.tags(name), model.tags(id)) << name;
    EXPECT_EQ(world.niches(name), model.niches(id)) << name;
  }
  std::vector<std::string> flags;
  for (const Flag& flag : world.flags()) {
    flags.push_back(flag.account.text() + " " + std::string(flag_kind_name(flag.kind)) + " " +
                    std::to_string(flag.followers));
  }
  EXPECT_EQ(flags, model.flags());
  EXPECT_EQ(world.counts(), world.counted());
}

TEST(IngestProperty, TheStoreEqualsASlowModelWhateverTheWindows) {
  std::set<std::string> kinds;
  for (uint64_t seed = 1; seed <= 7; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const History history(seed);
    ReferenceModel model;
    for (const Batch& batch : history.batches()) {
      for (const Event& event : batch.events) model.see(event);
    }
    IngestWorld world(trusting_options());
    play(world, history, seed, 0);
    expect_model(world, model);
    for (const Flag& flag : world.flags()) kinds.insert(std::string(flag_kind_name(flag.kind)));
  }
  EXPECT_EQ(kinds, (std::set<std::string>{"fell", "found", "rose"})) << "histories say too little";
}

TEST(IngestProperty, CrashesAndReplaysLeaveTheSameStore) {
  for (uint64_t seed = 101; seed <= 105; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const History history(seed);
    IngestWorld calm(trusting_options());
    play(calm, history, seed, 0);
    IngestWorld shaken(trusting_options());
    play(shaken, history, seed + 1'000, 20);
    EXPECT_EQ(contents(shaken), contents(calm));
    EXPECT_GT(meta::window(shaken.database()), 0u);
  }
}

TEST(IngestProperty, PlayingAHistoryTwiceRaisesNoFlagTwice) {
  for (uint64_t seed = 201; seed <= 203; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const History history(seed);
    // Pages of posts alone: those may be read again at any time.
    std::vector<Batch> pages;
    for (Batch batch : history.batches()) {
      std::erase_if(batch.events, [](const Event& event) {
        return !std::holds_alternative<PostSighting>(event);
      });
      for (Event& event : batch.events) {
        auto& seen = std::get<PostSighting>(event);
        seen.author = at_home(user_of(seen.author.handle), 20'000);
      }
      pages.push_back(std::move(batch));
    }
    IngestWorld world;
    for (const Batch& page : pages) world.ingest->apply(page);
    world.commit();
    const std::vector<Flag> flags = world.flags();
    const StoreCounts counts = world.counts();
    for (const Batch& page : pages) {
      world.ingest->apply(page);
      world.commit();
    }
    EXPECT_EQ(world.flags(), flags);
    EXPECT_EQ(world.counts(), counts);
  }
}

}  // namespace
}  // namespace tagscout
