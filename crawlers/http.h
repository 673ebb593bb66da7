// HTTP over TLS, as a crawler needs it: one request, one whole answer, everything bounded.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crawlers/address.h"
#include "crawlers/clock.h"
#include "crawlers/error.h"
#include "crawlers/proxy.h"

namespace tagscout {

// How long the phases of one request took, and how far it came.
struct HttpTimings {
  // Where it is or failed: "name", "connect", "tls", "request", "body"; empty before the first.
  std::string_view phase;
  Duration name{};
  Duration connect{};
  Duration tls{};
  Duration first_byte{};  // from the request to the first byte of the answer's head
  Duration body{};        // the rest
};

struct HttpRequest {
  explicit HttpRequest(std::string url_, std::string token_ = {})
      : url(std::move(url_)), token(std::move(token_)) {}
  std::string url;    // absolute; https, or http where allow_private names it
  std::string token;  // sent as `Authorization: Bearer`; empty = none
  std::string accept = "application/json";
  // Both empty, or what the server called a copy that is held: it may answer 304.
  std::string etag = {};      // If-None-Match
  std::string modified = {};  // If-Modified-Since
  // If not null, filled as the request proceeds, on a connection of its own; outlives the request.
  HttpTimings* timings = nullptr;
};

struct HttpResponse {
  HttpResponse() = default;
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // as received, in order
  std::string body;                                          // decoded; followed by no padding
  std::string url;                                           // after redirects

  // The first header of that name, compared without case; empty if there is none.
  std::string_view header(std::string_view name) const;
  // The values of all headers of that name, in order.
  std::vector<std::string_view> all_headers(std::string_view name) const;
};

// The time each phase of a request may take, and the most that is accepted.
struct HttpLimits {
  Duration resolve = std::chrono::seconds(10);
  Duration connect = std::chrono::seconds(10);  // each address
  Duration handshake = std::chrono::seconds(10);
  Duration first_byte = std::chrono::seconds(30);
  Duration total = std::chrono::seconds(60);
  Duration idle = std::chrono::seconds(60);  // how long a connection is kept for the next request
  size_t body_bytes_max = 8u << 20;          // also after decompression
  size_t header_bytes_max = 64u << 10;
  size_t connections_max = 256;  // open at once, idle ones included
};

struct HttpOptions {
  std::string user_agent;
  std::string ca_file;         // extra CA bundle; empty = the system's alone
  AllowPrivate allow_private;  // host:port pairs on private addresses that may be reached
  ProxyRules proxy = {};       // for https
  HttpLimits limits;
};

class Http {
 public:
  virtual ~Http() = default;

  // Asks once and returns the whole answer, whatever its status; a redirect is an answer. Fails
  // with transient (unreachable, timed out, cut off), forbidden (an address that may not be
  // reached), protocol (not HTTP, too large, undecodable) or bad_request (no http or https URL).
  // Throws only operation_aborted, when cancelled. Requests under way have to end before it is
  // destroyed, or never run again.
  virtual boost::asio::awaitable<Result<HttpResponse>> get(HttpRequest request) = 0;
};

// The real thing: Beast and OpenSSL, TLS 1.2 or newer with host name verification, keep-alive,
// gzip, every address vetted before it is connected to. `clock` must outlive it. Throws
// std::runtime_error if the CA file cannot be read.
std::unique_ptr<Http> make_http(boost::asio::any_io_executor executor, HttpOptions options,
                                Clock& clock);

}  // namespace tagscout
