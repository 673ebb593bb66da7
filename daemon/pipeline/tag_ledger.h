// Keeps the books of watched tags: how many posts a day, through whom, in which spelling.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "crawlers/event.h"
#include "crawlers/tag.h"
#include "daemon/pipeline/ingest_options.h"
#include "daemon/pipeline/workspace.h"
#include "storage/model/tag_use.h"

namespace tagscout {

class TagLedger {
 public:
  // The workspace outlives it.
  TagLedger(Workspace& workspace, const std::vector<Niche>& niches);

  // Notes since when each tag is watched, once the clock can be believed.
  void begin(Time now, bool clock_right);
  // A source has shown a post with these tags (exact keys); `is_new`: it was recorded now.
  void note(const std::string& source, const std::vector<std::string>& tags, bool folded,
            bool is_new, Time now);
  // Puts what was noted into the open window.
  void flush();

 private:
  struct Entry {
    TagUse use;
    bool changed = false;
  };
  Workspace& workspace_;
  WatchedTags watched_;
  std::map<std::pair<NameId, NameId>, Entry> uses_;  // by tag and source
  bool begun_ = false;
};

}  // namespace tagscout
