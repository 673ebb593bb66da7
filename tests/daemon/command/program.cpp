#include "tests/daemon/command/program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>

namespace tagscout {
namespace {

constexpr mode_t output_mode = 0600;

}  // namespace

Program::Program(AdminHarness& harness, std::vector<std::string> arguments,
                 const std::string& stdout_path)
    : harness_(harness), out_(directory_.path() + "/out"), err_(directory_.path() + "/err") {
  arguments.insert(arguments.begin(), TAGSCOUT_COMMAND);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::string socket = "TAGSCOUT_SOCKET=" + harness_.runtime_dir();
  char* const environment[] = {socket.data(), nullptr};
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  constexpr int flags = O_WRONLY | O_CREAT;
  const std::string& out = stdout_path.empty() ? out_ : stdout_path;
  posix_spawn_file_actions_addopen(&files, 1, out.c_str(), flags, output_mode);
  posix_spawn_file_actions_addopen(&files, 2, err_.c_str(), flags, output_mode);
  const int failure =
      posix_spawn(&pid_, TAGSCOUT_COMMAND, &files, nullptr, argv.data(), environment);
  posix_spawn_file_actions_destroy(&files);
  if (failure != 0) throw std::runtime_error("cannot start " TAGSCOUT_COMMAND);
}

Program::~Program() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, &status_, 0);
}

bool Program::has_ended() {
  if (pid_ >= 0 && waitpid(pid_, &status_, WNOHANG) == pid_) pid_ = -1;
  return pid_ < 0;
}

std::string Program::wait_for(const std::string& text) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  std::string written;
  while (written.find(text) == std::string::npos && !has_ended() &&
         std::chrono::steady_clock::now() < end) {
    harness_.pump();
    written = file_text(out_);
  }
  return file_text(out_);
}

void Program::interrupt() const { kill(pid_, SIGINT); }

Ended Program::wait() {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!has_ended() && std::chrono::steady_clock::now() < end) harness_.pump();
  Ended ended{.code = -1, .out = file_text(out_), .err = file_text(err_)};
  if (pid_ >= 0) return ended;
  ended.code = WIFEXITED(status_) ? WEXITSTATUS(status_) : 1000 + WTERMSIG(status_);
  return ended;
}

Ended run_program(AdminHarness& harness, std::vector<std::string> arguments) {
  return Program(harness, std::move(arguments)).wait();
}

std::string file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace tagscout
