// Names to addresses, on a few threads of its own: the system's resolver blocks, and cannot be
// stopped.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <functional>
#include <list>
#include <map>
#include <string>
#include <vector>

#include "crawlers/clock.h"
#include "crawlers/error.h"
#include "crawlers/turns.h"

namespace tagscout {

using Addresses = std::vector<boost::asio::ip::address>;

// Asks the system, but for "localhost" and what ends in ".localhost". Blocks. At least one address,
// or an error of kind transient.
Result<Addresses> look_up_name(const std::string& name);

// Destroying it never waits: a thread that hangs in a lookup ends by itself afterwards.
class Resolver {
 public:
  using Lookup = std::function<Result<Addresses>(const std::string& name)>;

  // `lookup` is copied to other threads and may block. `clock` outlives the resolver.
  Resolver(boost::asio::any_io_executor executor, Clock& clock, Lookup lookup = look_up_name);
  ~Resolver();

  // The addresses of a name, as the system orders them; a literal address is its own. Found ones
  // are remembered for 60 s, failures for 30 s. Fails with transient, after `limit` at the latest.
  boost::asio::awaitable<Result<Addresses>> resolve(std::string name, Duration limit);

  static constexpr size_t lookups_max = 4;   // at the same time
  static constexpr size_t threads_max = 16;  // those that hang included

 private:
  struct Worker;
  struct Known {
    Result<Addresses> result;
    Duration until;
  };

  boost::asio::awaitable<Result<Addresses>> look_up(std::string name, bool& asked);
  boost::asio::awaitable<Result<Addresses>> ask(Worker& worker, std::string name);
  Worker* idle_worker();
  void remember(const std::string& name, const Result<Addresses>& result);

  boost::asio::any_io_executor executor_;
  Clock& clock_;
  Lookup lookup_;
  Turns lookups_{lookups_max};
  std::list<Worker> workers_;
  std::map<std::string, Known> known_;
};

}  // namespace tagscout
