#include "daemon/service/notify.h"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <string>

namespace tagscout {

// The manager's answer is of no use here: the daemon runs on without it.
void notify_ready() { sd_notify(0, "READY=1"); }

void notify_stopping() { sd_notify(0, "STOPPING=1"); }

void notify_status(std::string_view status) {
  std::string line = "STATUS=";
  line += status;
  // A line break would begin the next assignment.
  std::replace(line.begin(), line.end(), '\n', ' ');
  sd_notify(0, line.c_str());
}

}  // namespace tagscout
