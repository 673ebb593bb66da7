#include "storage/records.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <string>

#include "storage/model/bytes.h"
#include "tests/storage/random_records.h"

namespace tagscout {
namespace {

constexpr int rounds = 300;

PostRecord decode_post_record(std::string_view value) {
  return records::decode_post(value).record.value();
}
PostStub decode_post_stub(std::string_view value) {
  return records::decode_post(value).stub.value();
}

// One kind of record: how random bytes of it are made, and how they are read.
struct Kind {
  const char* name;
  std::function<std::string(RandomRecords&)> encoded;
  std::function<void(std::string_view)> decode;
};

const std::array<Kind, 10> kinds{{
    {"account", [](RandomRecords& random) { return records::encode(random.account()); },
     [](std::string_view value) { records::decode_account(value); }},
    {"sums", [](RandomRecords& random) { return records::encode(random.sums()); },
     [](std::string_view value) { records::decode_sums(value); }},
    {"post", [](RandomRecords& random) { return records::encode(random.post()); },
     [](std::string_view value) { records::decode_post(value); }},
    {"stub", [](RandomRecords& random) { return records::encode(random.stub()); },
     [](std::string_view value) { records::decode_post(value); }},
    {"flag", [](RandomRecords& random) { return records::encode(random.flag()); },
     [](std::string_view value) { records::decode_flag(value); }},
    {"reading", [](RandomRecords& random) { return records::encode(random.reading()); },
     [](std::string_view value) { records::decode_reading(value); }},
    {"counts", [](RandomRecords& random) { return records::encode(random.counts()); },
     [](std::string_view value) { records::decode_counts(value); }},
    {"tombstone", [](RandomRecords& random) { return records::encode(random.tombstone()); },
     [](std::string_view value) { records::decode_tombstone(value); }},
    {"number",
     [](RandomRecords& random) { return records::encode_number(random.number(UINT64_MAX)); },
     [](std::string_view value) { records::decode_number(value); }},
    {"signed number",
     [](RandomRecords& random) { return records::encode_signed(random.signed_number()); },
     [](std::string_view value) { records::decode_signed(value); }},
}};

bool is_refused(const Kind& kind, std::string_view value) {
  try {
    kind.decode(value);
    return false;
  } catch (const DatabaseError&) {
    return true;
  }
}

TEST(Records, AreReadAsWritten) {
  RandomRecords random(10);
  for (int round = 0; round < rounds; ++round) {
    const AccountFacts account = random.account();
    EXPECT_EQ(records::decode_account(records::encode(account)), account);
    const AccountSums sums = random.sums();
    EXPECT_EQ(records::decode_sums(records::encode(sums)), sums);
    const PostRecord post = random.post();
    EXPECT_EQ(decode_post_record(records::encode(post)), post);
    const PostStub stub = random.stub();
    EXPECT_EQ(decode_post_stub(records::encode(stub)), stub);
    const Flag flag = random.flag();
    EXPECT_EQ(records::decode_flag(records::encode(flag)), flag);
    const CountsReading reading = random.reading();
    EXPECT_EQ(records::decode_reading(records::encode(reading)), reading);
    const StoreCounts counts = random.counts();
    EXPECT_EQ(records::decode_counts(records::encode(counts)), counts);
    const Tombstone tombstone = random.tombstone();
    EXPECT_EQ(records::decode_tombstone(records::encode(tombstone)), tombstone);
    const uint64_t number = random.number(UINT64_MAX);
    EXPECT_EQ(records::decode_number(records::encode_number(number)), number);
    const int64_t difference = random.signed_number();
    EXPECT_EQ(records::decode_signed(records::encode_signed(difference)), difference);
  }
}

TEST(Records, AreReadAsWrittenWhenEmpty) {
  EXPECT_EQ(records::decode_account(records::encode(AccountFacts{})), AccountFacts{});
  EXPECT_EQ(records::decode_sums(records::encode(AccountSums{})), AccountSums{});
  EXPECT_EQ(decode_post_record(records::encode(PostRecord{})), PostRecord{});
  EXPECT_EQ(decode_post_stub(records::encode(PostStub{})), PostStub{});
  EXPECT_EQ(records::decode_flag(records::encode(Flag{})), Flag{});
  EXPECT_EQ(records::decode_reading(records::encode(CountsReading{})), CountsReading{});
}

TEST(Records, RefuseEveryTruncatedPrefix) {
  for (const Kind& kind : kinds) {
    RandomRecords random(11);
    for (int round = 0; round < 20; ++round) {
      const std::string whole = kind.encoded(random);
      for (size_t size = 0; size < whole.size(); ++size) {
        EXPECT_TRUE(is_refused(kind, std::string_view(whole).substr(0, size)))
            << kind.name << ' ' << size << " of " << whole.size();
      }
    }
  }
}

TEST(Records, RefuseASingleAppendedByte) {
  for (const Kind& kind : kinds) {
    RandomRecords random(12);
    for (int byte = 0; byte < 256; ++byte) {
      EXPECT_TRUE(is_refused(kind, kind.encoded(random) + static_cast<char>(byte)))
          << kind.name << ' ' << byte;
    }
  }
}

// Any other exception than DatabaseError, or a crash, fails this.
TEST(Records, SurviveEveryDamagedByte) {
  for (const Kind& kind : kinds) {
    RandomRecords random(13);
    for (int round = 0; round < 5; ++round) {
      const std::string whole = kind.encoded(random);
      for (size_t at = 0; at < whole.size(); ++at) {
        std::string damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ (1 << random.number(7)));
        EXPECT_NO_THROW(is_refused(kind, damaged)) << kind.name << ' ' << at;
      }
    }
  }
}

TEST(Records, RefuseOtherVersions) {
  for (const Kind& kind : kinds) {
    const std::string_view name = kind.name;
    if (name != "account" && name != "sums" && name != "post" && name != "flag") continue;
    RandomRecords random(14);
    std::string row = kind.encoded(random);
    for (const int version : {0, 3, 127}) {
      row[0] = static_cast<char>(version);
      EXPECT_TRUE(is_refused(kind, row)) << name << ' ' << version;
    }
  }
}

// The bytes of a row with one value in it that cannot be; everything else is empty.
std::string zeros_but(size_t size, size_t at, std::string_view value) {
  std::string row(size, '\0');
  row[0] = 1;
  return row.replace(at, 1, value);
}

TEST(Records, RefuseValuesThatCannotBe) {
  const std::string account = records::encode(AccountFacts{});
  const std::string post = records::encode(PostRecord{});
  const std::string too_large = "\x80\x80\x80\x80\x10";  // 2^32
  const std::string over_64k = "\x80\x80\x04";           // 2^16
  ASSERT_EQ(account, zeros_but(account.size(), 0, "\x01"));
  ASSERT_EQ(post, zeros_but(post.size(), 0, "\x01"));
  struct Case {
    const char* what;
    size_t at;
    std::string value;
  };
  const std::array account_cases{
      Case{"moved from", 8, "\x02"},     Case{"verified", 11, "\x02"},
      Case{"bot", 13, "\x03"},           Case{"opt-outs", 14, over_64k},
      Case{"provenance", 15, "\x04"},    Case{"waiting", 18, "\x02"},
      Case{"host", 20, too_large},       Case{"urgency", 22, "\x80\x02"},
      Case{"failures", 23, over_64k},    Case{"flood day", 28, too_large},
      Case{"flood posts", 29, over_64k},
  };
  for (const Case& row : account_cases) {
    EXPECT_THROW(records::decode_account(zeros_but(account.size(), row.at, row.value)),
                 DatabaseError)
        << row.what;
  }
  const std::array post_cases{
      Case{"hidden", 14, "\x02"},  Case{"provenance", 16, "\x04"}, Case{"clock right", 17, "\x02"},
      Case{"host", 19, too_large}, Case{"failures", 21, over_64k},
  };
  for (const Case& row : post_cases) {
    EXPECT_THROW(records::decode_post(zeros_but(post.size(), row.at, row.value)), DatabaseError)
        << row.what;
  }
  EXPECT_THROW(records::decode_tombstone(std::string(2, '\0')), DatabaseError);
  EXPECT_THROW(records::decode_tombstone(std::string("\x0a\x00", 2)), DatabaseError);
}

TEST(Records, RefuseAFlagOfNoKindOrOfNobody) {
  const auto flag_with = [](uint64_t kind, size_t key_size) {
    ByteWriter writer;
    for (const uint64_t number : {uint64_t{1}, uint64_t{7}, uint64_t{0}, kind}) {
      writer.number(number);
    }
    writer.text(std::string(key_size, 'k'));
    for (int text = 0; text < 6; ++text) writer.text("");
    for (int number = 0; number < 7; ++number) writer.number(0);
    return writer.take();
  };
  EXPECT_EQ(records::decode_flag(flag_with(1, 16)).id, 7U);
  for (const uint64_t kind : {0U, 4U, 300U}) {
    EXPECT_THROW(records::decode_flag(flag_with(kind, 16)), DatabaseError) << kind;
  }
  for (const size_t size : {0U, 15U, 17U}) {
    EXPECT_THROW(records::decode_flag(flag_with(1, size)), DatabaseError) << size;
  }
}

TEST(Records, SayWhatIsDamaged) {
  try {
    records::decode_account("\x09");
    FAIL() << "a row of version 9 was read";
  } catch (const DatabaseError& error) {
    EXPECT_STREQ(error.what(), "damaged store: a row is no account but starts with 9");
  }
}

}  // namespace
}  // namespace tagscout
