// tagscoutd: reads the configuration, runs the daemon, picks the exit code.
#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "config/config.h"
#include "crawlers/proxy.h"
#include "crawlers/source.h"
#include "daemon/admin/socket_file.h"
#include "daemon/app.h"
#include "daemon/service/log.h"

namespace {

// As sysexits.h numbers them, and as interface documents them.
enum ExitCode {
  exit_stopped = 0,
  exit_failed = 1,
  exit_usage = 64,
  exit_store_busy = 75,
  exit_config = 78,
};

struct Arguments {
  std::string config_file = "/etc/tagscout/tagscout.toml";
  std::vector<std::string> overrides;
  bool check = false;
  bool print = false;
};

tagscout::ConfigRequest config_request(const Arguments& arguments) {
  tagscout::ConfigRequest request;
  request.file = arguments.config_file;
  request.overrides = arguments.overrides;
  for (const tagscout::SourceType* type : tagscout::source_types()) {
    request.source_types.push_back(type->schema);
  }
  if (const char* directory = std::getenv("CREDENTIALS_DIRECTORY")) {
    request.credentials_dir = directory;
  }
  return request;
}

// A variable in small letters or, if that is not set, in capitals.
std::string environment(const char* small, const char* capital) {
  const char* value = std::getenv(small);
  if (value == nullptr) value = std::getenv(capital);
  return value == nullptr ? "" : value;
}

// Throws ConfigError, which does not quote the variable: it may hold a password.
tagscout::ProxyRules proxy_rules() {
  try {
    return tagscout::ProxyRules(tagscout::parse_proxy(environment("https_proxy", "HTTPS_PROXY")),
                                environment("no_proxy", "NO_PROXY"));
  } catch (const std::invalid_argument& error) {
    throw tagscout::ConfigError({std::string("HTTPS_PROXY: ") + error.what()});
  }
}

int run(const Arguments& arguments) {
  tagscout::Config config;
  tagscout::ProxyRules proxy;
  try {
    config = tagscout::load_config(config_request(arguments));
    proxy = proxy_rules();
  } catch (const tagscout::ConfigError& error) {
    for (const std::string& problem : error.problems()) std::cerr << problem << '\n';
    return exit_config;
  }
  if (arguments.print) std::cout << tagscout::print_config(config);
  if (arguments.print || arguments.check) return exit_stopped;
  const auto log = tagscout::make_log(config.daemon.log_level);
  try {
    tagscout::App app(std::move(config), proxy, *log);
    app.run();
    return exit_stopped;
  } catch (const tagscout::DatabaseBusy& error) {
    log->error("{}", error.what());
    return exit_store_busy;
  } catch (const tagscout::DatabaseTooNew& error) {
    log->error("{}", error.what());
    return exit_config;
  } catch (const std::exception& error) {
    log->error("{}", error.what());
    return exit_failed;
  }
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App cli("Listens to hashtags and flags accounts that enter a follower band.", "tagscoutd");
  cli.set_version_flag("--version", "tagscoutd " TAGSCOUT_VERSION);
  cli.add_option("--config", arguments.config_file, "configuration file")->capture_default_str();
  cli.add_option("--set", arguments.overrides, "override one key: KEY=VALUE")
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  cli.add_flag("--check-config", arguments.check, "report every error of the file and end");
  cli.add_flag("--print-config", arguments.print, "print the effective configuration and end");
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = cli.exit(error);
    return code == 0 ? exit_stopped : exit_usage;
  }
  return run(arguments);
}
