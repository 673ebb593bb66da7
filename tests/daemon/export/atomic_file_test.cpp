#include "daemon/export/atomic_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/storage/temporary_store.h"

namespace tagscout {
namespace {

namespace fs = std::filesystem;

std::string content(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> names_in(const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) {
    names.push_back(entry.path().filename().string());
  }
  return names;
}

TEST(AtomicFile, AppearsOnlyOnCommit) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/flags.csv";
  AtomicFile file(path);
  file.write("one,");
  EXPECT_FALSE(fs::exists(path));
  file.write("two\r\n");
  file.commit();
  EXPECT_EQ(content(path), "one,two\r\n");
  EXPECT_THAT(names_in(directory.path()), testing::ElementsAre("flags.csv"));
  struct stat found {};
  ASSERT_EQ(stat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777, 0640U);
}

TEST(AtomicFile, LeavesNoTraceWithoutCommit) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/flags.csv";
  std::ofstream(path) << "before";
  {
    AtomicFile file(path);
    file.write("after");
  }
  EXPECT_EQ(content(path), "before");
  EXPECT_THAT(names_in(directory.path()), testing::ElementsAre("flags.csv"));
}

TEST(AtomicFile, ReplacesAFileWhole) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/flags.csv";
  std::ofstream(path) << "a longer text than the next";
  AtomicFile file(path);
  file.write("short");
  file.commit();
  EXPECT_EQ(content(path), "short");
}

TEST(AtomicFile, RefusesWhatIsNoPlaceForAFile) {
  const TemporaryDirectory directory;
  for (const std::string& path :
       {directory.path(), directory.path() + "/", directory.path() + "/missing/flags.csv",
        std::string("/dev/null"), std::string(), directory.path() + "/" + std::string(300, 'x')}) {
    EXPECT_THROW(AtomicFile{path}, CannotCreate) << path;
  }
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST(AtomicFile, FailsLoudlyWhenItsDirectoryVanishes) {
  const TemporaryDirectory directory;
  const std::string place = directory.path() + "/sub";
  fs::create_directory(place);
  AtomicFile file(place + "/flags.csv");
  file.write("x");
  fs::remove_all(place);
  EXPECT_THROW(file.commit(), WriteFailed);
}

}  // namespace
}  // namespace tagscout
