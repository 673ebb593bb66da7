#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <sstream>

#include "daemon/json_reader.h"
#include "storage/records.h"
#include "tests/daemon/command/program.h"

namespace tagscout {
namespace {

using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

class ExportTest : public testing::Test {
 protected:
  Ended run(const std::string& what, const std::string& format, const std::string& path) {
    return run_program(harness_, {"export", "--what", what, "--format", format, "-o", path});
  }
  std::string path(const std::string& name) const {
    return harness_.store.directory() + "/" + name;
  }
  size_t files_left() const {
    size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(harness_.store.directory())) {
      count += entry.is_regular_file() ? 1 : 0;
    }
    return count;
  }

  AdminHarness harness_;
};

TEST_F(ExportTest, WritesFlagsAsCsv) {
  const AccountFacts ada = sample_account("ada");
  harness_.store.put(ada);
  harness_.publish(sample_flag(ada));
  EXPECT_EQ(run("flags", "csv", path("flags.csv")).code, 0);
  EXPECT_EQ(file_text(path("flags.csv")),
            "id,at,kind,ladder,band,account,network,handle,url,followers,followers_before,as_of,"
            "provenance,source,niches,engagement_rate,engagement_sample\r\n"
            "1,2026-11-22T11:55:00.000Z,rose,default,micro,ap:https://garden.example/users/ada,"
            "activitypub,ada@garden.example,https://garden.example/@ada,10020,9870,"
            "2026-11-22T11:54:00.000Z,origin,garden,mending,0.004,3\r\n");
  EXPECT_EQ(files_left(), 1U);
}

TEST_F(ExportTest, GuardsNamesAgainstFormulas) {
  AccountFacts ada = sample_account("ada");
  ada.display_name = "=HYPERLINK(\"http://evil.example\",\"x\")";
  harness_.store.put(ada);
  const Ended ended = run("accounts", "csv", "-");
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.out, HasSubstr(",\"'=HYPERLINK(\"\"http://evil.example\"\",\"\"x\"\")\","));
  const Ended lossless = run("accounts", "ndjson", "-");
  EXPECT_EQ(parse_json(lossless.out).value_or(JsonNode())["display_name"].text(), ada.display_name);
}

TEST_F(ExportTest, TakesEveryPage) {
  const AccountFacts ada = sample_account("ada");
  harness_.store.put(ada);
  constexpr int count = 1'203;
  Transaction transaction(harness_.store.database());
  for (int i = 0; i < count; ++i) {
    const PostRecord record = sample_post(std::to_string(i));
    const PostKey key = harness_.store.hasher().post(ada.id, record.id);
    transaction.put(Column::post, keys::post(key), records::encode(record));
  }
  harness_.store.database().commit(transaction);
  EXPECT_EQ(run("posts", "ndjson", path("posts.ndjson")).code, 0);
  std::istringstream lines(file_text(path("posts.ndjson")));
  std::set<std::string> ids;
  for (std::string line; std::getline(lines, line);) {
    ids.insert(std::string(parse_json(line).value_or(JsonNode())["id"].text().value_or("")));
  }
  EXPECT_THAT(ids, SizeIs(count));
}

TEST_F(ExportTest, NothingToExportIsAHeaderOrAnEmptyFile) {
  EXPECT_EQ(run("posts", "csv", "-").out.find("\r\n"), run("posts", "csv", "-").out.size() - 2);
  EXPECT_EQ(run("posts", "ndjson", "-").out, "");
  EXPECT_EQ(run_program(harness_, {"export", "--what", "posts", "--format", "ndjson"}).code, 0);
}

TEST_F(ExportTest, WhatCannotBeCreatedIs73) {
  for (const std::string& place :
       {path("missing/flags.csv"), harness_.store.directory(), std::string("/dev/null")}) {
    const Ended ended = run("flags", "csv", place);
    EXPECT_EQ(ended.code, 73) << place;
    EXPECT_THAT(ended.err, HasSubstr(place));
  }
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST_F(ExportTest, FailureLeavesNoFile) {
  harness_.stop();
  EXPECT_EQ(run("flags", "csv", path("flags.csv")).code, 69);
  EXPECT_EQ(files_left(), 0U);
}

TEST_F(ExportTest, FullStandardOutputIs74) {
  Program program(harness_, {"export", "--what", "flags", "--format", "csv"}, "/dev/full");
  EXPECT_EQ(program.wait().code, 74);
}

TEST_F(ExportTest, UnknownKindsAreUsageErrors) {
  EXPECT_EQ(run("everything", "csv", "-").code, 64);
  EXPECT_EQ(run("flags", "ndjson.zst", "-").code, 64);
  EXPECT_EQ(run("flags", "xml", "-").code, 64);
}

}  // namespace
}  // namespace tagscout
