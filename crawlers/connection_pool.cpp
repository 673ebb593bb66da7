#include "crawlers/connection_pool.h"

#include <utility>

namespace tagscout {

std::unique_ptr<Connection> ConnectionPool::take(const std::string& origin, Duration now) {
  std::erase_if(idle_, [&](const Idle& idle) { return idle.until <= now; });
  for (auto it = idle_.end(); it != idle_.begin();) {
    --it;
    if (it->origin != origin) continue;
    std::unique_ptr<Connection> connection = std::move(it->connection);
    it = idle_.erase(it);
    if (connection->quiet()) return connection;
  }
  return nullptr;
}

void ConnectionPool::put(std::string origin, std::unique_ptr<Connection> connection,
                         Duration until) {
  idle_.push_back({std::move(origin), std::move(connection), until});
}

void ConnectionPool::shrink(size_t count) {
  while (idle_.size() > count) idle_.pop_front();
}

}  // namespace tagscout
