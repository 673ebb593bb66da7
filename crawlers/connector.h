// Opens connections: name, address, TCP, proxy, TLS, each with its limit and its rules.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "crawlers/address.h"
#include "crawlers/connection.h"
#include "crawlers/error.h"
#include "crawlers/http.h"
#include "crawlers/proxy.h"
#include "crawlers/resolver.h"
#include "crawlers/tls_sessions.h"
#include "crawlers/url.h"

namespace tagscout {

struct ConnectorOptions {
  std::string ca_file;
  AllowPrivate allow_private;
  ProxyRules proxy = {};
  Duration resolve{};
  Duration connect{};    // each address; the proxy's answer
  Duration handshake{};  // TLS
};

class Connector {
 public:
  // Throws std::runtime_error if the CA file cannot be read. `resolver` and `clock` outlive it.
  Connector(boost::asio::any_io_executor executor, ConnectorOptions options, Resolver& resolver,
            const Clock& clock);

  // Connects to the host of the URL, over TLS if its scheme says so: to its addresses in turn, of
  // either family, until one answers, or by way of the proxy. Fails with forbidden if no address
  // may be reached or plain text is not allowed there, else with transient. `timings` outlives it.
  boost::asio::awaitable<Result<std::unique_ptr<Connection>>> open(Url url, HttpTimings& timings);
  boost::asio::awaitable<Result<std::unique_ptr<Connection>>> open(Url url);

 private:
  // Where a TCP connection is to go.
  struct Way {
    Addresses addresses;
    uint16_t port = 0;
    const Proxy* proxy = nullptr;  // that is there
  };
  boost::asio::awaitable<Result<Way>> find(const Url& url);
  boost::asio::awaitable<Result<void>> connect(Connection& connection, const Url& url,
                                               const Way& way);
  boost::asio::awaitable<Result<void>> secure(Connection& connection, const Url& url);

  boost::asio::any_io_executor executor_;
  ConnectorOptions options_;
  Resolver& resolver_;
  const Clock& clock_;
  boost::asio::ssl::context context_;
  TlsSessions sessions_;
};

// At most eight of the addresses, families alternating, the first one's first.
Addresses interleaved(const Addresses& addresses);

}  // namespace tagscout
