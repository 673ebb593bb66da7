#include "tests/end_to_end/rig.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace tagscout::end_to_end {
namespace {

constexpr Patience start_patience = std::chrono::seconds(30);

}  // namespace

Rig::Rig(std::string folder, const std::vector<std::string>& testnet_arguments)
    : folder_(std::move(folder)) {
  std::filesystem::remove_all(folder_);
  std::filesystem::create_directories(folder_);
  std::vector<std::string> command = {own_folder() + "/tagscout-testnet", "--write-config",
                                      folder_ + "/tagscout.toml"};
  command.insert(command.end(), testnet_arguments.begin(), testnet_arguments.end());
  testnet_ = std::make_unique<Process>(command, folder_ + "/testnet.log", true);
  const std::optional<std::string> ports = testnet_->read_line(start_patience);
  if (!ports)
    throw std::runtime_error("the simulation does not start, see " + folder_ + "/testnet.log");
  rapidjson::Document hosts;
  hosts.Parse(ports->c_str());
  testnet_api_ = std::make_unique<ApiClient>(ApiClient::to_loopback(hosts["control"].GetString()));
}

void Rig::start_daemon() {
  daemon_ = std::make_unique<Process>(
      std::vector<std::string>{own_folder() + "/tagscoutd", "--config", folder_ + "/tagscout.toml",
                               "--set", "daemon.state_dir=" + folder_ + "/store", "--set",
                               "daemon.runtime_dir=" + folder_ + "/run"},
      folder_ + "/tagscoutd.log", false);
  api_ = std::make_unique<ApiClient>(ApiClient::to_unix_socket(folder_ + "/run/ro.sock"));
  const auto deadline = std::chrono::steady_clock::now() + start_patience;
  while (std::chrono::steady_clock::now() < deadline && daemon_runs()) {
    try {
      if (api_->get("/v1/health").status == 200) return;
    } catch (const std::runtime_error&) {
      // Not listening yet.
    }
    std::this_thread::sleep_for(Patience(20));
  }
  throw std::runtime_error("tagscoutd does not start:\n" + log_end());
}

void Rig::kill_daemon() {
  daemon_->signal(SIGKILL);
  daemon_->wait(start_patience);
  testnet_api_->post("/control/killed");
}

std::optional<int> Rig::stop_daemon(Patience patience) {
  daemon_->signal(SIGTERM);
  return daemon_->wait(patience);
}

bool Rig::daemon_runs() { return !daemon_->wait(Patience(0)); }

std::string Rig::log_end() const {
  std::ifstream log(folder_ + "/tagscoutd.log");
  std::vector<std::string> lines;
  for (std::string line; std::getline(log, line);) lines.push_back(line);
  std::string end;
  for (size_t i = lines.size() > 20 ? lines.size() - 20 : 0; i < lines.size(); ++i) {
    end += lines[i] + "\n";
  }
  return end;
}

}  // namespace tagscout::end_to_end
