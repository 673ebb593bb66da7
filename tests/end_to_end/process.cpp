#include "tests/end_to_end/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <thread>

namespace tagscout::end_to_end {
namespace {

// Runs in the child, between fork and exec: system calls only.
[[noreturn]] void become(char* const* arguments, int output, int log) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  dup2(output, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  execv(arguments[0], arguments);
  _exit(127);
}

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

}  // namespace

Process::Process(const std::vector<std::string>& command, const std::string& log, bool listen) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& argument : command)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const int log_file = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (log_file < 0) fail(log);
  std::array<int, 2> pipe_ends = {-1, -1};
  if (listen && pipe2(pipe_ends.data(), O_CLOEXEC) != 0) fail("pipe");
  pid_ = fork();
  if (pid_ < 0) fail("fork");
  if (pid_ == 0) become(arguments.data(), listen ? pipe_ends[1] : log_file, log_file);
  close(log_file);
  if (!listen) return;
  close(pipe_ends[1]);
  output_ = pipe_ends[0];
}

Process::~Process() {
  if (!ended_) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (output_ >= 0) close(output_);
}

std::optional<std::string> Process::read_line(Patience patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const size_t end = unread_.find('\n');
    if (end != std::string::npos) {
      std::string line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return line;
    }
    const auto left =
        std::chrono::duration_cast<Patience>(deadline - std::chrono::steady_clock::now());
    pollfd ready{.fd = output_, .events = POLLIN, .revents = 0};
    if (left.count() <= 0 || poll(&ready, 1, static_cast<int>(left.count())) <= 0) return {};
    std::array<char, 4096> bytes;
    const ssize_t size = read(output_, bytes.data(), bytes.size());
    if (size <= 0) return {};
    unread_.append(bytes.data(), static_cast<size_t>(size));
  }
}

void Process::signal(int number) {
  if (!ended_) kill(pid_, number);
}

std::optional<int> Process::wait(Patience patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!ended_) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      break;
    }
    if (std::chrono::steady_clock::now() >= deadline) break;
    std::this_thread::sleep_for(Patience(5));
  }
  return ended_;
}

std::string own_folder() {
  std::array<char, PATH_MAX> path{};
  const ssize_t size = readlink("/proc/self/exe", path.data(), path.size());
  if (size <= 0) fail("/proc/self/exe");
  const std::string file(path.data(), static_cast<size_t>(size));
  return file.substr(0, file.rfind('/'));
}

}  // namespace tagscout::end_to_end
