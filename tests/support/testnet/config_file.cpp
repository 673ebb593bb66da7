#include "tests/support/testnet/config_file.h"

#include <string_view>

#include "tests/support/testnet/band_truth.h"
#include "tests/support/testnet/software.h"
#include "tests/support/testnet/vocabulary.h"

namespace tagscout::testnet {
namespace {

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string duration(Duration duration) {
  return quoted(std::to_string(duration / std::chrono::milliseconds(1)) + "ms");
}

// "host:port" of a URL without a path.
std::string authority(const std::string& url) { return url.substr(url.find("//") + 2); }

std::string bands() {
  std::string text;
  for (const TruthLadder& ladder : truth_ladders()) {
    for (const TruthBand& band : ladder.bands) {
      text += "[[band]]\nname = " + quoted(band.name) + "\nladder = " + quoted(ladder.name) +
              "\nfrom = " + std::to_string(band.from) + "\n";
      if (band.to) text += "to = " + std::to_string(*band.to) + "\n";
      text += std::string("watch = ") + (band.watch ? "true" : "false") + "\n\n";
    }
  }
  return text;
}

std::string niche() {
  std::string text = "[[niche]]\nname = \"mending\"\ntags = [";
  for (size_t i = 0; i < watched_words; ++i) {
    text += (i == 0 ? "" : ", ") + quoted(vocabulary()[i].key);
  }
  return text + "]\n\n";
}

std::string sources(const Options& options, const Hosts& hosts, const std::string& token_path) {
  const std::string pace =
      "\npoll = \"300ms\"\ngap = " + duration(options.gap) + "\nlookback = \"1h\"\n";
  std::string text;
  for (size_t place = 0; place < hosts.mastodon.size(); ++place) {
    const Software* software = find_software(options.software[place]);
    text += "[[source]]\nname = \"instance-" + std::to_string(place) +
            "\"\ntype = \"mastodon\"\nurl = " + quoted(hosts.mastodon[place]) + pace +
            "sweep = \"30s\"\n";
    const bool token = software != nullptr && software->token_refusal != 0;
    text += token ? "token_file = " + quoted(token_path) + "\n\n" : "\n";
  }
  text += "[[source]]\nname = \"bluesky\"\ntype = \"bluesky\"\njetstream = [";
  for (const std::string& bridge : hosts.jetstream) text += quoted(bridge + "/subscribe") + ", ";
  return text + "]\nappview = " + quoted(hosts.appview) + pace + "\n";
}

std::string ages(const Options& options) {
  // The load is about reading what is new: nothing comes due for a second look.
  if (options.plain) return "";
  std::string text = "[maturity]\nreread_after = [";
  for (size_t i = 0; i < options.rereads.size(); ++i) {
    text += (i == 0 ? "" : ", ") + duration(options.rereads[i]);
  }
  text += "]\nmature_after = " + duration(options.rereads.back()) +
          "\nwindow = \"30d\"\nconfirm_missing = \"1s\"\n\n[origin]\n";
  for (const char* key : {"near_edge", "in_band", "other"}) {
    text += std::string(key) + " = " + duration(options.refresh) + "\n";
  }
  return text + "min_interval = " + duration(options.refresh / 3) +
         "\nconfirm_after = " + duration(confirm_after(options)) + "\nextra_per_hour = 3600\n";
}

}  // namespace

Duration confirm_after(const Options& options) { return options.refresh / 2; }

std::string config_text(const Options& options, const Hosts& hosts, const std::string& token_path) {
  std::string private_hosts;
  for (const std::string& host : hosts.mastodon) private_hosts += quoted(authority(host)) + ", ";
  for (const std::string& host : hosts.jetstream) private_hosts += quoted(authority(host)) + ", ";
  private_hosts += quoted(authority(hosts.appview));
  return "# Written by tagscout-testnet for one run.\n[daemon]\ncontact = \"testnet@localhost\"\n"
         "log_level = \"warn\"\n\n[http]\nallow_private = [" +
         private_hosts + "]\ngap = " + duration(options.gap) + "\n\n" + bands() + niche() +
         sources(options, hosts, token_path) + ages(options);
}

}  // namespace tagscout::testnet
