#include "tests/end_to_end/daemon.h"

#include <csignal>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace tagscout::end_to_end {
namespace {

constexpr Patience start_patience = std::chrono::seconds(30);

std::vector<std::string> command_line(const std::string& folder,
                                      const std::vector<std::string>& settings) {
  std::vector<std::string> words = {own_folder() + "/tagscoutd", "--config",
                                    folder + "/tagscout.toml"};
  for (const std::string& setting : settings) words.insert(words.end(), {"--set", setting});
  words.insert(words.end(), {"--set", "daemon.state_dir=" + folder + "/store"});
  words.insert(words.end(), {"--set", "daemon.runtime_dir=" + folder + "/run"});
  return words;
}

}  // namespace

Daemon::Daemon(std::string folder, const std::vector<std::string>& settings)
    : folder_(std::move(folder)),
      process_(command_line(folder_, settings), folder_ + "/tagscoutd.log", false),
      api_(ApiClient::to_unix_socket(folder_ + "/run/ro.sock")) {
  const auto deadline = std::chrono::steady_clock::now() + start_patience;
  while (std::chrono::steady_clock::now() < deadline && runs()) {
    try {
      if (api_.get("/v1/health").status == 200) return;
    } catch (const std::runtime_error&) {
      // Not listening yet.
    }
    std::this_thread::sleep_for(Patience(20));
  }
  throw std::runtime_error("tagscoutd does not start:\n" + daemon_log_end(folder_));
}

bool Daemon::runs() { return !process_.wait(Patience(0)); }

void Daemon::kill() {
  process_.signal(SIGKILL);
  process_.wait(start_patience);
}

std::optional<int> Daemon::stop(Patience patience) {
  process_.signal(SIGTERM);
  return process_.wait(patience);
}

std::string Daemon::tagscout(const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {own_folder() + "/tagscout", "--socket", folder_ + "/run"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  Process command(words, folder_ + "/tagscout.log", true);
  std::string output;
  while (const std::optional<std::string> line = command.read_line(start_patience)) {
    output += *line + "\n";
  }
  if (command.wait(start_patience) != 0) throw std::runtime_error("tagscout fails:\n" + output);
  return output;
}

std::string daemon_log_end(const std::string& folder) {
  std::ifstream log(folder + "/tagscoutd.log");
  std::vector<std::string> lines;
  for (std::string line; std::getline(log, line);) lines.push_back(line);
  std::string end;
  for (size_t i = lines.size() > 20 ? lines.size() - 20 : 0; i < lines.size(); ++i) {
    end += lines[i] + "\n";
  }
  return end;
}

}  // namespace tagscout::end_to_end
