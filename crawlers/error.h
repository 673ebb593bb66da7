// How crawling fails: one small error type, and Result<T> for everything that may fail that way.
#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "storage/model/time.h"

namespace tagscout {

enum class ErrorKind {
  auth,          // needs a token, or the token is refused
  forbidden,     // a policy forbids it: robots.txt, an address that may not be reached
  not_found,     // 404 or 410: it is not there
  rate_limited,  // asked too often; `until` says when it may be asked again, if that is known
  quota,         // a budget is used up; likewise
  bad_request,   // we asked for something the server does not understand
  transient,     // unreachable, timed out, 5xx: worth another try later
  protocol,      // the answer is not what the protocol says
};

// "auth", "forbidden", … as they appear in metrics and logs.
std::string_view error_kind_name(ErrorKind kind);

struct Error {
  Error() = default;  // Result<T>::error() of a success: means nothing
  Error(ErrorKind kind_, std::string detail_, std::optional<Time> until_ = {})
      : kind(kind_), detail(std::move(detail_)), until(until_) {}
  ErrorKind kind = ErrorKind::transient;
  std::string detail;         // one line for the operator; never a secret
  std::optional<Time> until;  // not before this time
  int status = 0;             // HTTP status of the answer that failed; 0 if there was none
  std::string body;           // of that answer, its first 4 KiB: for adapters, never shown
};

template <class T>
using Result = boost::system::result<T, Error>;

// Lets Result<T>::value() throw; used by tests only.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location&);

}  // namespace tagscout
