#include "crawlers/batch.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>

namespace tagscout {
namespace {

// Draws batches with everything in them that a batch can hold.
class BatchDice {
 public:
  explicit BatchDice(uint32_t seed) : engine_(seed) {}

  Batch batch() {
    Batch batch;
    batch.source = text();
    batch.now = time();
    batch.clock_right = flip();
    for (size_t i = below(6); i > 0; --i) batch.events.push_back(event());
    for (size_t i = below(3); i > 0; --i) batch.cursors.push_back({text(), text(), time()});
    for (size_t i = below(3); i > 0; --i) batch.dropped[text()] = number();
    for (size_t i = below(3); i > 0; --i) batch.notes.push_back(text());
    if (flip()) batch.feeds = texts();
    batch.caught_up = flip();
    return batch;
  }

  size_t below(size_t end) { return engine_() % end; }

 private:
  bool flip() { return below(2) == 1; }
  int64_t number() {
    switch (below(4)) {
      case 0:
        return static_cast<int64_t>(below(300)) - 100;
      case 1:
        return std::numeric_limits<int64_t>::min();
      case 2:
        return std::numeric_limits<int64_t>::max();
      default:
        return static_cast<int64_t>(engine_());
    }
  }
  Time time() { return time_from_us(number()); }
  std::string text() {
    std::string text(below(4) == 0 ? 200 : below(8), '\0');
    for (char& c : text) c = static_cast<char>(engine_());
    return text;
  }
  std::vector<std::string> texts() {
    std::vector<std::string> texts(below(4));
    for (std::string& each : texts) each = text();
    return texts;
  }
  std::optional<int64_t> maybe() {
    return flip() ? std::optional<int64_t>(number()) : std::nullopt;
  }
  std::optional<bool> tri() { return flip() ? std::optional<bool>(flip()) : std::nullopt; }

  AccountSighting account() {
    AccountSighting a;
    a.id = AccountId(text());
    a.handle = text();
    a.display_name = text();
    a.url = text();
    a.home_id = text();
    a.counts = {.followers = maybe(), .following = maybe(), .posts = maybe()};
    a.provenance = static_cast<Provenance>(below(4));
    a.bot = tri();
    a.discoverable = tri();
    a.opt_outs = OptOuts(static_cast<uint16_t>(engine_()));
    a.moved_to = text();
    a.bridged = flip();
    a.bare = flip();
    return a;
  }

  PostSighting post() {
    PostSighting p;
    p.id = PostId(text());
    p.author = account();
    p.url = text();
    p.created_at = time();
    p.language = text();
    if (flip()) p.tags.emplace(below(4), text());
    p.queried_tag = text();
    p.folded = flip();
    if (flip()) {
      p.counts = Engagement{.likes = maybe(),
                            .reposts = maybe(),
                            .replies = maybe(),
                            .quotes = maybe(),
                            .views = maybe(),
                            .hidden = flip()};
    }
    p.provenance = static_cast<Provenance>(below(4));
    p.rev = text();
    p.reread = flip();
    return p;
  }

  Event event() {
    const AccountId id(text());
    switch (below(std::variant_size_v<Event>)) {
      case 0:
        return post();
      case 1:
        return account();
      case 2:
        return PostDeleted{PostId(text()), id, text()};
      case 3:
        return PostMissing{PostId(text()), id};
      case 4:
        return PostUnreadable{PostId(text()), id, text(), flip()};
      case 5:
        return AccountGone{id, static_cast<GoneReason>(1 + below(9)), time()};
      case 6:
        return AccountActive{id, time()};
      case 7:
        return AccountMissing{id};
      case 8:
        return AccountUnreadable{id, text(), flip()};
      case 9:
        return HandleChanged{id, text()};
      case 10:
        return HandleResolved{text(), id};
      default:
        return FollowHint{id, number()};
    }
  }

  std::mt19937 engine_;
};

TEST(BatchCodec, GivesBackWhatItWasGiven) {
  BatchDice dice(20'261'122);
  for (int round = 0; round < 3000; ++round) {
    const Batch batch = dice.batch();
    const std::optional<Batch> back = decode_batch(encode_batch(batch));
    ASSERT_TRUE(back) << round;
    ASSERT_EQ(*back, batch) << round;
  }
}

TEST(BatchCodec, WritesTheSameBytesForTheSameBatch) {
  BatchDice dice(3);
  for (int round = 0; round < 200; ++round) {
    const Batch batch = dice.batch();
    const std::string bytes = encode_batch(batch);
    ASSERT_EQ(encode_batch(*decode_batch(bytes)), bytes);
  }
}

TEST(BatchCodec, RefusesEveryTruncatedPrefixAndWhatFollows) {
  BatchDice dice(4);
  for (int round = 0; round < 60; ++round) {
    const std::string bytes = encode_batch(dice.batch());
    for (size_t size = 0; size < bytes.size(); ++size) {
      ASSERT_FALSE(decode_batch(std::string_view(bytes).substr(0, size))) << round << " " << size;
    }
    ASSERT_FALSE(decode_batch(bytes + '\0'));
  }
}

TEST(BatchCodec, RefusesAnotherVersionAndGarbage) {
  std::string bytes = encode_batch(Batch());
  ASSERT_TRUE(decode_batch(bytes));
  for (size_t i = 0; i < 4; ++i) {
    std::string other = bytes;
    other[i] = static_cast<char>(other[i] ^ 0x40);
    EXPECT_FALSE(decode_batch(other)) << i;
  }
  EXPECT_FALSE(decode_batch(""));
  EXPECT_FALSE(decode_batch("{}"));
}

TEST(BatchCodec, SurvivesFlippedBytesWithoutAskingForMemory) {
  BatchDice dice(5);
  size_t refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = encode_batch(dice.batch());
    for (int flips = 0; flips < 3; ++flips) {
      bytes[4 + dice.below(bytes.size() - 4)] = static_cast<char>(dice.below(256));
    }
    const std::optional<Batch> batch = decode_batch(bytes);
    if (!batch) ++refused;
    // What is taken for a batch is one: it has bytes of its own, and these are understood.
    if (batch) {
      ASSERT_EQ(decode_batch(encode_batch(*batch)), batch);
    }
  }
  EXPECT_GT(refused, 1000u);
}

TEST(BatchCodec, RefusesValuesOutsideTheirEnumeration) {
  Batch batch;
  batch.events.emplace_back(AccountGone{AccountId("x"), GoneReason::deleted});
  const std::string bytes = encode_batch(batch);
  const size_t reason = bytes.find("\x01x\x01") + 2;
  for (const char value : {'\x00', '\x0A', '\x7F'}) {
    std::string other = bytes;
    other[reason] = value;
    EXPECT_FALSE(decode_batch(other)) << static_cast<int>(value);
  }
}

}  // namespace
}  // namespace tagscout
