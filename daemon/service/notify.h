// What the service manager (systemd) is told of the daemon. Without one, nothing happens.
#pragma once

#include <string_view>

namespace tagscout {

// The daemon is up and answers.
void notify_ready();

// The daemon has begun to stop.
void notify_stopping();

// One line on what it is doing, as `systemctl status` shows it. Line breaks become blanks.
void notify_status(std::string_view status);

}  // namespace tagscout
