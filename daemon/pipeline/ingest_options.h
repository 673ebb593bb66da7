// What ingest needs to know of the configuration.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "daemon/judge/engagement.h"
#include "daemon/judge/reading.h"
#include "daemon/judge/schedule.h"
#include "storage/model/band.h"

namespace tagscout {

struct Niche {
  std::string name;
  std::vector<std::string> tags;  // as the operator spells them
};

struct IngestOptions {
  std::vector<Band> bands;
  std::vector<Niche> niches;
  MaturityRules maturity;
  ReadingRules reading;
  RefreshRules refresh;
  std::vector<Duration> reread_after;  // ascending
  Duration confirm_missing = std::chrono::hours(1);
  Duration min_interval = std::chrono::minutes(10);
  Duration give_up_after = std::chrono::hours(24);
  Duration refused_retry = std::chrono::hours(24);
  Duration retry_base = std::chrono::seconds(3);
  Duration keep_readings = std::chrono::days(400);
  int64_t extra_per_hour = 4;
  // Whether origin readings may be asked of a host, as home_host() names it.
  std::function<bool(const std::string& host)> may_ask = [](const std::string&) { return true; };
};

}  // namespace tagscout
