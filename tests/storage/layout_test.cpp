// The bytes that storage/FORMAT.md promises, written out by hand. A test here that has to be
// changed means that stores on disk are no longer read: that takes a new version, not a new
// expectation.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "storage/keys.h"
#include "storage/meta_store.h"
#include "storage/records.h"
#include "tests/storage/temporary_store.h"

namespace tagscout {
namespace {

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    text += digits[static_cast<uint8_t>(byte) >> 4];
    text += digits[static_cast<uint8_t>(byte) & 15];
  }
  return text;
}

AccountKey key_of_bytes(uint8_t byte) {
  AccountKey key;
  key.bytes.fill(byte);
  return key;
}

const std::string account_hex(32, 'a');  // sixteen bytes 0xaa

TEST(Layout, OfKeys) {
  const AccountKey key = key_of_bytes(0xaa);
  const PostKey post{key, 0x0102030405060708};
  const Time at = time_from_us(0x0011223344556677);
  struct Case {
    std::string key;
    std::string hex;
  };
  const std::array cases{
      Case{keys::account(key), account_hex},
      Case{keys::post(post), account_hex + "0102030405060708"},
      Case{keys::index(IndexKind::tag, 258, key), "7400000102" + account_hex},
      Case{keys::index(IndexKind::niche, 258, key), "6e00000102" + account_hex},
      Case{keys::band({3, 10'000}, key), "62000000030000000000002710" + account_hex},
      Case{keys::handle(key_of_bytes(0xbb), key), std::string(32, 'b') + account_hex},
      Case{keys::due(RefreshPlan{.host = 5, .due_at = at, .urgency = 2}, key),
           "6100000005028011223344556677" + account_hex},
      Case{keys::due(RereadPlan{.host = 5, .due_at = at}, post),
           "7000000005008011223344556677" + account_hex + "0102030405060708"},
      Case{keys::flag(300), "000000000000012c"},
      Case{keys::reading(key, Stamp(1, 2)), account_hex + "0000000000010002"},
      Case{keys::name_by_id(NameKind::host, 258), "696800000102"},
      Case{keys::name_by_text(NameKind::ladder, "ab"), "6e6c6162"},
      Case{keys::cursor("ab", "cd"), hex("cursor/ab") + "00" + hex("cd")},
      Case{keys::tombstone(key), hex("gone/") + account_hex},
      Case{keys::tag_use(258, 3), hex("tag/") + "0000010200000003"},
      Case{keys::watched(258), hex("watched/") + "00000102"},
      Case{keys::returned(key), hex("back/") + account_hex},
      Case{keys::heir(key), hex("heir/") + account_hex},
      Case{keys::unused("ab", "cd"), hex("unused/ab") + "00" + hex("cd")},
      Case{keys::pending(key, post.post), hex("pending/") + account_hex + "0102030405060708"},
      Case{keys::pause("ab"), hex("pause/ab")},
      Case{keys::ladder("ab"), hex("ladder/ab")},
      Case{keys::next_name(NameKind::source), hex("next_name/s")},
  };
  for (const Case& row : cases) EXPECT_EQ(hex(row.key), row.hex);
}

TEST(Layout, OfAnAccount) {
  AccountFacts facts;
  facts.id = AccountId("x:1");
  facts.handle = "h";
  facts.display_name = "d";
  facts.url = "u";
  facts.home_id = "i";
  facts.moved_to = "m";
  facts.origin_error = "e";
  facts.moved_from = key_of_bytes(0xaa);
  facts.first_seen_at = time_from_us(1);
  facts.last_seen_at = time_from_us(-1);
  facts.verified = true;
  facts.bot = true;
  facts.opt_outs = OptOuts(0x102);
  facts.origin = {{100, std::nullopt, 0}, time_from_us(2), Stamp(3), Provenance::origin, "s"};
  facts.bands = {{1, 10'000}};
  facts.waiting = WaitingReading{64, time_from_us(3)};
  facts.zero_since = time_from_us(4);
  facts.refresh = {5, time_from_us(6), 2, 7, time_from_us(8), time_from_us(9), time_from_us(17)};
  facts.reading_kept_at = time_from_us(10);
  facts.flood_day = 11;
  facts.flood_posts = 12;
  facts.tags = {13, 128};
  facts.flags = {14};
  facts.handle_confirmed = Stamp(15);
  facts.changed = Stamp(16);
  EXPECT_EQ(hex(records::encode(facts)),
            "01"                                    // version
            "03783a31"                              // id
            "0168"                                  // handle
            "0164"                                  // display name
            "0175"                                  // url
            "0169"                                  // home id
            "016d"                                  // moved to
            "0165"                                  // origin error
            "0110aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"  // moved from
            "02"                                    // first seen
            "01"                                    // last seen
            "01"                                    // verified
            "00"                                    // bridged
            "02"                                    // bot
            "8202"                                  // opt-outs
            "016500010403"
            "0173"            // origin reading
            "00"              // foreign reading: none
            "0101a09c01"      // bands
            "01800106"        // waiting reading
            "0108"            // first 0
            "050c0207101222"  // refresh plan
            "14"              // reading kept at
            "16"              // flood day
            "0c"              // flood posts
            "020d8001"        // tags
            "010e"            // flags
            "0f"              // handle confirmed
            "10");            // changed
}

TEST(Layout, OfTheUseOfATag) {
  TagUse use;
  use.posts = 64;
  use.last_seen_at = time_from_us(1);
  use.days = {{20'000, 2}, {20'001, 3}};
  EXPECT_EQ(hex(records::encode(use)),
            "8001"
            "02"
            "02"
            "c0b80204"
            "c2b80206");
  EXPECT_EQ(records::decode_tag_use(records::encode(use)), use);
}

TEST(Layout, OfSums) {
  AccountSums sums;
  sums.posts_seen = 1;
  sums.engagement = {-1, 64, 2, 3, 4};
  sums.tags = {{7, -2}, {300, 1}};
  sums.niches = {{1, 5}};
  EXPECT_EQ(hex(records::encode(sums)),
            "01"  // version
            "02"  // posts seen
            "01800104"
            "06"
            "08"  // likes, reposts, replies, quotes, views
            "020703"
            "ac0202"    // tags
            "01010a");  // niches
}

TEST(Layout, OfAPostAndOfItsStub) {
  PostRecord record;
  record.id = PostId("x:1");
  record.url = "u";
  record.language = "de";
  record.rev = "r";
  record.created_at = time_from_us(1);
  record.first_seen_at = time_from_us(2);
  record.tags = {1, 2};
  record.niches = {3};
  record.counts = {0, 126, 127, std::nullopt, std::nullopt, true};
  record.counts_at = time_from_us(3);
  record.provenance = Provenance::foreign;
  record.clock_right = true;
  record.stamp = Stamp(4);
  record.reread = {5, time_from_us(6), 7, time_from_us(8), time_from_us(9)};
  record.changed = Stamp(10);
  EXPECT_EQ(hex(records::encode(record)),
            "01"        // version
            "03783a31"  // id
            "0175"      // url
            "026465"    // language
            "0172"      // rev
            "02"        // created
            "04"        // first seen
            "020102"    // tags
            "0103"      // niches
            "017f8001"
            "0000"
            "01"          // likes, reposts, replies, quotes, views, hidden
            "06"          // counts at
            "02"          // provenance
            "01"          // clock right
            "04"          // stamp
            "050c071012"  // re-read plan
            "0a");        // changed
  EXPECT_EQ(hex(records::encode(PostStub{record.counts, "r", true})),
            "02"  // version
            "017f8001"
            "0000"
            "01"    // counts
            "0172"  // rev
            "01");  // deleted
}

TEST(Layout, OfAFlag) {
  Flag flag;
  flag.id = 300;
  flag.at = time_from_us(1);
  flag.kind = FlagKind::found;
  flag.ladder = "l";
  flag.band = "b";
  flag.account = AccountId("x:1");
  flag.key = key_of_bytes(0xaa);
  flag.handle = "h";
  flag.url = "u";
  flag.followers = 64;
  flag.followers_before = 63;
  flag.as_of = time_from_us(2);
  flag.provenance = Provenance::origin;
  flag.source = "s";
  flag.niches = {"n", "o"};
  flag.engagement_rate = 0.5;
  flag.engagement_sample = 3;
  EXPECT_EQ(hex(records::encode(flag)),
            "01"    // version
            "ac02"  // id
            "02"    // at
            "03"    // kind
            "10" +
                account_hex +  // key
                "016c"         // ladder
                "0162"         // band
                "03783a31"     // account
                "0168"         // handle
                "0175"         // url
                "0173"         // source
                "8001"         // followers
                "40"           // followers before
                "04"           // as of
                "01"           // provenance
                "02016e016f"   // niches
                "01"           // a rate follows
                "808080808080"
                "80f03f"  // the bits of 0.5
                "06");    // sample
}

TEST(Layout, OfSmallRows) {
  EXPECT_EQ(hex(records::encode(
                CountsReading{{1, 2, 3}, time_from_us(4), Stamp(5), Provenance::origin, "s"})),
            "01020304"
            "0805"
            "0173");
  EXPECT_EQ(hex(records::encode(CountsReading{})), "00");
  EXPECT_EQ(hex(records::encode(StoreCounts{1, -1, 64, 2})), "0201800104");
  EXPECT_EQ(hex(records::encode(Tombstone{GoneReason::vanish, time_from_us(1)})), "0802");
  EXPECT_EQ(hex(records::encode_number(300)), "ac02");
  EXPECT_EQ(hex(records::encode_signed(-2)), "03");

  TemporaryStore store;
  Transaction transaction(store.database());
  meta::put_cursor(transaction, "ab", {"f", "v", time_from_us(1)});
  EXPECT_EQ(hex(*transaction.get(Column::meta, keys::cursor("ab", "f"))), "017602");
}

TEST(Layout, OfANewStore) {
  TemporaryStore store;
  EXPECT_EQ(hex(*store.database().get(Column::meta, "format")), "01");
  EXPECT_EQ(*store.database().get(Column::meta, "secret"), test_secret(32));
}

}  // namespace
}  // namespace tagscout
