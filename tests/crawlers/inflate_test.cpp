#include "crawlers/inflate.h"

#include <gtest/gtest.h>

#include "tests/support/loopback_server.h"

namespace tagscout {
namespace {

constexpr size_t plenty = 1u << 20;

TEST(Gunzip, GivesBackWhatWasPacked) {
  const std::string texts[] = {"", "x", R"({"a":1})", std::string(100000, 'y'),
                               std::string("\0\xFF\r\n", 4)};
  for (const std::string& text : texts) {
    const auto plain = gunzip(gzip(text), plenty);
    ASSERT_TRUE(plain) << plain.error().detail;
    EXPECT_EQ(*plain, text);
  }
}

TEST(Gunzip, ReadsSeveralMembersAsOne) {
  const auto plain = gunzip(gzip("one,") + gzip("") + gzip("two"), plenty);
  ASSERT_TRUE(plain) << plain.error().detail;
  EXPECT_EQ(*plain, "one,two");
}

TEST(Gunzip, StopsAtTheCap) {
  const std::string bomb = gzip(std::string(4u << 20, '\0'));
  ASSERT_LT(bomb.size(), 10000u);
  const auto plain = gunzip(bomb, plenty);
  ASSERT_FALSE(plain);
  EXPECT_EQ(plain.error().kind, ErrorKind::protocol);
  EXPECT_EQ(plain.error().detail, "the body unpacks to more than 1048576 bytes");

  EXPECT_TRUE(gunzip(gzip(std::string(1000, 'x')), 1000));
  EXPECT_FALSE(gunzip(gzip(std::string(1001, 'x')), 1000));
  EXPECT_FALSE(gunzip(gzip(std::string(600, 'x')) + gzip(std::string(600, 'y')), 1000));
}

TEST(Gunzip, RefusesDamage) {
  const std::string good = gzip(std::string(500, 'x') + "unlike the rest");
  std::string changed = good;
  changed[good.size() / 2] = static_cast<char>(changed[good.size() / 2] ^ 0x55);
  for (const std::string& bad :
       {std::string(), std::string("not gzip at all"), changed, good + "trailing"}) {
    const auto plain = gunzip(bad, plenty);
    ASSERT_FALSE(plain) << bad;
    EXPECT_EQ(plain.error().kind, ErrorKind::protocol);
  }
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(gunzip(good.substr(0, size), plenty)) << size;
  }
}

}  // namespace
}  // namespace tagscout
