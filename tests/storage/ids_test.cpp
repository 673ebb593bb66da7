#include "storage/model/ids.h"

#include <gtest/gtest.h>

#include <array>
#include <unordered_set>

#include "storage/model/flag.h"
#include "storage/model/opt_out.h"
#include "storage/model/post.h"

namespace tagscout {
namespace {

struct NetworkCase {
  Network network;
  std::string_view name;
  std::string_view prefix;
};
constexpr std::array network_cases{
    NetworkCase{Network::activitypub, "activitypub", "ap"},
    NetworkCase{Network::bluesky, "bluesky", "bluesky"},
    NetworkCase{Network::youtube, "youtube", "youtube"},
    NetworkCase{Network::nostr, "nostr", "nostr"},
    NetworkCase{Network::x, "x", "x"},
};

TEST(Network, IsFoundByItsNameAndByAnId) {
  for (const NetworkCase& row : network_cases) {
    EXPECT_EQ(network_name(row.network), row.name);
    EXPECT_EQ(id_prefix(row.network), row.prefix);
    EXPECT_EQ(network_of_name(row.name), row.network);
    EXPECT_EQ(network_of_id(std::string(row.prefix) + ":rest:of it"), row.network);
    EXPECT_EQ(network_of_id(std::string(row.prefix) + ":"), row.network);
  }
}

TEST(Network, IsNoneForOtherTexts) {
  for (const std::string_view text :
       {"", "ap", "mastodon", "Bluesky", "bluesky ", "activitypub:"}) {
    EXPECT_FALSE(network_of_name(text)) << text;
  }
  for (const std::string_view text :
       {"", "ap", "bluesky", ":", ":x", "AP:x", "activitypub:x", "did:plc:x", " ap:x"}) {
    EXPECT_FALSE(network_of_id(text)) << text;
  }
}

TEST(Id, KeepsThePrefixApartFromTheNativeId) {
  const AccountId actor(Network::activitypub, "https://a.example/users/otto");
  EXPECT_EQ(actor.text(), "ap:https://a.example/users/otto");
  EXPECT_EQ(actor.native(), "https://a.example/users/otto");
  EXPECT_EQ(AccountId(actor.text()), actor);
  EXPECT_EQ(AccountId("bluesky:did:plc:abc").native(), "did:plc:abc");
  EXPECT_EQ(AccountId("no colon").native(), "no colon");
  EXPECT_EQ(AccountId("ap:").native(), "");
  EXPECT_EQ(AccountId().native(), "");
  EXPECT_TRUE(AccountId().empty());
  EXPECT_FALSE(actor.empty());
}

TEST(AccountKey, IsWrittenAsHexAndReadBack) {
  AccountKey key;
  for (size_t i = 0; i < key.bytes.size(); ++i) key.bytes[i] = static_cast<uint8_t>(i * 17);
  EXPECT_EQ(to_hex(key), "00112233445566778899aabbccddeeff");
  EXPECT_EQ(account_key_from_hex("00112233445566778899aabbccddeeff"), key);
}

TEST(AccountKey, RefusesOtherTexts) {
  for (const std::string_view text :
       {"", "00", "00112233445566778899aabbccddeef", "00112233445566778899aabbccddeeff0",
        "00112233445566778899AABBCCDDEEFF", "00112233445566778899aabbccddeefg",
        "0011223344556677 899aabbccddeeff", "0x112233445566778899aabbccddeeff"}) {
    EXPECT_FALSE(account_key_from_hex(text)) << text;
  }
}

TEST(AccountKey, HashesByItsFirstBytes) {
  AccountKey low;
  AccountKey high;
  low.bytes[15] = 1;
  high.bytes[0] = 1;
  EXPECT_NE(std::hash<AccountKey>()(low), std::hash<AccountKey>()(high));
  EXPECT_TRUE((std::unordered_set<AccountKey>{low, high, low}.size() == 2));
}

TEST(Stamp, OrdersByWindowThenIndex) {
  EXPECT_LT(Stamp(), Stamp(0, 1));
  EXPECT_LT(Stamp(4, 65'535), Stamp(5, 0));
  EXPECT_LT(Stamp(5, 0), Stamp(5, 1));
  EXPECT_EQ(Stamp(5, 7).window(), 5U);
  EXPECT_EQ(Stamp(Stamp(5, 7).value()), Stamp(5, 7));
}

TEST(FlagKind, IsFoundByItsName) {
  for (const FlagKind kind : {FlagKind::rose, FlagKind::fell, FlagKind::found}) {
    EXPECT_EQ(flag_kind_of_name(flag_kind_name(kind)), kind);
  }
  EXPECT_EQ(flag_kind_name(FlagKind::fell), "fell");
  EXPECT_FALSE(flag_kind_of_name("Rose"));
  EXPECT_FALSE(flag_kind_of_name(""));
}

TEST(OptOuts, KeepsEachBitApart) {
  OptOuts wishes;
  for (int bit = 0; bit < 10; ++bit) {
    const auto wish = static_cast<OptOut>(1 << bit);
    EXPECT_FALSE(wishes.has(wish));
    wishes.set(wish);
    EXPECT_TRUE(wishes.has(wish));
    EXPECT_EQ(opt_out_names(wishes).back(), opt_out_name(wish));
    EXPECT_EQ(opt_out_names(wishes).size(), static_cast<size_t>(bit) + 1);
  }
  EXPECT_EQ(wishes.bits(), (1 << 10) - 1);
  wishes.set(OptOut::locked, false);
  EXPECT_FALSE(wishes.has(OptOut::locked));
  EXPECT_EQ(opt_out_names(wishes).size(), 9U);
}

TEST(GoneReason, HasANameForEach) {
  std::unordered_set<std::string_view> names;
  for (int reason = 1; reason <= 9; ++reason) {
    names.insert(gone_reason_name(static_cast<GoneReason>(reason)));
  }
  EXPECT_EQ(names.size(), 9U);
  EXPECT_FALSE(names.contains(""));
  EXPECT_EQ(gone_reason_name(GoneReason::bio_marker), "bio_marker");
}

}  // namespace
}  // namespace tagscout
