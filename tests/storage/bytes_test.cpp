#include "storage/model/bytes.h"

#include <gtest/gtest.h>

#include <array>
#include <variant>
#include <vector>

#include "tests/storage/random_records.h"

namespace tagscout {
namespace {

using namespace std::string_view_literals;

// One value of each kind that a ByteWriter writes.
struct Count {
  std::optional<int64_t> value;
};
using Value = std::variant<uint64_t, int64_t, std::string, Time, bool, Count>;

Value random_value(RandomRecords& random) {
  switch (random.number(5)) {
    case 0:
      return random.number(UINT64_MAX);
    case 1:
      return random.signed_number();
    case 2:
      return random.text();
    case 3:
      return time_from_us(random.signed_number());
    case 4:
      return random.one_in(2);
    default:
      return random.one_in(3) ? Count{} : Count{static_cast<int64_t>(random.number(INT64_MAX))};
  }
}

struct Write {
  ByteWriter& writer;
  void operator()(uint64_t value) const { writer.number(value); }
  void operator()(int64_t value) const { writer.signed_number(value); }
  void operator()(const std::string& value) const { writer.text(value); }
  void operator()(Time value) const { writer.time(value); }
  void operator()(bool value) const { writer.flag(value); }
  void operator()(const Count& value) const { writer.count(value.value); }
};

// Reads a value of the same kind and tells whether it is the same.
struct ReadsSame {
  ByteReader& reader;
  bool operator()(uint64_t value) const { return reader.number() == value; }
  bool operator()(int64_t value) const { return reader.signed_number() == value; }
  bool operator()(const std::string& value) const { return reader.text() == value; }
  bool operator()(Time value) const { return reader.time() == value; }
  bool operator()(bool value) const { return reader.flag() == value; }
  bool operator()(const Count& value) const { return reader.count() == value.value; }
};

std::string written(const std::vector<Value>& values) {
  ByteWriter writer;
  for (const Value& value : values) std::visit(Write{writer}, value);
  return writer.take();
}

std::vector<Value> random_values(RandomRecords& random) {
  std::vector<Value> values;
  for (uint64_t left = 1 + random.number(12); left > 0; --left) {
    values.push_back(random_value(random));
  }
  return values;
}

TEST(Bytes, ReadsWhatWasWritten) {
  RandomRecords random(1);
  for (int round = 0; round < 2000; ++round) {
    const std::vector<Value> values = random_values(random);
    const std::string bytes = written(values);
    ByteReader reader(bytes);
    for (const Value& value : values) EXPECT_TRUE(std::visit(ReadsSame{reader}, value));
    EXPECT_TRUE(reader.ok());
    EXPECT_TRUE(reader.at_end());
  }
}

TEST(Bytes, RefusesEveryTruncatedPrefix) {
  RandomRecords random(2);
  for (int round = 0; round < 200; ++round) {
    const std::vector<Value> values = random_values(random);
    const std::string bytes = written(values);
    for (size_t size = 0; size < bytes.size(); ++size) {
      ByteReader reader(std::string_view(bytes).substr(0, size));
      for (const Value& value : values) std::visit(ReadsSame{reader}, value);
      EXPECT_FALSE(reader.ok()) << size << " of " << bytes.size();
    }
  }
}

TEST(Bytes, SurvivesAnyBytes) {
  RandomRecords random(3);
  for (int round = 0; round < 2000; ++round) {
    const std::string bytes = random.text();
    ByteReader reader(bytes);
    for (const Value& value : random_values(random)) std::visit(ReadsSame{reader}, value);
    EXPECT_TRUE(reader.ok() || reader.at_end());
  }
}

TEST(ByteWriter, WritesLeb128AndZigzag) {
  struct Case {
    Value value;
    std::string_view bytes;
  };
  const std::array cases{
      Case{uint64_t{0}, "\x00"sv},
      Case{uint64_t{127}, "\x7f"sv},
      Case{uint64_t{128}, "\x80\x01"sv},
      Case{uint64_t{300}, "\xac\x02"sv},
      Case{UINT64_MAX, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv},
      Case{int64_t{0}, "\x00"sv},
      Case{int64_t{-1}, "\x01"sv},
      Case{int64_t{1}, "\x02"sv},
      Case{int64_t{-2}, "\x03"sv},
      Case{INT64_MAX, "\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv},
      Case{INT64_MIN, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv},
      Case{std::string(), "\x00"sv},
      Case{std::string("ab"),
           "\x02"
           "ab"sv},
      Case{time_from_us(-1), "\x01"sv},
      Case{false, "\x00"sv},
      Case{true, "\x01"sv},
      Case{Count{}, "\x00"sv},
      Case{Count{0}, "\x01"sv},
      Case{Count{INT64_MAX}, "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"sv},
  };
  for (const Case& row : cases) EXPECT_EQ(written({row.value}), row.bytes);
}

TEST(ByteReader, RefusesNumbersThatDoNotFit) {
  for (const std::string_view bytes : {""sv, "\x80"sv, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"sv,
                                       "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\x00"sv,
                                       "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"sv}) {
    ByteReader reader(bytes);
    EXPECT_EQ(reader.number(), 0U);
    EXPECT_FALSE(reader.ok());
    EXPECT_TRUE(reader.at_end());
  }
  ByteReader limited("\x05\x04"sv);
  EXPECT_EQ(limited.number_up_to(5), 5U);
  EXPECT_EQ(limited.number_up_to(3), 0U);
  EXPECT_FALSE(limited.ok());
}

TEST(ByteReader, RefusesOtherMalformedValues) {
  ByteReader flag("\x02"sv);
  EXPECT_FALSE(flag.flag());
  EXPECT_FALSE(flag.ok());
  // One more than INT64_MAX + 1.
  ByteReader count("\x81\x80\x80\x80\x80\x80\x80\x80\x80\x01"sv);
  EXPECT_FALSE(count.count());
  EXPECT_FALSE(count.ok());
  ByteReader text(
      "\x03"
      "ab"sv);
  EXPECT_EQ(text.text(), "");
  EXPECT_FALSE(text.ok());
  ByteReader endless(
      "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
      "ab"sv);
  EXPECT_EQ(endless.text(), "");
  EXPECT_FALSE(endless.ok());
}

TEST(ByteReader, GivesEmptyValuesAfterAFailure) {
  ByteReader reader(
      "\x02\x07\x03"
      "abc"sv);
  EXPECT_FALSE(reader.flag());
  EXPECT_EQ(reader.number(), 0U);
  EXPECT_EQ(reader.signed_number(), 0);
  EXPECT_EQ(reader.text(), "");
  EXPECT_EQ(reader.time(), Time{});
  EXPECT_FALSE(reader.flag());
  EXPECT_FALSE(reader.count());
  EXPECT_FALSE(reader.ok());
  ByteReader refused("\x07"sv);
  refused.refuse();
  EXPECT_EQ(refused.number(), 0U);
  EXPECT_FALSE(refused.ok());
}

}  // namespace
}  // namespace tagscout
