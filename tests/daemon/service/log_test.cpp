#include "daemon/service/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stdexcept>

namespace tagscout {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

// Standard error of the lines that `write` logs.
template <class Write>
std::string logged(const std::string& level, Write write) {
  testing::internal::CaptureStderr();
  const auto log = make_log(level);
  write(*log);
  return testing::internal::GetCapturedStderr();
}

TEST(Log, LinesHaveATimeAndALevel) {
  ::unsetenv("JOURNAL_STREAM");
  EXPECT_THAT(logged("info", [](spdlog::logger& log) { log.info("event=started pid={}", 7); }),
              MatchesRegex("time=[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+\\.[0-9]+Z level=info "
                           "event=started pid=7\n"));
}

TEST(Log, TheJournalAddsItsOwnTime) {
  testing::internal::CaptureStderr();
  struct stat status {};
  ASSERT_EQ(::fstat(STDERR_FILENO, &status), 0);
  const std::string stream = std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
  ::setenv("JOURNAL_STREAM", stream.c_str(), 1);
  make_log("info")->warn("event=x");
  ::setenv("JOURNAL_STREAM", "1:1", 1);
  make_log("info")->warn("event=y");
  ::unsetenv("JOURNAL_STREAM");
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              MatchesRegex("level=warning event=x\ntime=.* level=warning event=y\n"));
}

TEST(Log, WhatIsBelowTheLevelIsLeftOut) {
  const auto write = [](spdlog::logger& log) {
    log.debug("event=d");
    log.info("event=i");
    log.warn("event=w");
    log.error("event=e");
  };
  const struct {
    std::string level;
    size_t lines;
  } cases[] = {{"debug", 4}, {"info", 3}, {"warn", 2}, {"error", 1}};
  for (const auto& row : cases) {
    const std::string text = logged(row.level, write);
    EXPECT_EQ(static_cast<size_t>(std::count(text.begin(), text.end(), '\n')), row.lines);
    EXPECT_THAT(text, HasSubstr("event=e"));
  }
}

TEST(Log, AnUnknownLevelIsRefused) {
  EXPECT_THROW(make_log("loud"), std::invalid_argument);
  EXPECT_THROW(make_log(""), std::invalid_argument);
}

TEST(ForLog, EscapesWhatAnEvilServerMaySend) {
  const struct {
    std::string_view text, expected;
  } cases[] = {
      {"", ""},
      {"plain text", "plain text"},
      {"caf\xc3\xa9 \xe6\x97\xa5 \xf0\x9f\x98\x80", "caf\xc3\xa9 \xe6\x97\xa5 \xf0\x9f\x98\x80"},
      {"a\nb\r\t", "a\\nb\\u{d}\\u{9}"},
      {"\x1b[31m", "\\u{1b}[31m"},
      {"\x7f", "\\u{7f}"},
      {"\xc2\x9b", "\\u{9b}"},
      {"\xe2\x80\xae"
       "evil",
       "\\u{202e}evil"},
      {"\xe2\x81\xa6"
       "x\xd8\x9c",
       "\\u{2066}x\\u{61c}"},
      {"\xe2\x80\xa8", "\\u{2028}"},
      {"back\\slash", "back\\\\slash"},
      {"\xff\xc3", "\\xff\\xc3"},
      {"\xc0\xaf", "\\xc0\\xaf"},
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
      {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
      {std::string_view("\0", 1), "\\u{0}"},
  };
  for (const auto& row : cases) EXPECT_EQ(for_log(row.text), row.expected);
}

TEST(ForLog, CutsAt200Bytes) {
  EXPECT_EQ(for_log(std::string(200, 'a')), std::string(200, 'a'));
  EXPECT_EQ(for_log(std::string(201, 'a')), std::string(197, 'a') + "…");
  EXPECT_EQ(for_log(std::string(1'000'000, '\n')).size(), 199u);
  std::string umlauts;
  for (int i = 0; i < 101; ++i) umlauts += "\xc3\xa4";
  EXPECT_EQ(for_log(umlauts), umlauts.substr(0, 196) + "…");
}

}  // namespace
}  // namespace tagscout
