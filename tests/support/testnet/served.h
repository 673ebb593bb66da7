// What was answered, and what a restarted daemon asked for first: the means to tell whether it was
// killed between an answer and its commit.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "storage/model/time.h"

namespace tagscout::testnet {

// One feed that is read by cursor, whatever its cursors are.
struct ServedFeed {
  uint64_t asked = 0;     // cursor of the last request
  uint64_t answered = 0;  // cursor that the last answer leads to
  uint64_t before = 0;    // `answered` when the daemon was last killed
  bool killed = false;    // and it has asked for nothing since
};

struct ServedRestart {
  Time at{};
  std::vector<std::string> behind;  // feeds that were then asked for from an older cursor
  int asked = 0;                    // feeds asked for since
};

struct ServedHost {
  uint64_t faults = 0;
};

class Served {
 public:
  // A request for what follows `cursor`.
  void asked(const std::string& feed, uint64_t cursor);
  // An answer that leads up to `cursor`; an empty one leads nowhere and is not told of.
  void answered(const std::string& feed, uint64_t cursor);
  // The daemon is dead, as the driver says; counts as a restart.
  void killed(Time now);

  ServedHost& host(const std::string& name) { return hosts_[name]; }

  const std::map<std::string, ServedFeed>& feeds() const { return feeds_; }
  const std::vector<ServedRestart>& restarts() const { return restarts_; }
  const std::map<std::string, ServedHost>& hosts() const { return hosts_; }

 private:
  std::map<std::string, ServedFeed> feeds_;
  std::map<std::string, ServedHost> hosts_;
  std::vector<ServedRestart> restarts_;
};

}  // namespace tagscout::testnet
