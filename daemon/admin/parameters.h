// Query parameters of a request as typed values.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/query.h"

namespace tagscout {

// All functions throw BadQuery, naming the parameter, for a value that is none.
class Parameters {
 public:
  // `given` must outlive it. Throws BadQuery if a parameter is given that the route does not know.
  Parameters(const std::map<std::string, std::string>& given,
             std::initializer_list<std::string_view> known);

  // The parameter; nothing if it is absent or empty.
  std::optional<std::string_view> text(std::string_view name) const;
  // A whole number of 0 or more.
  std::optional<uint64_t> number(std::string_view name) const;
  // A name of a niche, a source or the like; empty if absent.
  std::string name(std::string_view name) const;

  // "limit" and "cursor".
  PageRequest page() const;
  std::optional<Network> network() const;
  // "NAME" or "LADDER/NAME".
  std::optional<BandName> band() const;
  std::optional<FlagKind> kind() const;

 private:
  const std::map<std::string, std::string>& given_;
};

}  // namespace tagscout
