// What must hold between values that are each good for themselves.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "config/problems.h"
#include "config/value.h"

namespace tagscout {

// The configuration as read, and the tables that it was read from, in the same order. Bands that
// are built in have no table.
struct Draft {
  Config config;
  Value document;
  std::vector<const Value*> bands;
  std::vector<const Value*> niches;
  std::vector<const Value*> sources;
  std::vector<const Value*> exports;
};

// Daemon, http, bands, niches, maturity, exports.
void check_sections(Draft& draft, const ConfigRequest& request, Problems& problems);

// Sources and what depends on where they lie: gaps, plain text, contact. Fills in their tokens and
// brings their addresses into one form.
void check_sources(Draft& draft, const ConfigRequest& request, Problems& problems);

// A path that stands at `place`: a relative one in the file is meant from the file's folder, one of
// a --set from the working directory.
std::string resolve_path(const std::string& path, Place place, const ConfigRequest& request);

}  // namespace tagscout
