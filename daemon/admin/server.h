// The admin sockets: admin.sock takes everything, ro.sock only what changes nothing.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>

#include "daemon/admin/handlers.h"
#include "daemon/admin/message.h"

namespace tagscout {

// A change that was asked for, and what came of it.
struct Change {
  Peer peer;
  std::string method;
  std::string path;
  int status = 0;
};

struct AdminOptions {
  std::string runtime_dir;
  std::string admin_group;  // empty = the process's own
  std::string read_group;
  size_t connections_max = 64;
  Duration request_limit = std::chrono::seconds(5);  // from its first byte to its last
  Duration idle_limit = std::chrono::seconds(30);    // between two requests
  Duration write_limit = std::chrono::seconds(30);   // for a whole answer
  Duration stall_limit = std::chrono::minutes(10);   // for a piece of a stream: readers may lag
  std::function<void(const Change& change)> on_change = [](const Change&) {};
  // A request that failed by our own fault.
  std::function<void(const std::string& what)> on_error = [](const std::string&) {};
};

class AdminServer final {
 public:
  // All that `context` refers to must outlive it.
  AdminServer(AdminContext context, AdminOptions options);
  ~AdminServer();

  // Makes the sockets. Throws SocketError if they cannot be had.
  void open();

  // Serves them until it is cancelled; then ends every connection and removes the sockets before
  // it throws operation_aborted. open() comes first.
  boost::asio::awaitable<void> run();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace tagscout
