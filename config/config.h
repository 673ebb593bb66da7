// Everything the operator decides, as typed values. Reading it reports every error at once.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "config/source_section.h"
#include "storage/model/band.h"
#include "storage/model/time.h"

namespace tagscout {

struct DaemonSection {
  std::string state_dir;
  std::string runtime_dir;
  std::string contact;
  std::string log_level;
  Duration degraded_after{};
  std::string admin_group;  // empty = the daemon's own group
  std::string read_group;
};

struct HttpSection {
  std::vector<std::string> allow_private;  // host:port
  Duration gap{};
  std::string ca_file;
  bool respect_robots = true;
  Duration refused_retry{};
};

struct NicheSection {
  std::string name;
  std::vector<std::string> tags;  // as written
};

struct MaturitySection {
  std::vector<Duration> reread_after;  // ascending
  Duration mature_after{};
  Duration window{};
  Duration confirm_missing{};
};

struct OriginSection {
  bool read = true;
  std::vector<std::string> allow_hosts;
  std::vector<std::string> deny_hosts;
  std::vector<std::string> bridges;
  Duration near_edge{};
  Duration in_band{};
  Duration other{};
  Duration min_interval{};
  Duration confirm_after{};
  double suspicious_below = 0;
  double suspicious_above = 0;
  int64_t suspicious_from = 0;
  int64_t extra_per_hour = 0;
  Duration give_up_after{};
};

struct RetentionSection {
  Duration stubs{};
  Duration readings{};
  Duration flags{};  // 0 = for ever
};

struct StoreSection {
  int64_t cache_bytes = 0;
  int64_t disk_reserve_bytes = 0;
};

struct ExportSection {
  std::string name;
  std::string what;    // flags, accounts or posts
  std::string format;  // csv, ndjson or ndjson.zst
  std::string directory;
  std::string filter;
};

struct Config {
  DaemonSection daemon;
  HttpSection http;
  std::vector<Band> bands;
  std::vector<NicheSection> niches;
  std::vector<SourceSection> sources;
  MaturitySection maturity;
  OriginSection origin;
  RetentionSection retention;
  StoreSection store;
  std::vector<ExportSection> exports;
};

// One thing that is wrong: "FILE:LINE:COL: KEY: what is wrong", or without a place "KEY: …".
class ConfigError : public std::runtime_error {
 public:
  explicit ConfigError(std::vector<std::string> problems);
  // Every problem found, a line each, in the order of the file.
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  std::vector<std::string> problems_;
};

struct ConfigRequest {
  std::string file;                        // path; empty = defaults and overrides alone
  std::vector<std::string> overrides;      // KEY=VALUE, as of --set
  std::vector<SourceSchema> source_types;  // the types that this program knows
  std::string credentials_dir;             // $CREDENTIALS_DIRECTORY; empty = none
};

// Reads and checks a configuration, token files included. Throws ConfigError with every problem.
Config load_config(const ConfigRequest& request);

// The effective configuration as TOML, defaults filled in; no token is in it.
std::string print_config(const Config& config);

}  // namespace tagscout
