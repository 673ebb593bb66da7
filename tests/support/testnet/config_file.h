// The configuration with which the daemon reads the simulation.
#pragma once

#include <string>

#include "tests/support/testnet/options.h"

namespace tagscout::testnet {

// The least time between a suspicious reading and the one that confirms it.
Duration confirm_after(const Options& options);

// TOML. Where the daemon keeps its state is left to --set. `token_path`: of the file with
// access_token, for instances that ask for one.
std::string config_text(const Options& options, const Hosts& hosts, const std::string& token_path);

}  // namespace tagscout::testnet
