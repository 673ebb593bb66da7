#include "crawlers/sources/bluesky_frame.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "tests/crawlers/sources/zstd_frame.h"

namespace tagscout {
namespace {

const std::string dictionary = R"({"did":"did:plc:","time_us":,"kind":"commit","commit":{"rev":")";

TEST(FrameInflater, GivesBackTheText) {
  FrameInflater inflater(dictionary, 1000);
  for (const std::string& text : {std::string("{}"), std::string(), std::string(1000, 'x')}) {
    EXPECT_EQ(inflater.inflate(compressed(text, dictionary)), text);
  }
}

TEST(FrameInflater, RefusesFramesThatWouldGrowTooLong) {
  FrameInflater inflater(dictionary, 1000);
  EXPECT_EQ(inflater.inflate(compressed(std::string(1001, 'x'), dictionary)), std::nullopt);
  std::string bomb;
  bomb.resize(size_t{50} << 20, 'x');
  EXPECT_EQ(inflater.inflate(compressed(bomb, dictionary)), std::nullopt);
}

TEST(FrameInflater, RefusesEveryTruncatedPrefixAndGarbage) {
  FrameInflater inflater(dictionary, 1000);
  const std::string frame = compressed(R"({"did":"did:plc:x","kind":"commit"})", dictionary);
  for (size_t size = 0; size < frame.size(); ++size) {
    EXPECT_EQ(inflater.inflate(frame.substr(0, size)), std::nullopt) << size;
  }
  EXPECT_EQ(inflater.inflate(R"({"kind":"commit"})"), std::nullopt);
  // A bad frame does not spoil the next one.
  EXPECT_TRUE(inflater.inflate(frame));
}

TEST(FrameInflater, NeedsADictionary) {
  EXPECT_THROW(FrameInflater("", 10), std::invalid_argument);
}

}  // namespace
}  // namespace tagscout
