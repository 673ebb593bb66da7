#include "crawlers/error.h"

#include <array>
#include <stdexcept>

namespace tagscout {

std::string_view error_kind_name(ErrorKind kind) {
  constexpr std::array<std::string_view, 8> names = {"auth",         "forbidden", "not_found",
                                                     "rate_limited", "quota",     "bad_request",
                                                     "transient",    "protocol"};
  return names.at(static_cast<size_t>(kind));
}

void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw std::runtime_error(std::string(error_kind_name(error.kind)) + ": " + error.detail);
}

}  // namespace tagscout
