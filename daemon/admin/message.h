// Requests and replies of the admin API, free of any HTTP library.
#pragma once

#include <sys/types.h>

#include <boost/asio/awaitable.hpp>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace tagscout {

// Who is at the other end of a socket.
struct Peer {
  uid_t uid = 0;
  pid_t pid = 0;
};

// What a request line asks for, decoded.
struct Target {
  std::vector<std::string> path;             // segments
  std::map<std::string, std::string> query;  // parameters
};

// Takes a request target apart. Throws BadQuery for one that is not "/path?a=b" in plain ASCII with
// valid escapes, or that gives a parameter twice.
Target parse_target(std::string_view text);

struct Request {
  Request() = default;
  std::string method;
  Target target;
  bool may_change = false;  // came in on the socket that takes changes
  std::string subject;      // the segment that stood for {} in the route's pattern

  bool head_only() const { return method == "HEAD"; }
};
static_assert(!std::is_aggregate_v<Request>);

struct AdminReply {
  AdminReply(int status_, std::string type_, std::string body_)
      : status(status_), type(std::move(type_)), body(std::move(body_)) {}
  int status;
  std::string type;
  std::string body;
  std::string allow;  // methods, for 405
};
static_assert(!std::is_aggregate_v<AdminReply>);

AdminReply json_reply(std::string body);

// application/problem+json of that status.
AdminReply problem(int status, std::string_view detail);

// The other side of a request whose answer has no end.
class Stream {
 public:
  virtual ~Stream() = default;

  // Sends a piece of the answer, before the first one the header with that type. Returns once the
  // peer's buffer has taken it, however slow the peer is. Throws boost::system::system_error if it
  // is gone.
  virtual boost::asio::awaitable<void> write(std::string type, std::string piece) = 0;

  // Returns when the peer has closed its end, or on cancellation.
  virtual boost::asio::awaitable<void> closed() = 0;
};

}  // namespace tagscout
