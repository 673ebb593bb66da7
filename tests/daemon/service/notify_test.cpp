#include "daemon/service/notify.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <string>

namespace tagscout {
namespace {

// A service manager that only listens.
class NotifyTest : public testing::Test {
 protected:
  NotifyTest() {
    std::string name = testing::TempDir() + "tagscout-notify-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    const std::string path = folder_ + "/socket";
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  ~NotifyTest() override {
    ::unsetenv("NOTIFY_SOCKET");
    ::close(socket_);
    std::filesystem::remove_all(folder_);
  }

  // The next message, "" if there is none.
  std::string received() const {
    char buffer[1024];
    const ssize_t got = ::recv(socket_, buffer, sizeof buffer, 0);
    return got < 0 ? "" : std::string(buffer, static_cast<size_t>(got));
  }

  std::string folder_;
  int socket_ = -1;
};

TEST_F(NotifyTest, TellsStatesApart) {
  notify_ready();
  EXPECT_EQ(received(), "READY=1");
  notify_stopping();
  EXPECT_EQ(received(), "STOPPING=1");
  EXPECT_EQ(received(), "");
}

TEST_F(NotifyTest, AStatusIsOneLine) {
  notify_status("3 sources\nREADY=1");
  EXPECT_EQ(received(), "STATUS=3 sources READY=1");
}

TEST_F(NotifyTest, WithoutAManagerNothingHappens) {
  ::unsetenv("NOTIFY_SOCKET");
  notify_ready();
  EXPECT_EQ(received(), "");
}

}  // namespace
}  // namespace tagscout
