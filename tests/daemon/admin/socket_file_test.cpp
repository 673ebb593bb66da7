#include "daemon/admin/socket_file.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>

#include "tests/storage/temporary_store.h"

namespace tagscout {
namespace {

mode_t mode_of(const std::string& path) {
  struct stat found {};
  return stat(path.c_str(), &found) == 0 ? found.st_mode & 07777U : 0;
}

bool accepts(const std::string& path) {
  const int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  const bool connected =
      connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(descriptor);
  return connected;
}

TEST(SocketFile, ListensForOwnerAndGroupAlone) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/a.sock";
  const mode_t before = umask(0);
  const SocketFile file(path, "");
  umask(before);
  EXPECT_EQ(mode_of(path), 0660U);
  EXPECT_TRUE(accepts(path));
}

TEST(SocketFile, ReplacesWhatADeadProcessLeft) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/a.sock";
  const int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  ASSERT_EQ(bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  close(descriptor);
  ASSERT_FALSE(accepts(path));
  const SocketFile file(path, "");
  EXPECT_TRUE(accepts(path));
}

TEST(SocketFile, LeavesALivingOneAlone) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/a.sock";
  const SocketFile first(path, "");
  EXPECT_THROW(SocketFile(path, ""), SocketError);
  EXPECT_TRUE(accepts(path));
}

TEST(SocketFile, RefusesWhatCannotBe) {
  const TemporaryDirectory directory;
  const std::string file = directory.path() + "/file";
  std::ofstream(file) << "precious";
  EXPECT_THROW(SocketFile(file, ""), SocketError);
  EXPECT_TRUE(std::filesystem::is_regular_file(file));
  EXPECT_THROW(SocketFile(directory.path() + "/missing/a.sock", ""), SocketError);
  EXPECT_THROW(SocketFile(directory.path() + "/" + std::string(108, 'a'), ""), SocketError);
  const std::string path = directory.path() + "/b.sock";
  EXPECT_THROW(SocketFile(path, "no-such-group-here"), SocketError);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(SocketFile, RemovesItsOwnFileAndNoOther) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/a.sock";
  { const SocketFile file(path, ""); }
  EXPECT_FALSE(std::filesystem::exists(path));
  std::optional<SocketFile> first;
  first.emplace(path, "");
  std::filesystem::rename(path, path + ".old");
  const SocketFile second(path, "");
  first.reset();
  EXPECT_TRUE(accepts(path));
}

TEST(RuntimeDirectory, IsMadeForAllToEnterAndItsGroupToRead) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/run";
  const mode_t before = umask(077);
  make_runtime_dir(path);
  umask(before);
  EXPECT_EQ(mode_of(path), 0751U);
  chmod(path.c_str(), 0700);
  make_runtime_dir(path);  // there already: left as the operator made it
  EXPECT_EQ(mode_of(path), 0700U);
  std::ofstream(directory.path() + "/file") << "x";
  EXPECT_THROW(make_runtime_dir(directory.path() + "/file"), SocketError);
  EXPECT_THROW(make_runtime_dir(directory.path() + "/a/b"), SocketError);
}

}  // namespace
}  // namespace tagscout
