// Reads TOML into values with their places.
#pragma once

#include <stdexcept>
#include <string>

#include "config/value.h"

namespace tagscout {

// The text is not TOML.
class SyntaxError : public std::runtime_error {
 public:
  SyntaxError(Place place, const std::string& what) : std::runtime_error(what), place_(place) {}
  Place place() const { return place_; }

 private:
  Place place_;
};

// The document as one table. Throws SyntaxError at the first thing that is not TOML.
Value parse_document(const std::string& text);

}  // namespace tagscout
