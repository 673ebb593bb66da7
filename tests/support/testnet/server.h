// Serves the sites of the simulation over HTTP and WebSocket on loopback, all on one thread.
#pragma once

#include <cstdint>
#include <memory>

#include "tests/support/testnet/site.h"

namespace tagscout::testnet {

class Server {
 public:
  Server();
  ~Server();

  // Opens a free port on 127.0.0.1; connections wait until a site is there. Throws
  // boost::system::system_error.
  uint16_t open();

  // Answers on that port. `site` must outlive run().
  void serve(uint16_t port, Site& site);

  // Serves until SIGTERM or SIGINT arrives, or stop() is called.
  void run();
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tagscout::testnet
