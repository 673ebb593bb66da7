#include "tests/end_to_end/rig.h"

#include <filesystem>
#include <stdexcept>

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

void Rig::start_daemon(const std::vector<std::string>& settings) {
  // The one before lets go of the store first.
  daemon_.reset();
  daemon_ = std::make_unique<Daemon>(folder_, settings);
}

void Rig::kill_daemon() {
  daemon_->kill();
  testnet_api_->post("/control/killed");
}

}  // namespace tagscout::end_to_end
