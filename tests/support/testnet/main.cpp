// tagscout-testnet: a simulated social network on loopback, for tests and demonstrations.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>

#include "tests/support/testnet/bluesky_site.h"
#include "tests/support/testnet/config_file.h"
#include "tests/support/testnet/control_site.h"
#include "tests/support/testnet/json_text.h"
#include "tests/support/testnet/mastodon_site.h"
#include "tests/support/testnet/server.h"
#include "tests/support/testnet/world.h"

namespace tagscout::testnet {
namespace {

struct CommandLine {
  Options options;
  double duration_s = 36;
  double refresh_s = 3;
  std::vector<double> rereads_s = {2, 6, 13};
  std::string config_path;
};

Duration seconds(double count) { return Duration(static_cast<int64_t>(count * 1e6)); }

void describe(CLI::App& app, CommandLine& line) {
  Options& options = line.options;
  app.add_option("--seed", options.seed, "what everything is drawn from")->capture_default_str();
  app.add_option("--accounts", options.accounts, "how many people there are")
      ->check(CLI::Range(100, 100'000))
      ->capture_default_str();
  app.add_option("--bluesky-share", options.bluesky_share, "share of them on Bluesky")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--posts-per-second", options.posts_per_second, "while the script runs")
      ->check(CLI::Range(1.0, 50'000.0))
      ->capture_default_str();
  app.add_option("--history-posts", options.history_posts, "posts from before the start")
      ->capture_default_str();
  app.add_option("--duration", line.duration_s, "seconds until everything rests")
      ->capture_default_str();
  app.add_option("--rereads", line.rereads_s, "ages in seconds at which posts are read again")
      ->delimiter(',')
      ->capture_default_str();
  app.add_option("--refresh", line.refresh_s, "seconds between two readings of an account")
      ->capture_default_str();
  app.add_option("--federated", options.federated, "share of posts seen on another instance")
      ->capture_default_str();
  app.add_flag("--plain", options.plain, "nothing special happens to anybody");
  app.add_flag("!--no-faults", options.faults, "no server ever fails");
  app.add_option("--write-config", line.config_path, "where to write tagscoutd's configuration");
}

std::string announce(const Hosts& hosts) {
  JsonText json;
  json.begin_object();
  json.field("simulation", true);
  json.array("mastodon");
  for (const std::string& host : hosts.mastodon) json.value(host);
  json.end_array();
  json.field("jetstream", hosts.jetstream);
  json.field("appview", hosts.appview);
  json.field("control", hosts.control);
  json.end_object();
  return json.take();
}

void run(const CommandLine& line) {
  Server server;
  const auto host = [](const char* scheme, uint16_t port) {
    return std::string(scheme) + "://127.0.0.1:" + std::to_string(port);
  };
  std::array<uint16_t, instances> mastodon_ports{};
  Hosts hosts;
  for (size_t place = 0; place < instances; ++place) {
    mastodon_ports[place] = server.open();
    hosts.mastodon[place] = host("http", mastodon_ports[place]);
  }
  const uint16_t jetstream_port = server.open();
  const uint16_t appview_port = server.open();
  const uint16_t control_port = server.open();
  hosts.jetstream = host("ws", jetstream_port);
  hosts.appview = host("http", appview_port);
  hosts.control = host("http", control_port);

  const auto start = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  World world(line.options, hosts, start);
  MastodonSite first(world, 0);
  MastodonSite second(world, 1);
  MastodonSite third(world, 2);
  JetstreamSite jetstream(world);
  AppViewSite appview(world);
  ControlSite control(world, confirm_after(line.options));
  server.serve(mastodon_ports[0], first);
  server.serve(mastodon_ports[1], second);
  server.serve(mastodon_ports[2], third);
  server.serve(jetstream_port, jetstream);
  server.serve(appview_port, appview);
  server.serve(control_port, control);
  if (!line.config_path.empty()) {
    std::ofstream(line.config_path) << config_text(line.options, hosts);
  }
  std::cout << announce(hosts) << std::endl;
  server.run();
}

int main_of(int argc, char** argv) {
  CommandLine line;
  CLI::App app(
      "A simulated social network on loopback: three Mastodon instances, a Jetstream and "
      "an AppView, from one seed, with known truth.");
  describe(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 64;
  }
  line.options.duration = seconds(line.duration_s);
  line.options.refresh = seconds(line.refresh_s);
  line.options.rereads.clear();
  for (const double age : line.rereads_s) line.options.rereads.push_back(seconds(age));
  run(line);
  return 0;
}

}  // namespace
}  // namespace tagscout::testnet

int main(int argc, char** argv) {
  try {
    return tagscout::testnet::main_of(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "tagscout-testnet: " << error.what() << "\n";
    return 1;
  }
}
