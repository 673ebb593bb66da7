// robots.txt (RFC 9309): what a host wants left alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tagscout {

class Robots {
 public:
  // Allows everything.
  Robots() = default;

  // The rules of `text` for a crawler of this name: those of every group that names it, else those
  // of every group for `*`. Lines that make no sense are passed over; at most 500 KiB are read.
  Robots(std::string_view text, std::string_view name);

  // True if the target (path and query of a URL) may be asked for. The longest rule that matches
  // decides; of two of one length, the one that allows.
  bool allows(std::string_view target) const;

 private:
  struct Rule {
    std::string pattern;  // with * and, at the end, $
    bool allow = false;
  };
  std::vector<Rule> rules_;
};

}  // namespace tagscout
