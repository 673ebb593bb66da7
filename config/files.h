// The files that a configuration names.
#pragma once

#include <optional>
#include <string>

namespace tagscout {

// The whole file. Throws std::runtime_error that says why it cannot be read; more than a megabyte
// is too much.
std::string read_text_file(const std::string& path);

// The token that the file holds, without blanks around it. Throws std::runtime_error that says why
// there is none: unreadable, empty, more than one word; with `check_mode` also if the group may
// write it, or others may read or write it. The token is never in the message.
std::string read_secret(const std::string& path, bool check_mode);

// Why the file cannot be read; nothing if it can.
std::optional<std::string> why_unreadable(const std::string& path);

}  // namespace tagscout
