// tagscout-testnet: a simulated social network on loopback, for tests and demonstrations.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/testnet/bluesky_site.h"
#include "tests/support/testnet/config_file.h"
#include "tests/support/testnet/control_site.h"
#include "tests/support/testnet/json_text.h"
#include "tests/support/testnet/manners.h"
#include "tests/support/testnet/mastodon_site.h"
#include "tests/support/testnet/server.h"
#include "tests/support/testnet/software.h"
#include "tests/support/testnet/world.h"

namespace tagscout::testnet {
namespace {

struct CommandLine {
  Options options;
  double duration_s = 36;
  double refresh_s = 3;
  std::vector<double> rereads_s = {2, 6, 13};
  double lag_s = 0;
  double gap_s = 0;
  double limit_period_s = 300;
  double stream_keeps_s = 86'400;
  std::vector<std::string> spells;
  std::string config_path;
};

Duration seconds(double count) { return Duration(static_cast<int64_t>(count * 1e6)); }

void describe_servers(CLI::App& app, CommandLine& line) {
  Options& options = line.options;
  app.add_option("--software", options.software, "what the instances run: " + software_rows())
      ->delimiter(',')
      ->capture_default_str();
  app.add_flag("!--plain-domains", options.split_domains, "handles end in the names of hosts");
  app.add_option("--bridges", options.bridges, "how many Jetstream hosts there are")
      ->check(CLI::Range(1, 2))
      ->capture_default_str();
  app.add_option("--lag", line.lag_s, "seconds by which some posts reach other instances late");
  app.add_option("--page-max", options.page_max, "posts on a page, whatever is asked for")
      ->capture_default_str();
  app.add_option("--limit", options.limit, "requests to an instance in a period")
      ->capture_default_str();
  app.add_option("--paging-limit", options.paging_limit, "those with a place in a feed")
      ->capture_default_str();
  app.add_option("--limit-period", line.limit_period_s, "seconds")->capture_default_str();
  app.add_option("--stream-keeps", line.stream_keeps_s, "seconds that a Jetstream goes back");
  app.add_option("--gap", line.gap_s, "seconds between two requests, as the daemon is told");
  app.add_flag("--robots", options.robots, "servers disallow what the real ones do");
  app.add_option(
      "--spell", line.spells,
      "a fault that lasts, FAULT:WHERE:FROM-TO in seconds; storm, unavailable, denied, cut_off, "
      "unreachable, stale, closed, local_only, remote_only or silent at 0 (an "
      "instance), appview or jetstream-0");
}

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
  describe_servers(app, line);
  app.add_option("--write-config", line.config_path, "where to write tagscoutd's configuration");
}

std::string announce(const Hosts& hosts) {
  JsonText json;
  json.begin_object();
  json.field("simulation", true);
  json.array("mastodon");
  for (const std::string& host : hosts.mastodon) json.value(host);
  json.end_array();
  json.array("jetstream");
  for (const std::string& host : hosts.jetstream) json.value(host);
  json.end_array();
  json.field("appview", hosts.appview);
  json.field("control", hosts.control);
  json.end_object();
  return json.take();
}

// Everything that listens, each behind its own port.
class Network {
 public:
  explicit Network(const Options& options) : options_(options) {
    for (size_t i = 0; i < options.software.size(); ++i) hosts_.mastodon.push_back(open("http"));
    for (size_t i = 0; i < options.bridges; ++i) hosts_.jetstream.push_back(open("ws"));
    hosts_.appview = open("http");
    hosts_.control = open("http");
    const auto start = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    world_ = std::make_unique<World>(options, hosts_, start);
    control_ = std::make_unique<ControlSite>(*world_, confirm_after(options));
    for (size_t i = 0; i < hosts_.mastodon.size(); ++i) {
      watch(hosts_.mastodon[i], std::make_unique<MastodonSite>(*world_, i));
    }
    for (size_t i = 0; i < hosts_.jetstream.size(); ++i) {
      watch(hosts_.jetstream[i], std::make_unique<JetstreamSite>(*world_, i));
    }
    watch(hosts_.appview, std::make_unique<AppViewSite>(*world_));
    server_.serve(ports_.at(hosts_.control), *control_);
  }

  const Hosts& hosts() const { return hosts_; }
  void run() { server_.run(); }

 private:
  std::string open(const char* scheme) {
    const uint16_t port = server_.open();
    std::string host = std::string(scheme) + "://127.0.0.1:" + std::to_string(port);
    ports_[host] = port;
    return host;
  }

  void watch(const std::string& host, std::unique_ptr<Site> site) {
    manners_.push_back(std::make_unique<Manners>(*site, options_.gap));
    sites_.push_back(std::move(site));
    control_->report(host, *manners_.back());
    server_.serve(ports_.at(host), *manners_.back());
  }

  Options options_;
  Server server_;
  std::map<std::string, uint16_t> ports_;
  Hosts hosts_;
  std::unique_ptr<World> world_;
  std::unique_ptr<ControlSite> control_;
  std::vector<std::unique_ptr<Site>> sites_;
  std::vector<std::unique_ptr<Manners>> manners_;
};

// The daemon takes a token only from a file that nobody else can read.
std::string write_token(const std::string& beside) {
  std::string path = std::filesystem::absolute(beside + ".token").string();
  std::ofstream(path) << access_token << "\n";
  std::filesystem::permissions(
      path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  return path;
}

void run(const CommandLine& line) {
  Network network(line.options);
  if (!line.config_path.empty()) {
    const std::string token_path = write_token(line.config_path);
    std::ofstream(line.config_path) << config_text(line.options, network.hosts(), token_path);
  }
  std::cout << announce(network.hosts()) << std::endl;
  network.run();
}

int main_of(int argc, char** argv) {
  CommandLine line;
  CLI::App app(
      "A simulated social network on loopback: instances of the fediverse, a "
      "Jetstream and an AppView, from one seed, with known truth.");
  describe(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 64;
  }
  line.options.duration = seconds(line.duration_s);
  line.options.refresh = seconds(line.refresh_s);
  line.options.lag = seconds(line.lag_s);
  line.options.gap = seconds(line.gap_s);
  line.options.limit_period = seconds(line.limit_period_s);
  line.options.stream_keeps = seconds(line.stream_keeps_s);
  for (const std::string& text : line.spells) {
    const std::optional<Spell> spell = parse_spell(text);
    if (!spell) throw std::invalid_argument("no spell: " + text);
    line.options.spells.push_back(*spell);
  }
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
