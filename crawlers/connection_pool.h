// Connections that wait for their next request.
#pragma once

#include <list>
#include <memory>
#include <string>

#include "crawlers/connection.h"
#include "storage/model/time.h"

namespace tagscout {

// Pure bookkeeping; `now` is on a steady clock.
class ConnectionPool {
 public:
  // The connection to `origin` used last, if one is left that the server has not closed.
  std::unique_ptr<Connection> take(const std::string& origin, Duration now);

  // Keeps a connection until the given time.
  void put(std::string origin, std::unique_ptr<Connection> connection, Duration until);

  // Closes what has been idle longest until at most `count` are left.
  void shrink(size_t count);

  size_t size() const { return idle_.size(); }

 private:
  struct Idle {
    std::string origin;
    std::unique_ptr<Connection> connection;
    Duration until;
  };
  std::list<Idle> idle_;  // oldest first
};

}  // namespace tagscout
