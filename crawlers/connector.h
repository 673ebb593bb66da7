// Opens connections: name, address, TCP, TLS, each with its limit and its rules.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "crawlers/address.h"
#include "crawlers/connection.h"
#include "crawlers/error.h"
#include "crawlers/resolver.h"
#include "crawlers/url.h"

namespace tagscout {

struct ConnectorOptions {
  std::string ca_file;
  AllowPrivate allow_private;
  Duration resolve{};
  Duration connect{};    // each address
  Duration handshake{};  // TLS
};

class Connector {
 public:
  // Throws std::runtime_error if the CA file cannot be read. `resolver` outlives it.
  Connector(boost::asio::any_io_executor executor, ConnectorOptions options, Resolver& resolver);

  // Connects to the host of the URL, over TLS if its scheme says so: to its addresses in turn, of
  // either family, until one answers. Fails with forbidden if no address may be reached or plain
  // text is not allowed there, else with transient.
  boost::asio::awaitable<Result<std::unique_ptr<Connection>>> open(Url url);

 private:
  boost::asio::awaitable<Result<Addresses>> find(const Url& url);
  boost::asio::awaitable<Result<void>> connect(Connection& connection, const Url& url,
                                               const Addresses& addresses);
  boost::asio::awaitable<Result<void>> secure(Connection& connection, const Url& url);

  boost::asio::any_io_executor executor_;
  ConnectorOptions options_;
  Resolver& resolver_;
  boost::asio::ssl::context context_;
};

// At most eight of the addresses, families alternating, the first one's first.
Addresses interleaved(const Addresses& addresses);

}  // namespace tagscout
