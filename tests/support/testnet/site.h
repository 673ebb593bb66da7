// One host of the simulation as its server sees it: requests in, answers out, no sockets.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "storage/model/time.h"

namespace tagscout::testnet {

struct SiteRequest {
  std::string method;
  std::string target;           // path and query
  std::string user_agent = {};  // empty: none was sent
  std::string token = {};       // that it bears
};

struct SiteReply {
  int status = 200;
  std::string content_type = "application/json; charset=utf-8";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool cut_off = false;  // the connection breaks in the middle of the body
  bool hang_up = false;  // the connection breaks before anything was said
};

// One stream connection.
class SiteStream {
 public:
  virtual ~SiteStream() = default;
  // The next messages, at most `limit`; none if nothing is due at `now`.
  virtual std::vector<std::string> pull(Time now, size_t limit) = 0;
  // True once the connection is to break.
  virtual bool broken(Time now) const = 0;
  // True if its messages are bytes rather than text.
  virtual bool binary() const { return false; }
  // A message from the client.
  virtual void hear(const std::string& text, Time now) {
    (void)text;
    (void)now;
  }
};

// The time as a Date header has it.
std::string http_date(Time at);

class Site {
 public:
  virtual ~Site() = default;
  virtual SiteReply answer(const SiteRequest& request, Time now) = 0;
  // So many requests are being answered at the moment, slow readers included.
  virtual void in_flight(int requests) { (void)requests; }
  // The stream behind a WebSocket's target; null if it is refused.
  virtual std::unique_ptr<SiteStream> subscribe(const SiteRequest& request, Time now) {
    (void)request;
    (void)now;
    return nullptr;
  }
  // What it is refused with.
  virtual SiteReply refuse(const SiteRequest& request, Time now) {
    (void)request;
    (void)now;
    SiteReply reply;
    reply.status = 400;
    return reply;
  }
};

// Counts a request to a site for as long as it is being answered, also if its coroutine is
// cancelled.
class InFlight {
 public:
  InFlight(Site& site, int& count) : site_(site), count_(count) { site_.in_flight(++count_); }
  ~InFlight() { site_.in_flight(--count_); }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

 private:
  Site& site_;
  int& count_;
};

}  // namespace tagscout::testnet
